"""What goes wrong on request, as boto3 meets it."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from exporter.simulator import Fault, FaultKind
from exporter.simulator.faults import ANY, Faults


def _error(ask):
    with pytest.raises(ClientError) as error:
        ask()
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


@pytest.fixture
def organizations(aws):
    return aws.client("organizations")


@pytest.fixture
def ask_for_report(aws):
    iam = aws.client("iam")
    return lambda: aws.generate(iam, aws.organization.root.path)


def test_a_fault_strikes_as_often_as_it_should(aws, organizations):
    aws.simulation.faults.add(Fault(FaultKind.ERROR, "ListRoots", times=2))
    assert [_error(organizations.list_roots) for _ in range(2)] == [(503, "ServiceUnavailable")] * 2
    assert organizations.list_roots()["Roots"]


def test_a_fault_strikes_only_its_operation(aws, organizations):
    aws.simulation.faults.add(Fault(FaultKind.ERROR, "ListRoots"))
    assert organizations.list_accounts()["Accounts"]


def test_a_fault_without_end_lasts_until_it_is_cleared(aws, organizations):
    aws.simulation.faults.add(Fault(FaultKind.ERROR, times=0, status=400, code="AccessDeniedException"))
    assert {_error(organizations.list_roots) for _ in range(5)} == {(400, "AccessDeniedException")}
    aws.simulation.faults.clear()
    assert organizations.list_roots()["Roots"]


def test_a_fault_lets_pass_what_it_spares(aws, organizations):
    aws.simulation.faults.add(Fault(FaultKind.ERROR, "ListRoots", spare=2))
    assert [bool(organizations.list_roots()["Roots"]) for _ in range(2)] == [True, True]
    assert _error(organizations.list_roots) == (503, "ServiceUnavailable")


def test_a_fault_strikes_only_the_jobs_of_its_entity(aws):
    unit = aws.entity("Security")
    aws.simulation.faults.add(Fault(FaultKind.FAILED, entity=unit.id, times=0))
    statuses = [aws.report(entity.path)["JobStatus"] for entity in (aws.organization.root, unit)]
    assert statuses == ["COMPLETED", "FAILED"]


def test_each_api_throttles_with_its_own_error(aws, organizations, ask_for_report):
    aws.simulation.faults.add(Fault(FaultKind.THROTTLE, times=2))
    assert _error(organizations.list_roots) == (400, "TooManyRequestsException")
    assert _error(ask_for_report) == (400, "Throttling")


def test_a_connection_can_be_reset_before_the_answer(aws, ask_for_report):
    aws.simulation.faults.add(Fault(FaultKind.RESET))
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        ask_for_report()


def test_a_reset_call_was_carried_out_and_asking_again_finds_its_job(aws, ask_for_report):
    aws.simulation.faults.add(Fault(FaultKind.RESET))
    with pytest.raises(HTTPClientError):
        ask_for_report()
    assert ask_for_report() == aws.simulation.jobs[0].id
    assert len(aws.simulation.jobs) == 1


def test_a_connection_can_be_reset_amid_the_body(aws, organizations):
    aws.simulation.faults.add(Fault(FaultKind.RESET, after=10))
    with pytest.raises(HTTPClientError):
        organizations.list_accounts()


def test_an_answer_can_be_slow(aws):
    aws.simulation.faults.add(Fault(FaultKind.SLOW, seconds=5))
    with pytest.raises(ReadTimeoutError):
        aws.client("organizations", read_timeout=0.05).list_roots()


@pytest.mark.parametrize("status", [200, 502])
def test_a_proxys_page_can_come_in_place_of_xml(aws, ask_for_report, status):
    aws.simulation.faults.add(Fault(FaultKind.HTML, status=status))
    with pytest.raises(ResponseParserError):
        ask_for_report()


@pytest.mark.parametrize("kind", [FaultKind.MALFORMED, FaultKind.TRUNCATED])
def test_xml_can_be_broken(aws, ask_for_report, kind):
    aws.simulation.faults.add(Fault(kind))
    with pytest.raises(ResponseParserError):
        ask_for_report()


def test_an_answer_can_be_anything(aws, organizations):
    aws.simulation.faults.add(Fault(FaultKind.ANSWER, status=200, body='{"Roots": [{"Id": "r-what"}]}'))
    assert organizations.list_roots()["Roots"] == [{"Id": "r-what"}]


def test_the_right_answer_can_be_edited(aws):
    aws.simulation.faults.add(
        Fault(
            FaultKind.EDITED,
            "GetOrganizationsAccessReport",
            pattern="(<member>.*?</member>)",
            replacement=r"\1\1",
        )
    )
    names = [row["ServiceNamespace"] for row in aws.report(aws.organization.root.path)["AccessDetails"]]
    assert names[::2] == names[1::2]
    assert len(set(names)) == len(names) / 2


@pytest.mark.parametrize("wrong", [{"times": -1}, {"pattern": "("}, {"pattern": "a", "replacement": r"\1"}])
def test_a_fault_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Fault(FaultKind.EDITED, **wrong)


def test_the_next_job_can_fail_or_never_end(aws):
    iam = aws.client("iam")
    aws.simulation.faults.add(Fault(FaultKind.FAILED, code="SOMETHING"), Fault(FaultKind.STUCK))
    failing = aws.generate(iam, aws.organization.root.path)
    aws.clock.advance(2)
    stuck = aws.generate(iam, aws.entity("Prod").path)
    aws.clock.advance(86400)
    assert iam.get_organizations_access_report(JobId=failing)["ErrorDetails"]["Code"] == "SOMETHING"
    assert iam.get_organizations_access_report(JobId=stuck)["JobStatus"] == "IN_PROGRESS"


def test_faults_strike_in_the_order_they_were_added():
    faults = Faults()
    faults.add(Fault(FaultKind.HTML, "ListRoots"), Fault(FaultKind.ERROR, ANY))
    kinds = {FaultKind.HTML, FaultKind.ERROR}
    taken = [faults.take("ListRoots", kinds) for _ in range(3)]
    assert [fault and fault.kind for fault in taken] == [FaultKind.HTML, FaultKind.ERROR, None]


def test_calls_are_counted_with_their_status(aws, organizations, ask_for_report):
    aws.simulation.faults.add(Fault(FaultKind.ERROR, "ListRoots"))
    _error(organizations.list_roots)
    organizations.list_roots()
    ask_for_report()
    assert aws.simulation.calls.counts == {
        ("organizations", "ListRoots"): 2,
        ("iam", "GenerateOrganizationsAccessReport"): 1,
    }
    assert [call.status for call in aws.simulation.calls.latest] == [503, 200, 200]
    assert aws.simulation.calls.count("ListRoots") == 2


def _control(aws, method, what, content=None):
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint.url).netloc, timeout=5)
    body = None if content is None else json.dumps(content)
    connection.request(method, f"/_simulation/{what}", body)
    with connection.getresponse() as response:
        answer = response.status, json.load(response)
    connection.close()
    return answer


def test_faults_can_be_set_over_http(aws, organizations):
    status, waiting = _control(
        aws, "PUT", "faults", [{"kind": "throttle", "operation": "ListRoots", "times": 2}]
    )
    assert status == 200
    assert [(one["kind"], one["times"]) for one in waiting] == [("throttle", 2)]
    assert _error(organizations.list_roots) == (400, "TooManyRequestsException")
    assert _control(aws, "GET", "faults")[1][0]["times"] == 1


def test_put_replaces_faults_and_post_adds_to_them(aws):
    for method, kind in [("PUT", "slow"), ("PUT", "html"), ("POST", "stuck")]:
        _control(aws, method, "faults", [{"kind": kind}])
    assert [fault.kind for fault in aws.simulation.faults.waiting] == [FaultKind.HTML, FaultKind.STUCK]
    assert _control(aws, "DELETE", "faults") == (200, [])


@pytest.mark.parametrize(
    "content",
    [{}, [{"kind": "meteor"}], [{"kind": "slow", "second": 1}], [{}], [{"kind": "slow", "times": -1}]],
)
def test_faults_that_are_none_are_refused(aws, content):
    aws.simulation.faults.add(Fault(FaultKind.SLOW))
    status, answer = _control(aws, "PUT", "faults", content)
    assert status == 400
    assert answer["error"]
    assert len(aws.simulation.faults.waiting) == 1


def test_calls_can_be_read_and_forgotten_over_http(aws, organizations):
    organizations.list_roots()
    assert _control(aws, "GET", "calls") == (200, {"counts": {"organizations:ListRoots": 1}})
    _control(aws, "DELETE", "calls")
    assert _control(aws, "GET", "calls") == (200, {"counts": {}})


def test_the_rest_of_the_control_path_is_unknown(aws):
    assert _control(aws, "GET", "secrets")[0] == 404
    assert _control(aws, "POST", "calls", [])[0] == 405
