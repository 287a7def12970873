import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from exporter.simulator.reports import read_for_a_job


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


def recorded(path, policy_id=""):
    return sorted(one.partition(":")[2] for one in read_for_a_job(path, policy_id))


def test_what_a_job_reads_is_what_was_recorded():
    root, unit = "o-a/r-a", "o-a/r-a/ou-a"
    always = ["DescribePolicy", "ListPoliciesForTarget", "ListRoots"]
    assert recorded(unit) == sorted([*always, "ListChildren", "ListParents"])
    assert recorded(unit, "p-1") == sorted([*always, "ListParents", "ListTargetsForPolicy"])
    assert recorded(root) == sorted([*always, "ListChildren"])


@pytest.mark.parametrize("permission", sorted(read_for_a_job("o-a/r-a/ou-a") | read_for_a_job("", "p-1")))
def test_a_job_ends_failed_without_what_it_reads_and_well_without_what_it_does_not(aws, permission):
    aws.simulation.denied = {permission}
    for path in (aws.organization.root.path, aws.entity("Security").path):
        report = aws.report(path)
        needed = permission in read_for_a_job(path)
        assert report["JobStatus"] == ("FAILED" if needed else "COMPLETED")
        assert report.get("ErrorDetails", {}).get("Code") == (
            "ORGANIZATIONS_REPORT_ACCESS_DENIED" if needed else None
        )


def test_a_result_is_given_again_though_the_permission_came_back(aws):
    aws.simulation.denied = {"organizations:ListRoots"}
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
