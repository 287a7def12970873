"""A timetable says what the whole look over all subjects says, whatever happened between two looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import Entity, EntityType, Report, Services, Standing, Subject, Target, Work
from exporter.order import SKEW, next_due
from exporter.timetable import Timetable

NOW = 1e9
HOUR = 3600.0
SUBJECTS = [Subject(f"{number:012}") for number in range(4)]
DATES = st.floats(NOW - 5 * HOUR, NOW + 5 * HOUR)


def work(place, refresh):
    targets = Target(enabled=True, refresh=refresh, services=Services.ALL)
    return tuple(
        Work(each, Entity(each.entity_id, EntityType.ACCOUNT, "", f"o/r/{place}/{each.entity_id}"), targets)
        for each in SUBJECTS
    )


def reported(place, ago, **more):
    return Standing(SUBJECTS[place], Report(NOW - ago * HOUR, None, 1, 1), **more)


def those(*standings):
    return {standing.subject: standing for standing in standings}


FRESH = those(*(reported(place, 0.5) for place in range(4)))


@pytest.fixture
def looked():
    """A timetable that has looked at reports of half an hour ago, each due in another half."""
    timetable, items = Timetable(), work("a", HOUR)
    assert timetable.next_due(items, FRESH, NOW) == (None, NOW + HOUR / 2)
    return lambda standings=FRESH, now=NOW, led=(), items=items: timetable.next_due(
        items, standings, now, led
    )


def subject(said):
    item, when = said
    return (item and SUBJECTS.index(item.subject), when)


def test_where_there_is_no_work_nothing_is_ever_due():
    assert Timetable().next_due((), {}, NOW) == (None, float("inf"))


def test_the_next_that_is_due_is_the_soonest(looked):
    standings = FRESH | those(reported(1, 0.75), reported(3, 0.25))
    assert looked(standings) == (None, NOW + HOUR / 4)


def test_what_is_due_now_is_asked_for_now(looked):
    assert subject(looked(now=NOW + HOUR / 2)) == (0, NOW + HOUR / 2)


def test_of_what_is_due_the_most_urgent_is_asked_for(looked):
    assert subject(looked(FRESH | those(reported(1, 1.5), reported(2, 1.75)))) == (2, NOW)
    assert subject(looked(FRESH | those(reported(1, 1.5), reported(2, 1.25)))) == (1, NOW)


def test_never_fetched_goes_first(looked):
    assert subject(looked({**FRESH, **those(reported(1, 1.75)), SUBJECTS[3]: Standing(SUBJECTS[3])})) == (
        3,
        NOW,
    )
    assert subject(looked({SUBJECTS[0]: FRESH[SUBJECTS[0]]})) == (1, NOW)


@pytest.mark.parametrize("later", [0.0, 60.0])
def test_what_stands_as_it_did_is_not_judged_again(looked, monkeypatch, later):
    monkeypatch.setattr("exporter.timetable.due_at", None)
    assert looked(now=NOW + later) == (None, NOW + HOUR / 2)


def test_other_work_is_judged_anew(looked):
    assert looked(items=work("a", HOUR * 2)) == (None, NOW + HOUR * 1.5)
    assert looked(items=work("a", HOUR)[:2]) == (None, NOW + HOUR / 2)


def test_after_a_clock_was_set_back_everything_is_judged_anew(looked):
    assert subject(looked(now=NOW - HOUR)) == (0, NOW - HOUR)
    assert looked() == (None, NOW + HOUR / 2)


def test_a_date_that_only_a_later_now_can_explain_is_judged_at_each_look(looked):
    standings = FRESH | those(reported(2, 0.5, failures=1, retry_at=NOW + 2 * HOUR))
    assert subject(looked(standings)) == (2, NOW)
    assert subject(looked(standings, NOW + HOUR)) == (0, NOW + HOUR)


def test_a_lead_is_due_at_once_and_goes_first(looked):
    standings = FRESH | those(reported(1, 1.5))
    assert subject(looked(standings, led={SUBJECTS[3]})) == (3, NOW)
    assert subject(looked(standings)) == (1, NOW)


def test_a_lead_waits_until_aws_makes_a_new_report(looked):
    standings = FRESH | those(reported(3, 0.01))
    assert looked(standings, led={SUBJECTS[3]}) == (None, NOW - 36 + 60)


CHANGES = st.one_of(
    st.builds(
        Standing,
        st.sampled_from(SUBJECTS),
        st.none() | DATES.map(lambda created: Report(created, None, 1, 1)),
        failures=st.integers(0, 2),
        retry_at=st.just(0.0) | DATES,
        expired=st.booleans(),
        asked=st.sampled_from(["", f"o/r/a/{SUBJECTS[0].entity_id}"]),
    ),
    st.floats(-2 * SKEW, 3 * HOUR),
    st.builds(work, st.sampled_from("ab"), st.just(HOUR)),
    st.frozensets(st.sampled_from(SUBJECTS)),
)


@given(st.lists(CHANGES, max_size=40))
def test_it_says_what_a_look_over_all_subjects_says(changes):
    timetable, items, standings, now, led = Timetable(), work("a", HOUR), {}, NOW, frozenset()
    for change in changes:
        match change:
            case Standing():
                standings = {**standings, change.subject: change}
            case float():
                now += change
            case frozenset():
                led = change
            case _:
                items = change
        assert timetable.next_due(items, standings, now, led) == next_due(items, standings, now, led)
