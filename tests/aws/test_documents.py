import pytest

from exporter.aws import DocumentSession, Paging
from tests.aws.conftest import query

WHOLE = Paging()
GET = "GetOrganizationsAccessReport"
DESCENDING = "SERVICE_NAMESPACE_DESCENDING"


def page(*namespaces, marker=""):
    rows = "".join(f"<member><ServiceNamespace>{name}</ServiceNamespace></member>" for name in namespaces)
    more = (
        f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
        if marker
        else "<IsTruncated>false</IsTruncated>"
    )
    return query(
        GET,
        "<JobStatus>COMPLETED</JobStatus><JobCreationDate>2019-09-30T06:53:36.187Z</JobCreationDate>"
        f"<AccessDetails>{rows}</AccessDetails>{more}",
    )


@pytest.fixture
def session(organization):
    return lambda paging=WHOLE: DocumentSession(organization(wire_times=True).open_session(300.0), paging)


def test_times_are_as_aws_wrote_them(aws, session):
    aws.say(GET, page("s3"))
    asking = session()
    assert asking.get("job-1").created == 1569826416.187
    assert asking.document["JobCreationDate"] == "2019-09-30T06:53:36.187Z"


def test_nothing_of_the_transport_is_in_a_document(aws, session):
    aws.say(GET, page("s3"))
    asking = session()
    asking.get("job-1")
    assert list(asking.document) == ["JobStatus", "JobCreationDate", "AccessDetails", "IsTruncated"]


def test_pages_become_one_document(aws, session):
    aws.say(GET, page("a", "b", marker="m"), page("c"))
    asking = session()
    assert asking.get("job-1").truncated
    asking.get("job-1", "m")
    document = asking.document
    assert [row["ServiceNamespace"] for row in document["AccessDetails"]] == ["a", "b", "c"]
    assert (document["IsTruncated"], "Marker" in document) == (False, False)


def test_one_page_is_as_aws_gave_it_and_nothing_follows(aws, session):
    aws.say(GET, page("a", marker="m"))
    asking = session(Paging(whole=False, max_items=1, marker="first", sort_key=DESCENDING))
    assert not asking.get("job-1").truncated
    asked = aws.parameters(GET)[0]
    assert (asked["MaxItems"], asked["Marker"], asked["SortKey"]) == (
        "1",
        "first",
        DESCENDING,
    )
    assert (asking.document["IsTruncated"], asking.document["Marker"]) == (True, "m")


def test_what_is_not_said_is_left_to_aws(aws, session):
    aws.say(GET, page("a"))
    session(Paging(whole=False, max_items=None)).get("job-1")
    assert aws.parameters(GET)[0].keys() >= {"JobId"}
    assert not aws.parameters(GET)[0].keys() & {"MaxItems", "Marker", "SortKey"}


def test_a_job_that_was_seen_running_leaves_no_trace(aws, session):
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"), page("a"))
    asking = session()
    asking.get("job-1")
    asking.get("job-1")
    assert asking.document["JobStatus"] == "COMPLETED"


def test_before_any_answer_there_is_no_document(session):
    assert session().document == {}


def test_a_time_that_cannot_be_read_is_shown_as_it_came(aws, session):
    member = "<member><ServiceNamespace>s3</ServiceNamespace><LastAuthenticatedTime/></member>"
    status, body = page("ec2")
    aws.say(GET, (status, body.replace("<AccessDetails>", f"<AccessDetails>{member}")))
    asking = session()
    assert asking.get("job-1").services[0].last_authenticated is None
    assert asking.document["AccessDetails"][0]["LastAuthenticatedTime"] == ""
