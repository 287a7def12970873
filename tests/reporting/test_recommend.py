import re
import time
from contextlib import closing
from dataclasses import replace

import pytest

from exporter import __version__
from exporter.model import Discovery, EntityType, Report, ServiceAccess, Standing, Subject
from exporter.scp import effect
from exporter.simulator.organization import ControlPolicy
from exporter.store import open_store


def test_the_policy_denies_what_was_never_used_and_nothing_in_use(commands):
    policy = commands.run("recommend", "--entity-id", commands.root.id, "--format", "scp").out
    rows = commands.aws.truth(commands.root.path, at=commands.aws.jobs[-1].created).rows
    denied = effect(policy, {row.namespace for row in rows}).denied
    assert denied
    assert not denied & {row.namespace for row in rows if row.last_authenticated is not None} - {
        row.namespace
        for row in rows
        if row.last_authenticated and row.last_authenticated < commands.aws.jobs[-1].created - 90 * 86400
    }


def test_the_json_has_the_policy_and_its_evidence(commands):
    found = commands.run("recommend", "--entity-id", commands.root.id, "--format", "json").json
    denied = {f"{one['service_namespace']}:*" for one in found["denied"]}
    actions = {action for policy in found["policies"] for action in policy["Statement"][0]["Action"]}
    assert actions == denied
    assert found["after"]["NumberOfServicesAccessible"] == len(found["still_allowed"])


def test_the_table_tells_why_and_what_is_in_force(commands):
    out = commands.run("recommend", "--entity-id", commands.root.id).out
    for part in (
        "To deny",
        "In use",
        "To be looked at",
        "Not denied",
        "Denied already",
        "DenyRetiredServices",
        "AWS takes 10,240",
    ):
        assert part in out


def test_more_can_be_protected(commands):
    arguments = ("recommend", "--entity-id", commands.root.id, "--format", "json")
    service = commands.run(*arguments).json["denied"][0]["service_namespace"]
    spared = commands.run(*arguments, "--protect", service).json
    (kept,) = [one for one in spared["still_allowed"] if one["service_namespace"] == service]
    assert kept["reason"] == "protected by --protect"


def test_an_account_is_judged_by_itself(commands):
    account = next(
        one
        for one in commands.entities(EntityType.ACCOUNT)
        if one.state == "ACTIVE" and commands.aws.organization.joined[one.id] < 1.7e9
    )
    found = commands.run("recommend", "--entity-path", account.path, "--format", "json").json
    assert [one["id"] for one in found["accounts"]["judged"]] == [account.id]


def test_the_management_account_is_bound_by_no_scp(commands):
    management = commands.aws.organization.management_account
    ran = commands.run("recommend", "--entity-id", management.id)
    assert (ran.code, ran.err) == (1, f"error: {management.id} is the management account: no SCP binds it\n")


def test_a_window_beyond_what_aws_remembers_is_refused(commands):
    ran = commands.run("recommend", "--entity-id", commands.root.id, "--unused-for", "401d")
    assert ran.code == 1
    assert "400 days" in ran.err


@pytest.mark.parametrize("service", ["*", "s3:*", ""])
def test_only_a_service_can_be_protected(commands, service):
    assert commands.run("recommend", "--entity-id", "r-ab12", "--protect", service).code == 1


def test_it_is_for_one_entity(commands):
    assert commands.run("recommend").code == 2
    assert commands.run("recommend", "--entity-id", "r-ab12", "--entity-path", "o-a/r-ab12").code == 2


