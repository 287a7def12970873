"""The two operations of the access report, over HTTP."""

import pytest

from exporter.errors import (
    CredentialsError,
    DeniedError,
    NoSuchJobError,
    RefusedError,
    SlotTakenError,
    TransitError,
)
from exporter.model import ServiceAccess
from tests.aws.conftest import data, query, query_error

GET = "GetOrganizationsAccessReport"
GENERATE = "GenerateOrganizationsAccessReport"
PATH = "o-exampleorgid/r-exam"


@pytest.fixture
def session(organization):
    return organization().open_session(300.0)


def completed(rows="", **fields):
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return query(GET, f"<JobStatus>COMPLETED</JobStatus>{inner}<AccessDetails>{rows}</AccessDetails>")


def row(**fields):
    return f"<member>{''.join(f'<{name}>{value}</{name}>' for name, value in fields.items())}</member>"


def test_generate_gives_the_job_id(aws, session):
    aws.say(GENERATE, query(GENERATE, "<JobId>job-1</JobId>"))
    assert session.generate(PATH) == "job-1"


def test_generate_sends_the_policy_only_where_there_is_one(aws, session):
    aws.say(GENERATE, query(GENERATE, "<JobId>job-1</JobId>"))
    session.generate(PATH)
    session.generate(PATH, "p-FullAWSAccess")
    sent = [asked.get("OrganizationsPolicyId") for asked in aws.parameters(GENERATE)]
    assert sent == [None, "p-FullAWSAccess"]


def test_every_field_of_a_page_arrives(aws, session):
    used = row(
        ServiceName="Amazon &quot;S3&quot;",
        ServiceNamespace="s3",
        Region="eu-west-1",
        EntityPath=f"{PATH}/111111111111",
        LastAuthenticatedTime="2026-01-02T03:04:05.500Z",
        TotalAuthenticatedEntities=3,
    )
    fields = {
        "JobCreationDate": "2026-01-02T03:04:05Z",
        "JobCompletionDate": "2026-01-02T03:04:15Z",
        "NumberOfServicesAccessible": 2,
        "NumberOfServicesNotAccessed": 1,
        "IsTruncated": "true",
        "Marker": "m",
    }
    aws.say(GET, completed(used, **fields))
    page = session.get("job-1")
    assert (
        page.created,
        page.completed,
        page.accessible,
        page.not_accessed,
        page.truncated,
        page.marker,
    ) == (
        1767323045.0,
        1767323055.0,
        2,
        1,
        True,
        "m",
    )
    assert page.services == (
        ServiceAccess("s3", 'Amazon "S3"', "eu-west-1", f"{PATH}/111111111111", 1767323045.5, 3),
    )


def test_a_region_alone_does_not_make_a_service_used(aws, session):
    aws.say(GET, completed(row(ServiceName="IAM", ServiceNamespace="iam", Region="us-east-1")))
    assert session.get("job-1").services[0].last_authenticated is None


def test_rows_that_nobody_used_are_shared(aws, session):
    aws.say(GET, completed(row(ServiceName="IAM", ServiceNamespace="iam")))
    assert session.get("job-1").services[0] is session.get("job-2").services[0]


def test_a_failed_job_tells_its_code_and_message(aws, session):
    details = "<ErrorDetails><Message>not allowed</Message><Code>NO</Code></ErrorDetails>"
    aws.say(GET, query(GET, f"<JobStatus>FAILED</JobStatus>{details}"))
    page = session.get("job-1")
    assert (page.status, page.error_code, page.error_message) == ("FAILED", "NO", "not allowed")


