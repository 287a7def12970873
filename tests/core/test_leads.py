"""Which accounts and OUs a report from above makes worth a look at once."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.leads import Lead, Leads, followed, unheard
from exporter.model import (
    SKEW,
    Discovery,
    Entity,
    EntityType,
    Policy,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
)
from exporter.news import DELAY
from exporter.order import plan

DAY = 86_400.0
NOW = 1000 * DAY
DORMANT = 90 * DAY
TARGET = Target(enabled=True, refresh=DAY, services=Services.ALL)
OFF = Target(enabled=False, refresh=DAY, services=Services.ALL)
EVERYTHING = Targets(TARGET, TARGET, TARGET, TARGET, OFF)
A, B, M = "111111111111", "222222222222", "999999999999"


def account(account_id, above, parent):
    return Entity(account_id, EntityType.ACCOUNT, account_id, f"{above}/{account_id}", parent, "ACTIVE")


TREE = (
    Entity("r", EntityType.ROOT, "Root", "o/r"),
    Entity("ou-1", EntityType.ORGANIZATIONAL_UNIT, "one", "o/r/ou-1", "r"),
    Entity("ou-2", EntityType.ORGANIZATIONAL_UNIT, "two", "o/r/ou-1/ou-2", "ou-1"),
    account(A, "o/r/ou-1/ou-2", "ou-2"),
    account(B, "o/r", "r"),
    Entity(M, EntityType.MANAGEMENT_ACCOUNT, "m", f"o/r/{M}", "r", "ACTIVE"),
)
PATHS = {entity.id: entity.path for entity in TREE}


def planned(targets=EVERYTHING, tree=TREE):
    return plan(Discovery("o", M, "aws", tree), targets)


def used(namespace, by, at):
    return ServiceAccess(namespace, namespace, "eu-west-1", PATHS.get(by, by), at, 1)


def never(namespace):
    return ServiceAccess(namespace, namespace, authenticated_entities=0)


def stands(entity_id, created, *rows, **more):
    return Standing(Subject(entity_id), Report(created, None, len(rows), 0, rows), **more)


def pointed_at(*standings, work=None):
    known = {standing.subject: standing for standing in standings}
    return {subject.entity_id for subject in Leads(DORMANT).subjects(work or planned(), known)}


@pytest.fixture
def silent():
    """Everybody has looked a while ago, and nobody had used s3."""
    return {entity.id: stands(entity.id, NOW - DAY / 2, never("s3")) for entity in TREE}


def test_a_first_use_leads_to_the_account_and_the_ous_on_the_way(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    assert pointed_at(*silent.values()) == {A, "ou-1", "ou-2"}


def test_an_ou_leads_only_downwards(silent):
    silent["ou-1"] = stands("ou-1", NOW, used("s3", A, NOW - 60))
    assert pointed_at(*silent.values()) == {A, "ou-2"}


@pytest.mark.parametrize(
    ("known", "leads"),
    [(NOW - DAY, False), (NOW - DORMANT + 1, False), (NOW - DORMANT, True), (NOW - 500 * DAY, True)],
)
def test_a_use_leads_where_the_account_was_silent_for_long(silent, known, leads):
    silent[A] = stands(A, NOW - DAY / 2, used("s3", A, known))
    silent["r"] = stands("r", NOW, used("s3", A, NOW))
    assert (A in pointed_at(*silent.values())) is leads


def test_what_is_known_beyond_the_tracking_period_counts(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW))
    silent[A] = stands(A, NOW - DAY / 2, never("s3"), last_known={"s3": NOW - DAY})
    assert A not in pointed_at(*silent.values())


def test_each_on_the_way_is_judged_by_its_own_report(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW))
    silent["ou-1"] = stands("ou-1", NOW - DAY / 2, used("s3", "333333333333", NOW - DAY))
    assert pointed_at(*silent.values()) == {A, "ou-2"}


def test_a_report_that_is_not_older_is_not_made_again(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    silent[A] = stands(A, NOW, never("s3"))
    assert A not in pointed_at(*silent.values())


@pytest.mark.parametrize("allowed", ["ec2", "sqs"])
def test_what_an_account_may_not_use_leads_nowhere(silent, allowed):
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    silent[A] = stands(A, NOW - DAY / 2, never(allowed))
    assert A not in pointed_at(*silent.values())


def test_an_account_without_a_report_is_work_anyway(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    silent[A] = Standing(Subject(A), expired=True)
    del silent["ou-2"]
    assert pointed_at(*silent.values()) == {"ou-1"}


@pytest.mark.parametrize("by", ["333333333333", "", "r", "ou-2", M, "somewhere/else/"])
def test_whoever_is_no_collected_member_account_leads_nowhere(silent, by):
    silent["r"] = stands("r", NOW, used("s3", by, NOW - 60))
    assert pointed_at(*silent.values()) == set()


def test_where_accounts_are_not_collected_there_are_no_leads(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    assert pointed_at(*silent.values(), work=planned(Targets(TARGET, TARGET, TARGET, OFF, OFF))) == set()


def test_where_ous_are_not_collected_accounts_are_followed(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    assert pointed_at(*silent.values(), work=planned(Targets(TARGET, OFF, TARGET, TARGET, OFF))) == {A}


def test_a_row_without_a_time_leads_nowhere(silent):
    silent["r"] = stands("r", NOW, ServiceAccess("s3", entity_path=PATHS[A]))
    assert pointed_at(*silent.values()) == set()


@pytest.mark.parametrize("row", [never("ec2"), used("ec2", M, NOW - 60), used("ec2", B, NOW + DAY)])
def test_rows_after_one_that_leads_nowhere_are_read(silent, row):
    silent["r"] = stands("r", NOW, row, used("s3", B, NOW - 60))
    assert pointed_at(*silent.values()) == {B}


def test_a_use_that_two_clocks_explain_leads(silent):
    silent["r"] = stands("r", NOW, used("s3", B, NOW + SKEW))
    assert pointed_at(*silent.values()) == {B}


def test_what_an_account_says_of_others_leads_nowhere(silent):
    silent[B] = stands(B, NOW, used("s3", A, NOW - 60))
    assert pointed_at(*silent.values()) == set()


def test_an_entity_seen_through_an_scp_neither_leads_nor_is_led_to(silent):
    work = plan(Discovery("o", M, "aws", TREE, (Policy("p-1", "one"),)), Targets(*[TARGET] * 5))
    silent["r"] = stands("r", NOW, used("s3", A, NOW - 60))
    assert pointed_at(*silent.values(), work=work) == {A, "ou-1", "ou-2"}
    silent["r"] = Standing(Subject("r", "p-1"), silent["r"].report)
    assert pointed_at(*silent.values(), work=work) == set()


def test_where_there_is_nothing_to_ask_there_are_no_leads():
    leads = Leads(DORMANT)
    assert leads.subjects((), {}) == frozenset()
    assert leads.followed(stands(A, NOW), stands(A, NOW)) == {}


def test_a_report_that_was_dropped_leads_nowhere(silent):
    leads, work = Leads(DORMANT), planned()
    silent["r"] = stands("r", NOW, used("s3", B, NOW - 60))
    standings = {standing.subject: standing for standing in silent.values()}
    assert leads.subjects(work, standings) == {Subject(B)}
    assert leads.subjects(work, standings | {Subject("r"): Standing(Subject("r"))}) == frozenset()


class Counted(tuple):
    """Rows that know how often they were read."""

    __slots__ = ()
    times = 0

    def __iter__(self):
        Counted.times += 1
        return super().__iter__()


def test_a_report_is_read_once_while_nothing_changes(silent, monkeypatch):
    monkeypatch.setattr(Counted, "times", 0)
    leads, work = Leads(DORMANT), planned()
    report = Report(NOW, None, 1, 0, Counted([used("s3", B, NOW - 60)]))
    standings = {Subject(entity_id): standing for entity_id, standing in silent.items()}
    standings[Subject("r")] = Standing(Subject("r"), report)
    assert [leads.subjects(work, standings) for _ in range(3)] == [{Subject(B)}] * 3
    assert Counted.times == 1


def test_each_follows_its_own_leads(silent):
    leads = Leads(DORMANT)
    silent["r"] = stands("r", NOW, used("ec2", B, NOW - 60), used("s3", A, NOW - 60))
    silent[B] = stands(B, NOW - DAY / 2, never("ec2"), never("s3"), followed={"s3": NOW - DAY})
    leads.subjects(planned(), {standing.subject: standing for standing in silent.values()})
    after = stands(B, NOW + 1, never("ec2"), never("s3"))
    assert leads.followed(silent[B], after) == {"ec2": NOW - 60, "s3": NOW - DAY}
    used_lately = stands(B, NOW + 1, used("ec2", B, NOW - 2 * DAY), never("s3"))
    assert leads.followed(silent[B], used_lately) == {"s3": NOW - DAY}


def test_a_use_in_the_future_of_its_report_leads_nowhere(silent):
    silent["r"] = stands("r", NOW, used("s3", A, NOW + DAY))
    assert pointed_at(*silent.values()) == set()


def test_an_account_that_was_moved_meanwhile_is_found_by_its_id(silent):
    silent["r"] = stands("r", NOW, used("s3", f"o/r/ou-9/{A}", NOW - 60))
    assert pointed_at(*silent.values()) == {A, "ou-1", "ou-2"}


def test_an_account_that_left_an_ou_is_followed_alone(silent):
    silent["ou-1"] = stands("ou-1", NOW, used("s3", B, NOW - 60))
    assert pointed_at(*silent.values()) == {B}


def test_a_lead_that_was_followed_in_vain_is_closed():
    after = stands(A, NOW, never("s3"))
    marks = followed([Lead(Subject(A), "s3", NOW - 60, NOW - 30)], {}, after, DORMANT)
    assert marks == {"s3": NOW - 60}
    again = Lead(Subject(A), "s3", NOW - 60, NOW + DAY)
    assert not unheard(again, stands(A, NOW, never("s3"), followed=marks), DORMANT)


@pytest.mark.parametrize(("later", "again"), [(DELAY - 1, False), (DELAY, True)])
def test_a_later_use_is_another_lead_once_in_the_time_that_aws_may_be_late(later, again):
    standing = stands(A, NOW, never("s3"), followed={"s3": NOW - 60})
    assert unheard(Lead(Subject(A), "s3", NOW - 60 + later, NOW + DAY), standing, DORMANT) is again


def test_what_was_followed_to_a_subject_without_a_report_needs_no_mark():
    lead = Lead(Subject(A), "s3", NOW - 60, NOW - 30)
    assert followed([lead], {}, Standing(Subject(A), expired=True), DORMANT) == {}


def test_a_use_that_is_shown_needs_no_mark():
    after = stands(A, NOW, used("s3", A, NOW - 60))
    lead = Lead(Subject(A), "s3", NOW - 60.4, NOW - 30)
    assert followed([lead], {"s3": NOW - DAY}, after, DORMANT) == {}


ROWS = st.sampled_from(["s3", "ec2", "sqs"]).flatmap(
    lambda name: st.one_of(
        st.just(never(name)),
        st.builds(used, st.just(name), st.sampled_from([A, B, M]), st.floats(NOW - 200 * DAY, NOW)),
    )
)
LOOKS = st.lists(
    st.tuples(
        st.sampled_from([entity.id for entity in TREE]),
        st.floats(0.0, DAY),
        st.lists(ROWS, max_size=4, unique_by=lambda row: row.namespace),
        st.booleans(),
    ),
    max_size=20,
)


@given(LOOKS, st.integers())
def test_a_restart_comes_to_the_same_leads(looks, seed):
    chance = random.Random(seed)
    running, work, standings = Leads(DORMANT), planned(), {}
    now = NOW
    for entity_id, passed, rows, expired in looks:
        now += passed
        standing = stands(entity_id, now, *rows)
        standings[standing.subject] = Standing(standing.subject, expired=True) if expired else standing
        if chance.random() < 0.2:
            work = planned(tree=tuple(chance.sample(TREE, len(TREE))))
        assert running.subjects(work, standings) == Leads(DORMANT).subjects(work, standings)
