"""What is asked for next."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.model import (
    SKEW,
    Discovery,
    Entity,
    EntityType,
    Policy,
    Report,
    ReportState,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
    Work,
)
from exporter.order import RETRY, due_at, newer, next_due, path_of, plan, state_of

DAY = 86_400.0
NOW = 100 * DAY
TARGET = Target(enabled=True, refresh=DAY, services=Services.ALL)
OFF = Target(enabled=False, refresh=DAY, services=Services.ALL)
EVERYTHING = Targets(TARGET, TARGET, TARGET, TARGET, TARGET)
TREE = (
    Entity("r", EntityType.ROOT, "Root", "o/r"),
    Entity("111111111111", EntityType.ACCOUNT, "a", "o/r/111111111111", "r", "ACTIVE"),
    Entity("ou-1", EntityType.ORGANIZATIONAL_UNIT, "one", "o/r/ou-1", "r"),
    Entity("ou-2", EntityType.ORGANIZATIONAL_UNIT, "two", "o/r/ou-1/ou-2", "ou-1"),
    Entity("999999999999", EntityType.MANAGEMENT_ACCOUNT, "m", "o/r/999999999999", "r", "ACTIVE"),
)
DISCOVERY = Discovery("o", "999999999999", "aws", TREE, (Policy("p-1", "one"),))


def work(targets=EVERYTHING, job_ids=()):
    return plan(DISCOVERY, targets, job_ids)


def reported(age, **more):
    return lambda item: Standing(item.subject, Report(NOW - age, None, 1, 1), **more)


def order_of(items, standings, led=()):
    """The ids in the order in which they come, each done at once."""
    standings, led = dict(standings), set(led)
    order = []
    while True:
        item, _ = next_due(items, standings, NOW, led)
        if item is None:
            return order
        order.append(item.subject)
        led.discard(item.subject)
        standings[item.subject] = Standing(item.subject, Report(NOW, None, 1, 1))


def test_never_fetched_goes_from_the_top_down():
    subjects = order_of(work(job_ids=["job"]), {})
    assert [subject.entity_id for subject in subjects if not subject.policy_id] == [
        "r",
        "ou-1",
        "ou-2",
        "999999999999",
        "111111111111",
        "job",
    ]


def test_scp_reports_are_asked_at_the_topmost_entities_and_after_the_entities():
    assert order_of(work(), {})[-1] == Subject("r", "p-1")


def test_never_fetched_goes_before_stale():
    items = [item for item in work() if not item.subject.policy_id]
    standings = {item.subject: reported(1.5 * DAY)(item) for item in items if item.subject.entity_id == "r"}
    assert order_of(items, standings)[-1].entity_id == "r"


def test_among_accounts_the_oldest_data_goes_first():
    items = [item for item in work() if item.entity.type is EntityType.ACCOUNT]
    twin = Work(Subject("222222222222"), items[0].entity, TARGET)
    standings = {items[0].subject: reported(1.1 * DAY)(items[0]), twin.subject: reported(1.2 * DAY)(twin)}
    assert order_of([*items, twin], standings)[0] == twin.subject


@pytest.mark.parametrize("expired", [False, True])
def test_ous_go_from_the_top_down_wherever_the_tree_has_them(expired):
    items = [item for item in reversed(work()) if item.subject.entity_id.startswith("ou-")]
    standings = {item.subject: Standing(item.subject, expired=expired) for item in items}
    assert [subject.entity_id for subject in order_of(items, standings)] == ["ou-1", "ou-2"]


def leaf(number, path="o/r/x", entity_type=EntityType.ACCOUNT):
    subject = Subject(f"{number:012}")
    return Work(subject, Entity(subject.entity_id, entity_type, "", path), TARGET)


def test_where_an_account_is_does_not_matter():
    deep, shallow = leaf(1, "o/r/ou-1/ou-2/1"), leaf(2, "o/r/2")
    standings = {deep.subject: reported(1.2 * DAY)(deep), shallow.subject: reported(1.1 * DAY)(shallow)}
    assert order_of([shallow, deep], standings) == [deep.subject, shallow.subject]


def test_of_equals_the_first_of_the_plan_goes_first():
    assert order_of([leaf(2), leaf(1)], {}) == [leaf(2).subject, leaf(1).subject]


@pytest.mark.parametrize("age", [1.5, 2.0])
def test_what_is_not_long_overdue_stays_in_its_rank(age):
    unit, account = leaf(1, entity_type=EntityType.ORGANIZATIONAL_UNIT), leaf(2)
    standings = {unit.subject: reported(1.1 * DAY)(unit), account.subject: reported(age * DAY)(account)}
    assert order_of([account, unit], standings) == [unit.subject, account.subject]


def test_what_was_dropped_is_the_oldest_of_its_rank():
    items = [leaf(1, entity_type=EntityType.ORGANIZATIONAL_UNIT), leaf(2), leaf(3)]
    standings = {
        items[0].subject: reported(1.1 * DAY)(items[0]),
        items[1].subject: reported(1.9 * DAY)(items[1]),
    }
    standings[items[2].subject] = Standing(items[2].subject, expired=True)
    assert order_of(items, standings) == [items[place].subject for place in (0, 2, 1)]


def test_what_is_long_overdue_leaves_its_rank():
    items = [item for item in work() if item.subject.entity_id in {"r", "111111111111"}]
    ages = {"r": 1.5 * DAY, "111111111111": 2.5 * DAY}
    standings = {item.subject: reported(ages[item.subject.entity_id])(item) for item in items}
    assert order_of(items, standings)[0].entity_id == "111111111111"


def entities(targets=EVERYTHING):
    return [item for item in work(targets) if not item.subject.policy_id]


def all_of(items, age=1.5 * DAY):
    return {item.subject: reported(age)(item) for item in items}


LEAF = Subject("111111111111")


def test_what_a_lead_points_at_goes_before_stale_and_after_never_fetched():
    items = entities()
    standings = all_of(items)
    standings[LEAF] = reported(DAY / 2)(items[-1])
    assert order_of(items, standings, {LEAF})[0] == LEAF
    del standings[Subject("ou-2")]
    assert order_of(items, standings, {LEAF})[:2] == [Subject("ou-2"), LEAF]


@pytest.mark.parametrize("how", ["led", "moved"])
def test_of_what_is_due_at_once_the_latest_goes_first_whatever_its_rank(how):
    unit, account = leaf(1, entity_type=EntityType.ORGANIZATIONAL_UNIT), leaf(2)
    asked = "elsewhere" if how == "moved" else ""
    standings = {
        unit.subject: reported(0.2 * DAY, asked=asked)(unit),
        account.subject: reported(0.3 * DAY, asked=asked)(account),
    }
    led = {unit.subject, account.subject} if how == "led" else ()
    assert order_of([unit, account], standings, led) == [account.subject, unit.subject]


def test_a_lead_backs_off_as_everything_does():
    item = entities()[-1]
    standings = {item.subject: reported(DAY / 2, failures=1, retry_at=NOW + 600)(item)}
    assert next_due([item], standings, NOW, {item.subject}) == (None, NOW + 600)


def test_a_lead_waits_until_aws_makes_a_new_report():
    item = entities()[-1]
    standings = {item.subject: reported(20.0, retry_at=NOW + DAY / 2)(item)}
    assert next_due([item], standings, NOW, {item.subject}) == (None, NOW + 40)


def test_what_waits_for_long_is_not_kept_waiting_by_leads():
    items = entities()
    standings = all_of(items, DAY / 2) | {Subject("r"): reported(9 * DAY)(items[0])}
    assert order_of(items, standings, {LEAF})[0] == Subject("r")


def elsewhere(age=DAY / 4, **more):
    return reported(age, path="o/r/ou-9/x", asked="o/r/ou-9/x", **more)


@pytest.mark.parametrize("more", [{}, {"failures": 7, "retry_at": NOW + DAY / 2}])
def test_what_was_moved_is_due_at_once_whatever_it_was_waiting_for(more):
    item = entities()[-1]
    assert next_due([item], {item.subject: elsewhere(**more)(item)}, NOW) == (item, NOW)


def test_what_failed_where_it_is_now_backs_off():
    item = entities()[-1]
    standing = reported(DAY / 4, path="o/r/ou-9/x", asked=item.entity.path, failures=1, retry_at=NOW + 60)
    assert next_due([item], {item.subject: standing(item)}, NOW) == (None, NOW + 60)


def test_a_report_of_another_place_is_not_fresh():
    item = entities()[-1]
    assert state_of(item, elsewhere()(item), NOW) is ReportState.STALE
    assert state_of(item, reported(DAY / 4)(item), NOW) is ReportState.FRESH


def test_what_was_moved_goes_before_stale_and_after_leads():
    items = entities()
    standings = all_of(items)
    moved = items[-1]
    standings[moved.subject] = elsewhere()(moved)
    assert order_of(items, standings)[0] == moved.subject
    assert order_of(items, standings, {Subject("r")})[:2] == [Subject("r"), moved.subject]


def test_a_job_made_elsewhere_has_no_path():
    assert path_of(work(job_ids=["job"])[-1]) == ""


@pytest.mark.parametrize(
    "standing",
    [
        None,
        elsewhere()(leaf(1)),
        reported(DAY, failures=1, retry_at=NOW + 2 * DAY)(leaf(1)),
        reported(-2 * DAY)(leaf(1)),
    ],
)
def test_what_is_due_at_once_is_due_at_zero(standing):
    assert due_at(leaf(1), standing, NOW) == 0.0


def test_without_a_lead_a_report_is_due_when_it_is_stale():
    assert due_at(leaf(1), reported(RETRY)(leaf(1)), NOW) == NOW - RETRY + DAY


@pytest.mark.parametrize(
    ("known", "told", "shown"),
    [
        (None, NOW, NOW),
        (NOW - 60, NOW - 30, NOW - 30),
        (NOW - 60, NOW - 90, NOW - 60),
        (NOW + SKEW, NOW, NOW + SKEW),
        (NOW + SKEW + 1, NOW, NOW),
    ],
)
def test_an_older_report_is_shown_only_after_one_whose_date_cannot_be(known, told, shown):
    before = None if known is None else Report(known, None, 1, 1)
    assert newer(before, Report(told, None, 1, 1), NOW).created == shown


def test_of_two_reports_with_one_date_the_later_told_is_shown():
    told = Report(NOW, NOW + 5, 1, 1)
    assert newer(Report(NOW, None, 1, 1), told, NOW) is told


def test_a_disabled_target_is_not_asked_for():
    kinds = {item.entity.type for item in work(Targets(TARGET, OFF, TARGET, TARGET, OFF))}
    assert kinds == {EntityType.ROOT, EntityType.MANAGEMENT_ACCOUNT, EntityType.ACCOUNT}


def test_without_a_discovery_only_job_ids_are_asked_for():
    assert [item.subject for item in plan(None, EVERYTHING, ["job"])] == [Subject("job")]


def test_fresh_reports_are_left_alone_until_they_are_due():
    items = work()
    standings = {item.subject: reported(DAY / 4)(item) for item in items}
    assert next_due(items, standings, NOW) == (None, NOW + 0.75 * DAY)


@pytest.mark.parametrize("age", [0.0, 1.5 * DAY])
def test_a_failed_subject_is_tried_again_at_its_time_however_old_its_report_is(age):
    item = work()[0]
    standings = {item.subject: reported(age, failures=1, retry_at=NOW + 60)(item)}
    assert next_due([item], standings, NOW) == (None, NOW + 60)
    assert next_due([item], standings, NOW + 60) == (item, NOW + 60)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 3 * DAY), st.integers(0, 3), st.floats(-DAY, DAY).map(lambda wait: NOW + wait)
        ),
        min_size=1,
        max_size=12,
    )
)
def test_nothing_is_tried_again_before_its_time(kept):
    items = [Work(Subject(f"{i:012}"), TREE[1], TARGET) for i in range(len(kept))]
    standings = {
        item.subject: reported(age, failures=failures, retry_at=retry_at)(item)
        for item, (age, failures, retry_at) in zip(items, kept, strict=True)
    }
    chosen, when = next_due(items, standings, NOW)
    if chosen is None:
        assert when > NOW
    else:
        assert standings[chosen.subject].retry_at <= NOW


@settings(max_examples=10, deadline=None)
@given(st.integers())
def test_leads_without_end_keep_nothing_from_its_turn(seed):
    """Accounts are led to whenever they can be, three times as often as there is time for."""
    chance = random.Random(seed)
    items = entities()
    leaves = [Work(Subject(f"{i:012}"), items[-1].entity, TARGET) for i in range(8)]
    everything = [*items, *leaves]
    standings = all_of(everything, DAY / 2)
    now = NOW
    latest = dict.fromkeys(standings, now)
    for _ in range(300):
        led = {leaf.subject for leaf in leaves}
        item, _ = next_due(everything, standings, now, led)
        if item:
            latest[item.subject] = now
            standings[item.subject] = Standing(item.subject, Report(now, None, 1, 1))
        now += DAY / 24 * chance.uniform(0.9, 1.1)
    assert now - min(latest.values()) < 9 * DAY


@given(st.integers())
def test_everything_gets_its_turn_in_a_crowded_slot(seed):
    """Half of all the work fits into the time there is, and nothing is left behind for good."""
    chance = random.Random(seed)
    items = [item for item in work() if not item.subject.policy_id]
    standings = {}
    now = NOW
    turns = {item.subject: 0 for item in items}
    for _ in range(60):
        item, _ = next_due(items, standings, now)
        if item:
            turns[item.subject] += 1
            standings[item.subject] = Standing(item.subject, Report(now, None, 1, 1))
        now += 2 * DAY / len(items) * chance.uniform(0.9, 1.1)
    assert min(turns.values()) >= 3


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (None, ReportState.PENDING),
        (Standing(Subject("x")), ReportState.PENDING),
        (Standing(Subject("x"), expired=True), ReportState.STALE),
        (Standing(Subject("x"), Report(NOW - 1, None, 1, 1)), ReportState.FRESH),
        (Standing(Subject("x"), Report(NOW - DAY, None, 1, 1)), ReportState.STALE),
        (Standing(Subject("x"), Report(NOW, None, 1, 1), failures=1), ReportState.FAILED),
    ],
)
def test_how_a_subject_stands(standing, state):
    assert state_of(work()[0], standing, NOW) is state


def due(standing, now=NOW):
    item = next(iter(work()))
    return next_due([item], {item.subject: standing(item)}, now)[0] is item


def test_a_report_from_the_future_is_not_fresh_until_then():
    ahead = reported(-2 * DAY)
    assert due(ahead)
    assert state_of(work()[0], ahead(work()[0]), NOW) is ReportState.STALE


@pytest.mark.parametrize("seconds", [60.0, SKEW])
def test_a_report_from_a_clock_a_little_ahead_of_ours_is_fresh(seconds):
    ahead = reported(-seconds)
    assert not due(ahead)
    assert state_of(work()[0], ahead(work()[0]), NOW) is ReportState.FRESH


@pytest.mark.parametrize("failures", [0, 3])
def test_a_retry_is_put_off_no_longer_than_anything_ever_is(failures):
    assert due(reported(2 * DAY, failures=failures, retry_at=NOW + 2 * DAY))
    assert not due(reported(2 * DAY, failures=failures, retry_at=NOW + DAY))


def test_a_clock_that_was_set_back_makes_nothing_be_asked_for_without_end():
    assert not due(reported(-2 * DAY, retry_at=NOW + DAY / 2))
