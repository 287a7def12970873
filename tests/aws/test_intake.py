"""What is not taken in: answers without end, and the text of answers in errors."""

import pytest

from exporter.credentials import session
from exporter.errors import CredentialsError, TransitError
from tests.aws.conftest import data, query

GET = "GetOrganizationsAccessReport"


@pytest.fixture(params=[("MOST_BYTES", 10, "HTTPClientError"), ("LONGEST", -1.0, "ReadTimeoutError")])
def told(request, monkeypatch):
    """What an answer is told to be that is taken for one without end."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    name, value, told = request.param
    monkeypatch.setattr(session, name, value)
    return told


def test_an_answer_without_end_is_lost_and_asked_for_again(aws, organization, calls, told):
    aws.say(GET, *[query(GET, "<JobStatus>IN_PROGRESS</JobStatus>")] * 4)
    with pytest.raises(TransitError):
        organization().open_session(300.0).get("job")
    assert [call.code for call in calls] == [told] * 4


def test_headers_without_end_are_lost_and_asked_for_again(aws, organization, calls, monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    monkeypatch.setattr(session, "LONGEST", 0.2)
    aws.say(GET, b"HTTP/1.1 200 OK\r\nX-Header: " + b"x" * 1000, query(GET, "<JobStatus>FAILED</JobStatus>"))
    assert organization().open_session(300.0).get("job").status == "FAILED"
    assert [call.code for call in calls] == ["ReadTimeoutError", ""]


def test_a_body_that_is_cut_off_is_asked_for_again(aws, organization, calls, monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    whole = query(GET, "<JobStatus>IN_PROGRESS</JobStatus>")
    aws.say(GET, (*whole, 1), whole)
    assert organization().open_session(300.0).get("job").status == "IN_PROGRESS"
    assert [call.code for call in calls] == ["ConnectionClosedError", ""]


def test_an_error_does_not_quote_the_answer(aws, organization):
    aws.say("AssumeRole", (200, "<AssumeRoleResponse><SecretAccessKey>canary"))
    with pytest.raises((CredentialsError, TransitError)) as caught:
        organization(role_arn="arn:aws:iam::111122223333:role/reader").open_session(300.0)
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_and_messages_are_cut(aws, organization):
    rows = f"<member><ServiceNamespace>{'n' * 9999}</ServiceNamespace></member>"
    told = "<Code>C</Code><Message>" + "m" * 9999 + "</Message>"
    lists = f"<AccessDetails>{rows}</AccessDetails><ErrorDetails>{told}</ErrorDetails>"
    aws.say(GET, query(GET, f"<JobStatus>FAILED</JobStatus>{lists}"))
    page = organization().open_session(300.0).get("job")
    assert (len(page.services[0].namespace), len(page.error_message)) == (512, 1000)


def test_organizations_share_what_describes_the_services(aws, organization):
    aws.say("DescribeOrganization", data(), data())
    loaders, paths = [], []
    for _ in range(2):
        made = organization()
        made.open_session(300.0)
        loader = made._door._session._session.get_component("data_loader")
        loaders.append(loader)
        paths.append(tuple(loader.search_paths))
    assert loaders[0] is loaders[1]
    assert paths[0] == paths[1]


def test_sessions_and_clients_are_boto3s(organization):
    made = organization()
    made.open_session(300.0)
    assert type(made._door._session).__module__ == "boto3.session"
