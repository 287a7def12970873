import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from exporter.simulator.reports import READ_FOR_A_JOB


def refused(call, **parameters):
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return raised.value.response["Error"]


@pytest.mark.parametrize(
    ("api", "method", "code", "parameters"),
    [
        ("organizations", "list_roots", "AccessDeniedException", {}),
        ("iam", "get_organizations_access_report", "AccessDenied", {"JobId": "x" * 36}),
        ("sts", "assume_role", "AccessDenied", {"RoleArn": "arn:aws:iam::1:role/r", "RoleSessionName": "s1"}),
    ],
)
def test_a_permission_that_is_lacking_is_named_in_the_refusal(aws, api, method, code, parameters):
    client = aws.client(api)
    action = f"{api}:{client.meta.method_to_api_mapping[method]}"
    aws.simulation.denied = {action}
    error = refused(getattr(client, method), **parameters)
    assert error["Code"] == code
    assert f"not authorized to perform: {action}" in error["Message"]


def test_others_are_not_touched(aws):
    aws.simulation.denied = {"organizations:ListRoots"}
    assert aws.client("organizations").list_accounts()["Accounts"]


@pytest.mark.parametrize("permission", sorted(READ_FOR_A_JOB))
def test_a_job_that_may_not_read_the_organization_ends_failed(aws, permission):
    aws.simulation.denied = {permission}
    report = aws.report(aws.organization.root.path)
    assert report["ErrorDetails"]["Code"] == "ORGANIZATIONS_REPORT_ACCESS_DENIED"


def test_a_result_is_given_again_though_the_permission_came_back(aws):
    aws.simulation.denied = {"organizations:ListParents"}
    aws.report(aws.organization.root.path)
    aws.simulation.denied = set()
    assert aws.report(aws.organization.root.path)["JobStatus"] == "FAILED"
    aws.clock.advance(60)
    assert aws.report(aws.organization.root.path)["JobStatus"] == "COMPLETED"


def test_permissions_can_be_lacking_from_the_start(simulate):
    aws = simulate(denied=frozenset({"organizations:ListRoots"}))
    assert refused(aws.client("organizations").list_roots)["Code"] == "AccessDeniedException"


def test_what_is_lacking_can_be_set_from_outside(aws):
    def ask(method, body=None):
        request = urllib.request.Request(f"{aws.endpoint.url}/_simulation/denied", data=body, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    assert ask("PUT", b'["iam:ListUsers"]') == ["iam:ListUsers"]
    assert ask("GET") == ["iam:ListUsers"]
    with pytest.raises(urllib.error.HTTPError) as raised:
        ask("PUT", b"{}")
    with raised.value as error:
        assert error.code == 400
