"""Every request is counted, once."""

import pytest

from exporter.errors import AwsError, TransitError
from tests.aws.conftest import query, query_error

GET = "GetOrganizationsAccessReport"
DONE = query(GET, "<JobStatus>IN_PROGRESS</JobStatus>")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)


@pytest.fixture
def session(organization):
    return organization().open_session(300.0)


def test_a_good_call_is_counted_with_its_operation(aws, session, calls):
    aws.say(GET, DONE)
    session.get("job-1")
    assert [(call.api, call.operation, call.code) for call in calls] == [("iam", GET, "")]


def test_a_refused_call_is_counted_with_awss_code(aws, session, calls):
    aws.say(GET, query_error(404, "NoSuchEntity"))
    with pytest.raises(AwsError):
        session.get("job-1")
    assert [call.code for call in calls] == ["NoSuchEntity"]


def test_botocores_repetitions_are_counted_one_by_one(aws, session, calls):
    aws.say(GET, query_error(500, "ServiceFailure"), query_error(503, "ServiceUnavailable"), DONE)
    session.get("job-1")
    assert [call.code for call in calls] == ["ServiceFailure", "ServiceUnavailable", ""]


def test_throttling_is_left_to_botocore(aws, session, calls):
    aws.say(GET, query_error(400, "Throttling", "Rate exceeded"), DONE)
    session.get("job-1")
    assert [call.code for call in calls] == ["Throttling", ""]


def test_a_closed_connection_is_counted(aws, session, calls):
    aws.say(GET, None, DONE)
    session.get("job-1")
    assert [call.code for call in calls] == ["ConnectionClosedError", ""]


def test_an_answer_that_does_not_parse_is_counted(aws, session, calls):
    aws.say(GET, (200, "<html>"))
    with pytest.raises(TransitError):
        session.get("job-1")
    assert [call.code for call in calls] == ["ResponseParserError"]


def test_a_proxys_page_is_counted_with_its_status(aws, session, calls):
    aws.say(GET, (502, "<html><body>x</body></html>"), DONE)
    session.get("job-1")
    assert [call.code for call in calls] == ["502", ""]


def test_a_call_takes_time(aws, session, calls):
    aws.say(GET, DONE)
    session.get("job-1")
    assert 0 < calls[0].seconds < 30
