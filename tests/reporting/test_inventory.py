"""``entities`` and ``who-uses`` against a simulated organization, and against a state."""

import csv
import io
import json
from contextlib import closing

import pytest

from exporter.model import Discovery, EntityType, Report, ServiceAccess, Standing, Subject
from exporter.store import open_store


@pytest.fixture
def entities(commands):
    return tuple(commands.aws.organization.entities.values())


@pytest.fixture
def state(commands, entities, tmp_path):
    """A state in use, with reports on the root and on one account."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    account = commands.entities(EntityType.ACCOUNT)[0]
    root = commands.root
    use = ServiceAccess("bedrock", "Amazon Bedrock", "us-east-1", account.path, 1.79e9, 1)
    with closing(open_store(url)) as store:
        lease = store.acquire("sim")
        discovery = Discovery("o-sim", commands.aws.organization.management_account.id, "aws", entities)
        store.discovered(lease, discovery)
        for entity in (root, account):
            report = Report(1.79e9, 1.79e9, 2, 1, (use, ServiceAccess("s3", "Amazon S3")))
            store.keep(lease, Standing(Subject(entity.id), report))
        yield url


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_entities_without_a_state_are_those_that_aws_lists(commands, entities):
    ran = commands.run("entities", "--output", "json")
    assert {(one["entity_id"], one["entity_name"], one["entity_path"]) for one in ran.json} == {
        (entity.id, entity.name, entity.path) for entity in entities
    }
    assert {one["services_accessible"] for one in ran.json} == {None}


def test_a_state_has_the_counts_too(commands, state):
    listed = rows(commands.run("entities", "--state.url", state, "--output", "csv", "--sort", "used").out)
    assert [(one["services_accessible"], one["services_used"]) for one in listed[:3]] == [
        ("2", "1"), ("2", "1"), ("", "")
    ]  # fmt: skip
    assert {len(one["entity_id"]) for one in listed if one["entity_type"] == "ACCOUNT"} == {12}


def test_an_entity_by_its_name_limits_the_list(commands):
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    listed = commands.run("entities", "--entity", unit.name, "--output", "json").json
    assert listed[0]["entity_id"] == unit.id
    assert all(one["entity_path"].startswith(unit.path) for one in listed)


def test_the_table_of_entities_has_every_id_and_path_whole(commands, entities):
    out = commands.run("entities").out
    assert all(entity.id in out and entity.path in out and entity.name in out for entity in entities)


def test_who_uses_a_service_is_told_from_a_state(commands, state):
    account = commands.entities(EntityType.ACCOUNT)[0]
    out = commands.run("who-uses", "bedrock", "--state.url", state).out
    assert out.startswith("bedrock (Amazon Bedrock): used by 2 entities\n")
    assert all(
        part in out for part in (account.id, account.name, "us-east-1", commands.root.id, "2026-09-21")
    )


def test_several_services_are_told_in_one_go(commands, state):
    ran = commands.run("who-uses", "bedrock", "s3", "--state.url", state, "--output", "json")
    bedrock, s3 = ran.json["services"]
    assert (len(bedrock["uses"]), s3["uses"], len(s3["never_used"])) == (2, [], 2)
    assert bedrock["uses"][0]["last_authenticated"] == "2026-09-21T14:13:20Z"


def test_csv_has_a_row_for_each_use(commands, state):
    listed = rows(commands.run("who-uses", "bedrock", "s3", "--state.url", state, "--output", "csv").out)
    assert [one["service_namespace"] for one in listed] == ["bedrock", "bedrock"]


def test_without_a_state_a_report_on_the_root_tells_it(commands):
    report = commands.run("report", "--entity-id", commands.root.id, "--output", "json").json
    used = next(row for row in report["AccessDetails"] if "LastAuthenticatedTime" in row)
    ran = commands.run("who-uses", used["ServiceNamespace"], "--output", "json")
    (use,) = ran.json["services"][0]["uses"]
    assert (use["entity_id"], use["access_region"]) == (commands.root.id, used["Region"])
    assert use["account_id"] == used["EntityPath"].rstrip("/").rpartition("/")[2]
    assert use["account_name"]


def test_with_accounts_every_one_is_asked(commands, entities):
    commands.aws.forget()
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    below = {entity.id for entity in entities if f"{entity.path}/".startswith(f"{unit.path}/")}
    ran = commands.run("who-uses", "s3", "--entity", unit.name, "--accounts", "--output", "json")
    (service,) = ran.json["services"]
    told = {use["entity_id"] for use in service["uses"]} | set(service["never_used"])
    assert told == below


def test_a_state_in_memory_is_none(commands):
    ran = commands.run("entities", "--state.url", "memory:", "--output", "json")
    assert (ran.code, {one["services_used"] for one in ran.json}) == (0, {None})


def test_a_service_that_is_mistyped_is_refused_before_a_report_is_made(commands):
    made = len(commands.aws.jobs)
    ran = commands.run("who-uses", "bedrok")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean bedrock" in ran.err
    assert len(commands.aws.jobs) == made


def test_a_service_that_no_report_knows_is_refused(commands):
    ran = commands.run("who-uses", "qqqqqqqq")
    assert ran.code == 1
    assert "no service has the namespace 'qqqqqqqq'" in ran.err


def test_a_state_of_another_organization_says_so(commands, state):
    commands.file.write_text(commands.file.read_text().replace("name: sim", "name: other"))
    for command in (["entities"], ["who-uses", "s3"]):
        ran = commands.run(*command, "--state.url", state)
        assert (ran.code, "holds nothing of organization 'other'" in ran.err) == (1, True)


def test_usage_is_told(commands):
    assert commands.run("who-uses").code == 2
    assert commands.run("entities", "--entity", "a", "--entity-id", "b").code == 2


def test_json_is_json_whatever_a_name_holds(commands, state):
    assert json.loads(commands.run("entities", "--state.url", state, "--output", "json").out)
