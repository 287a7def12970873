"""Every value of every field that AWS gives is on /metrics, whatever AWS is like."""

import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.model import EntityType
from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import configuration, exporter, organization
from tests.exposition.reference import signed

OPTIONS = SimulationOptions(
    accounts=12,
    ous=5,
    speed=50,
    page_limit=7,
    organization_page_limit=2,
    hostile_names=True,
    empty_pages=True,
    account_paths_end_with_account=False,
)
ALL = "{refresh: 1d, services: all}"
TARGETS = f"{{root: {ALL}, ous: {ALL}, management_account: {ALL}, accounts: {ALL}}}"
STATES = "[ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED, PENDING_ACTIVATION]"
ACCOUNTS = {EntityType.ACCOUNT, EntityType.MANAGEMENT_ACCOUNT}


@pytest.fixture(scope="module")
def aws():
    with start(OPTIONS) as simulated:
        yield simulated.simulation


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """An exporter that has every report, over the simulation ``aws`` of its own."""
    with start(OPTIONS) as simulated:
        text = configuration(organization("hostile", simulated.url, targets=TARGETS, account_states=STATES))
        with exporter(tmp_path_factory.mktemp("fields"), text) as running:
            running.aws = simulated.simulation
            total = len(running.aws.organization.entities)
            running.wait_for_line(rf'^aws_org_access_reports\{{.*state="fresh"\}} {total}$')
            yield running


@pytest.fixture(scope="module")
def samples(program):
    """Value by family and labels (as sorted pairs), of one scrape."""
    found = {}
    for family in text_string_to_metric_families(program.metrics()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


@pytest.fixture(scope="module")
def truth(program, samples):
    """(entity, what its report says), by AWS as of the moment each report was made."""
    generated = samples["aws_org_access_report_generated_timestamp_seconds"]
    entities = program.aws.organization.entities.values()
    return [
        (entity, program.aws.truth(entity.path, at=generated[key(entity_id=entity.id)]))
        for entity in entities
    ]


def key(**labels):
    return tuple(sorted({"organization": "hostile", **labels}.items()))


def rows(truth, used=False):
    return [
        (key(entity_id=entity.id, service_namespace=row.namespace), row)
        for entity, content in truth
        for row in content.rows
        if row.last_authenticated is not None or not used
    ]


def test_number_of_services_accessible(samples, truth):
    expected = {key(entity_id=entity.id): content.accessible for entity, content in truth}
    assert samples["aws_org_access_services_accessible"] == expected


def test_number_of_services_not_accessed(samples, truth):
    expected = {key(entity_id=entity.id): content.not_accessed for entity, content in truth}
    assert samples["aws_org_access_services_not_accessed"] == expected


def test_total_authenticated_entities(samples, truth):
    expected = {labels: row.authenticated_entities for labels, row in rows(truth)}
    assert samples["aws_org_access_service_authenticated_entities"] == expected


def test_last_authenticated_time(samples, truth):
    expected = {labels: row.last_authenticated for labels, row in rows(truth, used=True)}
    assert samples["aws_org_access_service_last_authenticated_timestamp_seconds"] == expected


def test_region_and_entity_path(samples, truth):
    expected = {
        tuple(
            sorted(
                (
                    *labels,
                    ("access_region", row.region),
                    ("accessed_from", row.entity_path.rpartition("/")[2]),
                )
            )
        ): 1
        for labels, row in rows(truth, used=True)
    }
    assert samples["aws_org_access_service_last_access_info"] == expected


def test_service_name(samples, truth):
    expected = {
        (("service_name", signed(row.name)), ("service_namespace", row.namespace)): 1
        for _, row in rows(truth)
    }
    assert samples["aws_org_access_service_info"] == expected


def test_job_status(samples, truth):
    expected = {
        key(entity_id=entity.id, status=status): float(status == "COMPLETED")
        for entity, _ in truth
        for status in ("IN_PROGRESS", "COMPLETED", "FAILED")
    }
    assert samples["aws_org_access_report_job_status"] == expected


def test_job_dates(program, samples):
    jobs = {job.selection.entity_path: job for job in program.aws.jobs}
    expected = {
        key(entity_id=entity.id): round(jobs[entity.path].created)
        for entity in program.aws.organization.entities.values()
    }
    created = samples["aws_org_access_report_job_created_timestamp_seconds"]
    assert {labels: round(value) for labels, value in created.items()} == expected


def test_ages_are_now_minus_the_last_use(samples):
    used = samples["aws_org_access_service_last_authenticated_timestamp_seconds"]
    ages = samples["aws_org_access_service_last_authenticated_age_seconds"]
    moments = {ages[labels] + used[labels] for labels in used}
    assert ages.keys() == used.keys()
    assert max(moments) - min(moments) <= 60


def test_entities(program, samples):
    expected = {
        key(
            entity_id=entity.id,
            entity_type=entity.type.value,
            entity_name=signed(entity.name),
            entity_path=entity.path,
            parent_id=entity.parent_id,
            account_state=entity.state if entity.type in ACCOUNTS else "",
        ): 1
        for entity in program.aws.organization.entities.values()
    }
    assert samples["aws_org_access_entity_info"] == expected


def test_the_organization(program, samples):
    known = program.aws.organization
    expected = key(org_id=known.id, management_account_id=known.management_account.id, partition="aws")
    assert samples["aws_org_access_organization_info"] == {expected: 1}


def test_names_are_as_hostile_as_they_should_be(program):
    names = "".join(entity.name for entity in program.aws.organization.entities.values())
    assert all(character in names for character in ('"', "\\", "\n"))


def test_one_generate_per_subject(program):
    counted = program.aws.calls.count("GenerateOrganizationsAccessReport")
    assert counted == len(program.aws.organization.entities)


def test_a_scrape_calls_nobody(program):
    before = sum(program.aws.calls.counts.values())
    for _ in range(20):
        program.metrics()
    assert sum(program.aws.calls.counts.values()) == before


def test_every_call_is_counted_as_often_as_aws_counts(program, samples):
    counted = {
        (dict(labels)["api"], dict(labels)["operation"]): value
        for labels, value in samples["aws_org_access_api_requests_total"].items()
    }
    assert counted == program.aws.calls.counts


@pytest.mark.tool("promtool")
def test_promtool_has_nothing_to_say(program, tool):
    checked = subprocess.run(
        [tool("promtool"), "check", "metrics"],
        input=program.metrics(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
