import time
from contextlib import closing

import pytest

from exporter.model import Discovery, EntityType, Report, ServiceAccess, Standing, Subject
from exporter.scp import effect
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
    for part in ("To deny", "Still allowed", "Denied already", "DenyRetiredServices", "AWS takes 10,240"):
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
