from collections import Counter

import pytest

from exporter.exposition import Format
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Policy,
    Report,
    ServiceAccess,
    Standing,
    Subject,
)

FOREIGN = "11112222-3333-4444-5555-666677778888"
NOW = 1_700_000_000.0


def series_of(text):
    """Every sample line, without the process' own, which move from scrape to scrape."""
    return Counter(
        line for line in text.splitlines() if line and not line.startswith(("#", "process_", "python_gc_"))
    )


@pytest.fixture
def rich(world):
    """Two organizations, one not discovered; SCP reports; a report made elsewhere."""
    world.organizations("default", "dark", job_ids=(FOREIGN,), policies=True)
    world.filled()
    world.discovered(
        Discovery(
            "o-org",
            "999999999999",
            "aws",
            world.publication.current.organization("default").discovery.entities,
            (Policy("p-1", "One"),),
        )
    )
    row = ServiceAccess("iam", "IAM", "us-east-1", "o-org/r-root/111111111111", NOW - 5, 1)
    for subject in (Subject("r-root", "p-1"), Subject(FOREIGN)):
        report = Report(NOW - 60, NOW - 50, 10, 9, (row,))
        world.stood(Standing(subject, report, JobView(JobStatus.COMPLETED, NOW - 60, NOW - 50)))
    return world


def union(running):
    found = Counter()
    for group in running.get("/sd").json:
        answer = running.get(f"/probe?target={group['labels']['__param_target']}")
        assert answer.status == 200
        found += series_of(answer.text)
    return found


def test_the_probes_of_all_targets_make_up_the_whole_and_no_series_is_in_two(rich, serving):
    with serving(rich) as running:
        assert union(running) == series_of(running.get("/metrics").text)


def test_a_probe_has_the_series_of_its_entity_alone(server):
    text = server.get("/probe?target=111111111111&collect[]=reports").text
    assert 'entity_id="111111111111"' in text
    assert "r-root" not in text


def test_a_probe_has_the_reports_under_policies_too(rich, serving):
    with serving(rich) as running:
        text = running.get("/probe?target=r-root&collect[]=reports").text
    assert (
        'aws_org_access_services_accessible{organization="default",entity_id="r-root",policy_id="p-1"} 10\n'
        in text
    )


def test_a_report_made_elsewhere_is_a_target_of_its_own(rich, serving):
    with serving(rich) as running:
        assert FOREIGN in {group["labels"]["__param_target"] for group in running.get("/sd").json}
        assert "aws_org_access_services_accessible{" in running.get(f"/probe?target={FOREIGN}").text


def test_the_first_entity_carries_what_belongs_to_no_entity(server):
    assert "aws_org_access_up{" in server.get("/probe?target=r-root").text
    assert "aws_org_access_up{" not in server.get("/probe?target=ou-root-unit").text


def test_an_organization_without_entities_is_carried_by_another(rich, serving):
    with serving(rich) as running:
        assert 'aws_org_access_up{organization="dark"} 0\n' in running.get("/probe?target=r-root").text


def test_a_probe_is_served_in_both_formats(server):
    answer = server.get("/probe?target=r-root", headers={"Accept": "application/openmetrics-text"})
    assert answer.headers["Content-Type"] == Format.OPENMETRICS.value
    assert answer.text.endswith("# EOF\n")


def test_ages_of_a_probe_are_as_of_now(world, server):
    world.moment += 30
    assert 'service_namespace="s3"} 1030\n' in server.get("/probe?target=r-root&collect[]=ages").text


def test_an_entity_that_two_organizations_share_is_one_target(world, serving):
    world.organizations("default", "copy")
    world.filled()
    world.discovered(
        Discovery("o-org", "9" * 12, "aws", (Entity("r-root", EntityType.ROOT, "Root", "o-org/r-root"),)),
        name="copy",
    )
    with serving(world) as running:
        text = running.get("/probe?target=r-root&collect[]=info").text
    assert 'aws_org_access_entity_info{organization="copy"' in text
    assert 'aws_org_access_entity_info{organization="default"' in text


@pytest.mark.parametrize("query", ["", "?target=", "?target=r-root&target=111111111111"])
def test_a_probe_needs_one_target(server, query):
    answer = server.get(f"/probe{query}")
    assert answer.status == 400
    assert "target" in answer.text


def test_an_unknown_target_is_not_found_for_a_reason(server):
    answer = server.get("/probe?target=222222222222")
    assert (answer.status, answer.text) == (
        404,
        "no entity '222222222222' was found by the last discovery, or it is out of scope\n",
    )


def test_before_a_discovery_the_reason_is_that(world, serving):
    with serving(world) as running:
        answer = running.get("/probe?target=r-root")
    assert answer.status == 404
    assert "no discovery has succeeded yet for: default" in answer.text