def test_a_page_is_asked_for_by_marker_and_as_large_as_may_be(aws, session):
    aws.say(GET, completed())
    session.answer("job-1", "there", sort_key="SERVICE_NAMESPACE_DESCENDING")
    asked = aws.parameters(GET)[0]
    assert (asked["Marker"], asked["MaxItems"], asked["SortKey"]) == (
        "there",
        "1000",
        "SERVICE_NAMESPACE_DESCENDING",
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (query_error(409, "ReportGenerationLimitExceeded"), SlotTakenError),
        (query_error(404, "NoSuchEntity"), NoSuchJobError),
        (query_error(403, "AccessDenied"), DeniedError),
        (query_error(403, "ExpiredToken"), CredentialsError),
        (query_error(403, "InvalidClientTokenId"), CredentialsError),
        (query_error(400, "InvalidInput"), RefusedError),
        ((200, "<html><body>Sign in</body></html>"), TransitError),
        ((200, "<!DOCTYPE html><html><br></html>"), TransitError),
        ((403, "<html><br></html>"), TransitError),
        ((200, ""), TransitError),
        ((200, "{}"), TransitError),
        ((200, query(GET, "<JobStatus>COMPL")[1][:-40]), TransitError),
        (query(GET, ""), TransitError),
        (completed(JobCreationDate="yesterday"), TransitError),
        (completed(NumberOfServicesAccessible="many"), TransitError),
    ],
)
def test_an_answer_that_is_none_becomes_one_of_our_errors(aws, session, answer, error):
    aws.say(GET, answer)
    with pytest.raises(error) as raised:
        session.get("job-1")
    assert type(raised.value) is error


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_is_repeated_and_then_lost_in_transit(aws, session, status, monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    aws.say(GET, query_error(status, "ServiceFailure"))
    with pytest.raises(TransitError):
        session.get("job-1")
    assert aws.count(GET) == 4


def test_a_generate_without_a_job_id_is_lost_in_transit(aws, session):
    aws.say(GENERATE, query(GENERATE, ""))
    with pytest.raises(TransitError, match="no JobId"):
        session.generate(PATH)


def test_nobody_listening_is_lost_in_transit(organization, monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    session = organization(iam_endpoint="http://127.0.0.1:1").open_session(300.0)
    with pytest.raises(TransitError):
        session.get("job-1")


def test_a_denied_generate_says_what_discovery_found_missing(aws, organization):
    aws.say("DescribeOrganization", data(Organization={"Id": "o-exampleorgid"}))
    aws.say("ListRoots", data(Roots=[{"Id": "r-exam", "PolicyTypes": []}]))
    aws.say("ListOrganizationalUnitsForParent", data(OrganizationalUnits=[]))
    aws.say("ListAccounts", data(Accounts=[{"Id": "999999999999", "Paths": ["o-exampleorgid/r-exam/"]}]))
    aws.say(GENERATE, query_error(403, "AccessDenied"))
    made = organization()
    made.discover()
    with pytest.raises(DeniedError, match="service control policies are not enabled"):
        made.open_session(300.0).generate(PATH)


USED = {"ServiceNamespace": "s3", "TotalAuthenticatedEntities": 2}
EMPTY = "<LastAuthenticatedTime/>"
UNREADABLE = (
    EMPTY,
    "<LastAuthenticatedTime></LastAuthenticatedTime>",
    "<LastAuthenticatedTime>\n  </LastAuthenticatedTime>",
    '<LastAuthenticatedTime xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>',
    "<LastAuthenticatedTime>yesterday</LastAuthenticatedTime>",
    "<LastAuthenticatedTime>1790812800123</LastAuthenticatedTime>",
    "<LastAuthenticatedTime>2026-06-30T24:99:00Z</LastAuthenticatedTime>",
)


@pytest.mark.parametrize("time", UNREADABLE)
def test_a_time_that_cannot_be_read_costs_its_row_the_time_and_the_report_nothing(aws, session, time):
    good = row(ServiceNamespace="ec2", LastAuthenticatedTime="2026-01-02T03:04:05Z")
    aws.say(GET, completed(row(**USED).replace("</member>", f"{time}</member>") + good))
    odd, whole = session.get("job-1").services
    assert (odd.namespace, odd.last_authenticated, odd.authenticated_entities) == ("s3", None, 2)
    assert whole.last_authenticated == 1767323045.0


@pytest.mark.parametrize("empty", ["<{}/>", "<{}></{}>", "<{} a='b' />", "<{}>\n</{}>"])
def test_a_count_without_a_number_is_as_good_as_not_there(aws, session, empty):
    counts = ("TotalAuthenticatedEntities", "NumberOfServicesAccessible", "NumberOfServicesNotAccessed")
    in_row, *beside = (empty.format(name, name) for name in counts)
    body = completed(f"<member><ServiceNamespace>s3</ServiceNamespace>{in_row}</member>")
    aws.say(GET, (200, body[1].replace("<AccessDetails>", f"{''.join(beside)}<AccessDetails>")))
    page = session.get("job-1")
    assert (page.accessible, page.not_accessed) == (None, None)
    assert [one.authenticated_entities for one in page.services] == [None]


def test_blanks_before_an_answer_do_no_harm(aws, session):
    status, body = completed(row(ServiceNamespace="s3"))
    aws.say(GET, (status, f'\n <?xml version="1.0" encoding="UTF-8"?>{body}'))
    assert [one.namespace for one in session.get("job-1").services] == ["s3"]