@pytest.fixture
def state(commands, tmp_path):
    """The address of a state with a report on an account and on the root, in which one use aged out."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    store = open_store(url)
    lease = store.acquire("sim")
    organization = commands.aws.organization
    entities = tuple(organization.entities.values())
    store.discovered(lease, Discovery(organization.id, organization.management_account.id, "aws", entities))
    now = time.time()
    rows = (ServiceAccess("sqs", "SQS"), ServiceAccess("sns", "SNS"), ServiceAccess("a4b", "Alexa"))
    known = {"sqs": now - 450 * 86400.0}
    store.keep(lease, Standing(Subject(commands.root.id), Report(now, now, 3, 3, rows), last_known=known))
    used = (ServiceAccess("sns", "SNS", last_authenticated=now - 60, authenticated_entities=1),)
    account = next(organization.member_accounts(commands.root))
    store.keep(lease, Standing(Subject(account.id), Report(now, now, 1, 0, used)))
    store.close()
    return url


def test_a_state_has_what_was_used_below_and_what_aged_out(commands, state):
    found = commands.run(
        "recommend", "--entity-id", commands.root.id, "--state.url", state, "--format", "json"
    ).json
    assert commands.aws.calls.count("GenerateOrganizationsAccessReport") == 0
    grounds = {one["service_namespace"]: one["ground"] for one in found["denied"] + found["still_allowed"]}
    assert grounds == {"sqs": "aged_out", "sns": "used", "a4b": "never_used"}


def test_a_state_may_be_in_use(commands, state):
    with closing(open_store(state)):
        ran = commands.run("recommend", "--entity-id", commands.root.id, "--state.url", state)
    assert (ran.code, ran.err) == (0, "")


def test_a_state_without_the_report_says_so(commands, state):
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    ran = commands.run("recommend", "--entity-id", unit.id, "--state.url", state)
    assert ran.code == 1
    assert f"the state holds no report on {unit.id} of organization 'sim'" in ran.err


def test_a_state_that_is_not_there_is_not_made(commands, tmp_path):
    file = tmp_path / "typo.db"
    ran = commands.run("recommend", "--entity-id", commands.root.id, "--state.url", f"sqlite:///{file}")
    assert (ran.code, file.exists()) == (1, False)


@pytest.mark.parametrize("flag", ["--unused-for", "--min-account-age"])
def test_a_window_that_is_shorter_than_a_week_is_refused(commands, flag):
    ran = commands.run("recommend", "--entity-id", commands.root.id, flag, "1h")
    assert (ran.code, ran.out) == (1, "")
    assert "at least 7d" in ran.err


def test_a_service_that_there_is_not_is_refused_with_what_may_be_meant(commands):
    ran = commands.run("recommend", "--entity-id", commands.root.id, "--protect", "cloudwath")
    assert ran.code == 1
    assert "'cloudwath'; did you mean cloudwatch" in ran.err


@pytest.mark.parametrize("who", ["*", "arn:aws:iam::*:role/*", "someone"])
def test_who_would_be_nobody_or_everybody_is_not_exempted(commands, who):
    ran = commands.run("recommend", "--entity-id", commands.root.id, "--exempt-principal", who)
    assert ran.code == 1
    assert "--exempt-principal" in ran.err


def test_the_configuration_protects_until_a_day(commands):
    arguments = ("recommend", "--entity-id", commands.root.id, "--format", "json")
    one, other, *_ = (item["service_namespace"] for item in commands.run(*arguments).json["denied"])
    with commands.file.open("a") as file:
        file.write(
            f"protect: [{{service: {one}, reason: of ours, expires: 2999-12-31}},"
            f" {{service: {other}, reason: until then, expires: 2020-02-29}}]\n"
        )
    found = commands.run(*arguments).json
    (kept,) = [item for item in found["still_allowed"] if item["service_namespace"] == one]
    assert kept["reason"] == "protected by the configuration: of ours, until 2999-12-31"
    assert other in [item["service_namespace"] for item in found["denied"]]
    assert f"the protection of {other} ended with 2020-02-29: until then" in found["notes"]


@pytest.mark.parametrize("form", ["scp", "terraform", "cloudformation"])
def test_a_difference_is_for_people_and_programs_not_for_files(commands, form):
    assert commands.run("recommend", "--entity-id", "r-ab12", "--diff", "--format", form).code == 2


def test_a_first_difference_adds_everything(commands):
    arguments = ("recommend", "--entity-id", commands.root.id, "--diff")
    ran = commands.run(*arguments)
    assert ran.code == 0
    assert re.search(r"\n[0-9]+ added, 0 removed, 0 kept\n$", ran.out)
    assert commands.run(*arguments, "--exit-code").code == 1


def test_the_second_run_says_no_change_and_writes_the_whole_policy_again(commands):
    organization = commands.aws.organization
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    arguments = (
        "recommend",
        "--entity-id",
        unit.id,
        "--protect",
        "s3",
        "--exempt-principal",
        "control-tower",
    )
    first = commands.run(*arguments, "--format", "scp", "--quiet").out
    policies, attachments = organization.policies, organization.attachments
    object.__setattr__(
        organization, "policies", {**policies, "p-ours": ControlPolicy("p-ours", "ours", "", first)}
    )
    object.__setattr__(
        organization, "attachments", {**attachments, unit.id: (*attachments[unit.id], "p-ours")}
    )
    try:
        ran = commands.run(*arguments, "--diff", "--exit-code")
        assert (ran.code, ran.out.splitlines()[-1]) == (0, "no change: ours (p-ours) says it all")
        again = commands.run(*arguments, "--format", "scp")
        assert (again.code, again.out) == (0, first)
        assert "note: no change" in again.err
    finally:
        object.__setattr__(organization, "policies", policies)
        object.__setattr__(organization, "attachments", attachments)


def test_where_nothing_is_to_be_denied_no_file_is_begun(commands):
    for form in ("scp", "terraform", "cloudformation"):
        ran = commands.run(
            "recommend", "--entity-id", commands.root.id, "--min-accounts", "99", "--format", form
        )
        assert (ran.code, ran.out) == (1, "")
        assert "nothing to deny" in ran.err


def test_names_organization_and_version_are_told(commands):
    out = commands.run("recommend", "--entity-id", commands.root.id).out
    assert f"organization sim {commands.aws.organization.id}; by org-access-exporter {__version__}" in out
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    document = commands.run("recommend", "--entity-id", unit.id, "--format", "json").json
    assert document["entity"]["name"] == unit.name
    assert {one["entity_name"] for one in document["attached"]} >= {"Root", unit.name}


DAY = 86400.0


class Kept:
    """A state that an exporter might have kept; ``at`` is when everything in it is from."""

    def __init__(self, commands, url):
        self.url, self.commands, self.organization = url, commands, commands.aws.organization

    def write(self, at, entities, reports):
        store = open_store(self.url)
        lease = store.acquire("sim")
        management = self.organization.management_account.id
        store.discovered(lease, Discovery(self.organization.id, management, "aws", tuple(entities), at=at))
        for entity_id, rows in reports.items():
            store.keep(lease, Standing(Subject(entity_id), Report(at, at, len(rows), 0, rows)))
        store.close()

    def run(self, *arguments):
        root = self.commands.root.id
        return self.commands.run("recommend", "--entity-id", root, "--state.url", self.url, *arguments)


@pytest.fixture
def kept(commands, tmp_path):
    return Kept(commands, f"sqlite:///{tmp_path / 'kept.db'}")


USED = ServiceAccess("sns", "SNS", last_authenticated=1.79e9, authenticated_entities=1)
ROWS = (ServiceAccess("a4b", "Alexa"), USED)


def test_evidence_that_is_a_few_days_old_is_told(kept):
    kept.write(time.time() - 3 * DAY, kept.organization.entities.values(), {kept.commands.root.id: ROWS})
    ran = kept.run()
    assert ran.code == 0
    assert "the report is 3 days old" in ran.out
    assert "the state looked at the tree 3 days ago" in ran.out


def test_evidence_that_is_too_old_is_refused_unless_it_is_wanted(kept):
    kept.write(time.time() - 100 * DAY, kept.organization.entities.values(), {kept.commands.root.id: ROWS})
    ran = kept.run()
    assert (ran.code, ran.out) == (1, "")
    assert "100 days old, older than max_report_age (1w): --stale-evidence takes it all the same" in ran.err
    ran = kept.run("--stale-evidence")
    assert ran.code == 0
    assert "the report is 100 days old" in ran.out


def test_an_account_that_came_later_is_no_evidence_until_it_has_a_report_and_then_counts(kept):
    came, *_ = kept.organization.member_accounts(kept.commands.root)
    entities = [one for one in kept.organization.entities.values() if one.id != came.id]
    now = time.time()
    kept.write(now, entities, {kept.commands.root.id: ROWS})
    found = kept.run("--format", "json").json
    assert [one["id"] for one in found["accounts"]["without_report"]] == [came.id]
    assert any("no report covers 1 of" in note for note in found["notes"])
    alexa = ServiceAccess("a4b", "Alexa", "eu-west-1", came.path, now - DAY, 1)
    kept.write(now, entities, {came.id: (alexa,)})
    found = kept.run("--format", "json").json
    assert found["accounts"]["without_report"] == []
    (used,) = [one for one in found["still_allowed"] if one["service_namespace"] == "a4b"]
    assert used["last_used_by"]["account_id"] == came.id
    assert any(note.startswith("came since the state looked") for note in found["notes"])


def test_an_account_that_is_out_of_the_configurations_scope_is_counted_by_aws_all_the_same(kept):
    out, *_ = kept.organization.member_accounts(kept.commands.root)
    kept.commands.file.write_text(
        kept.commands.file.read_text().replace("name: sim", f"name: sim, exclude: ['{out.id}']")
    )
    entities = [one for one in kept.organization.entities.values() if one.id != out.id]
    kept.write(time.time(), entities, {kept.commands.root.id: ROWS})
    assert kept.run("--format", "json").json["accounts"]["without_report"] == []


def test_a_place_that_is_not_where_it_was_is_told(kept):
    unit = kept.commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    elsewhere = replace(unit, path=unit.path.replace(unit.id, f"ou-else-where0000/{unit.id}"))
    ghost = replace(elsewhere, id="999999999999", type=EntityType.ACCOUNT, path=f"{unit.path}/999999999999")
    kept.write(time.time(), [elsewhere, ghost], {unit.id: ROWS})
    found = kept.commands.run(
        "recommend", "--entity-id", unit.id, "--state.url", kept.url, "--format", "json"
    ).json
    assert any("it was moved since the report" in note for note in found["notes"])
    assert "left since the state looked, what they used still counts: 999999999999" in found["notes"]


def test_a_report_that_was_dropped_for_its_age_is_told_as_that(kept):
    kept.write(time.time(), kept.organization.entities.values(), {})
    store = open_store(kept.url)
    store.keep(store.acquire("sim"), Standing(Subject(kept.commands.root.id), expired=True))
    store.close()
    assert "dropped its report on" in kept.run().err
