"""Every request is counted, once."""

from types import SimpleNamespace

import pytest

from exporter.credentials import UNATTENDED, attended
from exporter.errors import AwsError, CredentialsError, TransitError
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


def test_a_call_without_an_answer_is_not_repeated_when_seconds_have_passed(aws, session, calls, monkeypatch):
    monkeypatch.setattr("exporter.aws.calls.PATIENCE", -1.0)
    aws.say(GET, None)
    with pytest.raises(TransitError, match="ConnectionClosedError"):
        session.get("job-1")
    assert [call.code for call in calls] == ["ConnectionClosedError"]


def test_a_call_that_is_answered_is_repeated_however_late_that_is(aws, session, calls, monkeypatch):
    monkeypatch.setattr("exporter.aws.calls.PATIENCE", -1.0)
    aws.say(GET, query_error(503, "ServiceUnavailable"), query_error(400, "Throttling"), DONE)
    session.get("job-1")
    assert [call.code for call in calls] == ["ServiceUnavailable", "Throttling", ""]


@pytest.mark.parametrize("attempts", ["1", "2", "6"])
def test_the_environment_says_how_often_a_call_is_made(aws, organization, calls, monkeypatch, attempts):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", attempts)
    aws.say(GET, query_error(503, "ServiceUnavailable"))
    with pytest.raises(TransitError):
        organization().open_session(300.0).get("job-1")
    assert len(calls) == int(attempts)


def test_a_profile_says_how_often_a_call_is_made(aws, organization, calls, monkeypatch, tmp_path):
    (tmp_path / "config").write_text("[default]\nmax_attempts = 3\nretry_mode = standard\n")
    aws.say(GET, query_error(503, "ServiceUnavailable"))
    with pytest.raises(TransitError):
        organization().open_session(300.0).get("job-1")
    assert len(calls) == 3


@pytest.mark.parametrize(("mode", "kept"), [("", "adaptive"), ("standard", "standard"), ("legacy", "legacy")])
def test_the_environment_says_how_calls_are_repeated(aws, organization, monkeypatch, mode, kept):
    monkeypatch.setenv("AWS_RETRY_MODE", mode)
    client = organization()._door.service("iam")._client
    assert client.meta.config.retries["mode"] == kept


@pytest.mark.parametrize(
    ("name", "value"), [("AWS_MAX_ATTEMPTS", "many"), ("AWS_MAX_ATTEMPTS", "0"), ("AWS_RETRY_MODE", "brave")]
)
def test_a_setting_that_is_none_is_refused_by_name(organization, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(AwsError, match=rf"(?i){value}"):
        organization().open_session(300.0)


@pytest.fixture
def naps(monkeypatch):
    """Seconds that were waited for a new key."""
    waited = []
    monkeypatch.setattr("exporter.aws.calls.Service.__init__.__defaults__", ("", UNATTENDED, waited.append))
    return waited


def test_a_command_waits_some_seconds_for_aws_to_know_a_new_key(aws, organization, naps):
    aws.say(GET, *[query_error(403, "InvalidClientTokenId")] * 2, DONE)
    with attended():
        made = organization()
    made.open_session(300.0).get("job-1")
    assert naps == [1.0, 2.0]


def test_a_key_that_stays_unknown_is_told_and_not_waited_for_again(aws, organization, naps):
    aws.say(GET, query_error(403, "UnrecognizedClientException"))
    with attended():
        made = organization()
    for _ in range(2):
        with pytest.raises(CredentialsError, match="UnrecognizedClientException"):
            made.open_session(300.0).get("job-1")
    assert naps == [1.0, 2.0, 4.0]


def test_a_daemon_does_not_wait_within_a_call(aws, organization, naps):
    aws.say(GET, query_error(403, "InvalidClientTokenId"))
    with pytest.raises(CredentialsError):
        organization().open_session(300.0).get("job-1")
    assert naps == []


def test_nothing_else_is_waited_for(aws, organization, naps):
    aws.say(GET, query_error(403, "ExpiredToken"))
    with attended(), pytest.raises(CredentialsError):
        organization().open_session(300.0).get("job-1")
    assert naps == []


def test_a_command_says_once_why_it_takes_so_long(aws, organization, monkeypatch, capsys):
    monkeypatch.setattr("exporter.aws.calls.PATIENCE", -1.0)
    aws.say(GET, None)
    with attended():
        made = organization()
    for _ in range(2):
        with pytest.raises(TransitError):
            made.open_session(300.0).get("job-1")
    assert capsys.readouterr().err.count("note: GetOrganizationsAccessReport: ConnectionClosedError") == 1


def test_a_daemon_says_it_in_its_log_alone(aws, session, monkeypatch, capsys):
    monkeypatch.setattr("exporter.aws.calls.PATIENCE", -1.0)
    aws.say(GET, None)
    with pytest.raises(TransitError):
        session.get("job-1")
    assert capsys.readouterr().err == ""


def test_pauses_between_repetitions_are_no_waiting_for_an_answer(aws, session, calls, monkeypatch):
    moment = [0.0]
    monkeypatch.setattr("exporter.aws.calls.time", SimpleNamespace(monotonic=lambda: moment[0]))

    def delay(*_):
        moment[0] += 60.0
        return 0.0

    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", delay)
    aws.say(GET, None, DONE)
    session.get("job-1")
    assert ([call.code for call in calls], moment) == (["ConnectionClosedError", ""], [60.0])
