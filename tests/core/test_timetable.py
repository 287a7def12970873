"""A timetable says what the whole look over all subjects says, whatever happened between two looks."""

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
