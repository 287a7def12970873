from dataclasses import replace

import pytest

from exporter.model import JobStatus, JobView, ServiceAccess, Standing, Subject
from tests.web.conftest import report_of

NOW = 1_700_000_000.0


def test_entities_are_listed_with_their_organizations(server):
    data = server.get("/api/v1/entities").json["data"]
    assert [entity["entity_id"] for entity in data["entities"]] == ["r-root", "ou-root-unit", "111111111111"]
    assert data["organizations"] == [
        {
            "name": "default",
            "up": True,
            "org_id": "o-org",
            "management_account_id": "999999999999",
            "partition": "aws",
            "discovered": "2023-11-14T22:13:20Z",
            "running": None,
            "reports": {"fresh": 3, "stale": 0, "failed": 0, "pending": 0},
        }
    ]


def test_an_organization_that_is_not_discovered_is_listed_with_nulls(world, serving):
    with serving(world) as running:
        [organization] = running.get("/api/v1/entities").json["data"]["organizations"]
    assert (organization["org_id"], organization["discovered"]) == (None, None)


def test_a_report_is_told_in_full(server):
    data = server.get("/api/v1/reports/111111111111").json["data"]
    assert data["entities"][0]["entity_name"] == "One"
    [report] = data["reports"]
    assert report["state"] == "fresh"
    assert report["job"]["status"] == "COMPLETED"
    assert report["report"] == {
        "created": "2023-11-14T22:03:20Z",
        "completed": "2023-11-14T22:03:29Z",
        "services_accessible": 455,
        "services_not_accessed": 400,
        "services": [
            {
                "service_namespace": "s3",
                "service_name": "Amazon S3",
                "last_authenticated": "2023-11-14T21:56:40Z",
                "last_known": None,
                "access_region": "eu-west-1",
                "entity_path": "o-org/r-root/ou-root-unit/111111111111",
                "authenticated_entities": 1,
            },
            {
                "service_namespace": "ec2",
                "service_name": "Amazon EC2",
                "last_authenticated": None,
                "last_known": None,
                "access_region": None,
                "entity_path": None,
                "authenticated_entities": None,
            },
        ],
    }


def test_a_failure_is_told_with_its_code_and_message(world, server):
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    world.stood(Standing(Subject("r-root"), None, job, failures=2, retry_at=NOW + 60))
    [report] = server.get("/api/v1/reports/r-root").json["data"]["reports"]
    assert (report["state"], report["failures"], report["report"]) == ("failed", 2, None)
    assert report["retry_at"] == "2023-11-14T22:14:20Z"
    assert report["job"]["error"] == {"code": "AUTHORIZER_TIMEOUT", "message": "too slow"}


def test_a_use_that_aged_out_is_not_told_as_never_used(world, server):
    rows = (ServiceAccess("s3"), ServiceAccess("ec2"))
    world.stood(replace(report_of("r-root", services=rows), last_known={"s3": NOW - 4e7, "gone": NOW}))
    [report] = server.get("/api/v1/reports/r-root").json["data"]["reports"]
    assert [(row["service_namespace"], row["last_known"]) for row in report["report"]["services"]] == [
        ("s3", "2022-08-08T23:06:40Z"),
        ("ec2", None),
    ]


def test_reports_can_be_chosen_by_policy(server):
    assert len(server.get("/api/v1/reports/r-root?policy_id=").json["data"]["reports"]) == 1
    assert server.get("/api/v1/reports/r-root?policy_id=p-1").status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/reports/222222222222", 404),
        ("/api/v1/reports/%22%3C%0A", 404),
        ("/api/v1/reports/", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/entities?x=1", 400),
    ],
)
def test_errors_are_json_as_well(server, path, status):
    answer = server.get(path)
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json["status"] == "error"
    assert answer.json["error"]


def test_an_unknown_id_is_named(server):
    assert server.get("/api/v1/reports/222222222222").json == {
        "status": "error",
        "error": "no entity '222222222222' with a report is known",
    }


def test_the_report_that_is_being_made_is_named(world, server):
    world.publication.changed("default", running=Subject("r-root"))
    [organization] = server.get("/api/v1/entities").json["data"]["organizations"]
    assert organization["running"] == {"entity_id": "r-root", "policy_id": None}
