"""When to ask whether a job is done."""

from collections import deque
from itertools import combinations, islice, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import Report, Subject
from exporter.poll import CALL_PRICE, KIN, MARGIN, SAMPLE, Experience, beyond, cheapest_polls, measured, took

ONE, TWO = Subject("1"), Subject("2")
SAMPLES = st.lists(st.integers(1, 40).map(lambda tenths: tenths / 2), min_size=1, max_size=7)


def cost(polls, sample):
    """Idle seconds plus the price of the polls, over all jobs of a sample."""
    total = 0.0
    for time in sample:
        found = next(i for i, poll in enumerate(polls) if poll >= time)
        total += polls[found] - time + CALL_PRICE * (found + 1)
    return total


def cheapest_by_trying(sample):
    times = sorted(set(sample))
    return min(
        cost([*chosen, times[-1]], sample)
        for size in range(len(times))
        for chosen in combinations(times[:-1], size)
    )


@given(SAMPLES)
def test_no_other_moments_cost_less(sample):
    polls = [round(poll - MARGIN, 6) for poll in cheapest_polls(sample)]
    assert cost(polls, sample) == pytest.approx(cheapest_by_trying(sample))


@given(SAMPLES)
def test_every_job_of_the_sample_is_found(sample):
    assert cheapest_polls(sample)[-1] > max(sample)


@given(SAMPLES)
def test_moments_go_on_and_up_for_ever(sample):
    experience = Experience()
    for seconds in sample:
        experience.learn(ONE, seconds)
    moments = list(islice(experience.moments(ONE), 200))
    assert all(earlier < later for earlier, later in pairwise(moments))


def test_without_experience_it_begins_with_the_quickest_job_known():
    assert next(Experience().moments(ONE)) == pytest.approx(1.2)


def test_a_subject_that_keeps_its_time_is_found_at_the_first_poll():
    experience = Experience()
    for _ in range(40):
        experience.learn(ONE, 9.0)
        experience.learn(TWO, 6.0)
    assert next(experience.moments(ONE)) == pytest.approx(9.0, abs=0.05)


def test_a_new_subject_is_expected_to_take_what_others_take():
    experience = Experience()
    for _ in range(5):
        experience.learn(ONE, 7.0)
    assert next(experience.moments(TWO)) == pytest.approx(7.0, abs=0.05)


def test_a_new_subject_below_a_known_parent_is_expected_to_take_what_its_like_take():
    experience = Experience()
    for number in range(10):
        experience.learn(Subject(f"busy-{number}"), 9.0, "ou-busy")
        experience.learn(Subject(f"idle-{number}"), 2.0, "ou-idle")
    assert next(experience.moments(TWO, "ou-busy")) == pytest.approx(9.0, abs=0.05)
    assert next(experience.moments(TWO, "ou-idle")) == pytest.approx(2.0, abs=0.05)


def test_what_a_parent_taught_outlives_the_recent_jobs():
    experience = Experience()
    experience.learn(ONE, 2.0, "ou-idle")
    for number in range(SAMPLE):
        experience.learn(Subject(f"busy-{number}"), 9.0, "ou-busy")
    assert next(experience.moments(TWO, "ou-idle")) == pytest.approx(2.0, abs=0.05)


def test_one_odd_time_moves_what_is_expected_half_the_way():
    experience = Experience()
    experience.learn(ONE, 8.0)
    experience.learn(ONE, 10.0)
    assert experience.own[ONE] == pytest.approx(9.0)


def test_what_all_have_taught_wins_where_own_times_say_little():
    experience = Experience()
    for own in (20.0, 5.0) * 10:
        experience.learn(ONE, own)
        experience.learn(TWO, 6.0)
    narrow = Experience()
    for _ in range(20):
        narrow.learn(TWO, 6.0)
    experience.recent.extend(narrow.recent)
    experience.recent.extend(narrow.recent)
    assert next(experience.moments(ONE)) == pytest.approx(6.0, abs=0.1)


def test_what_is_gone_is_forgotten():
    experience = Experience()
    experience.learn(ONE, 5.0)
    experience.forget({TWO}, set())
    assert ONE not in experience.own


def test_a_parent_that_is_gone_is_forgotten():
    experience = Experience()
    experience.learn(ONE, 5.0, "ou-gone")
    experience.learn(ONE, 5.0, "ou-kept")
    experience.forget({ONE}, {"ou-kept"})
    assert set(experience.kin) == {"ou-kept"}


def test_an_earlier_runs_report_is_experience():
    experience = Experience()
    experience.recall(ONE, Report(100.0, 108.0, 1, 1))
    assert (experience.mean, experience.own) == (8.0, {ONE: 8.0})


def test_an_earlier_runs_report_does_not_replace_experience():
    experience = Experience()
    experience.learn(ONE, 5.0)
    experience.recall(ONE, Report(100.0, 108.0, 1, 1))
    assert experience.own == {ONE: 5.0}


def test_beyond_experience_steps_grow_by_half_up_to_five_seconds():
    assert list(islice(beyond(100.0), 3)) == pytest.approx([103.0, 107.5, 112.5])


def test_subjects_below_no_known_parent_are_alike():
    experience = Experience()
    experience.learn(ONE, 2.0)
    for number in range(SAMPLE):
        experience.learn(Subject(f"busy-{number}"), 9.0, "ou-busy")
    assert next(experience.moments(TWO)) == pytest.approx(2.0, abs=0.05)


def test_few_jobs_below_one_parent_are_remembered():
    experience = Experience()
    for number in range(2 * KIN):
        experience.learn(Subject(str(number)), 5.0, "ou-large")
    assert len(experience.kin["ou-large"]) == KIN


def test_own_times_win_where_those_of_others_say_little():
    experience = Experience()
    for _ in range(10):
        experience.learn(TWO, 5.0)
        experience.learn(ONE, 9.0)
    assert next(experience.moments(ONE)) == pytest.approx(9.0, abs=0.3)


def test_an_own_time_is_scaled_by_how_far_jobs_were_off():
    experience = Experience(recent=deque([1.0, 20.0]), ratios=deque([1.25]), own={ONE: 8.0})
    assert next(experience.moments(ONE)) == pytest.approx(10.0, abs=0.05)


def test_jobs_up_to_twice_as_long_or_short_are_of_the_same_sort():
    experience = Experience(recent=deque([2.0, 8.0]), kin={"ou": deque([4.0])})
    assert list(islice(experience.moments(TWO, "ou"), 2)) == pytest.approx([2.0, 8.0], abs=0.05)


@pytest.mark.parametrize(
    "report", [None, Report(1.0, None, 1, 1), Report(2.0, 1.0, 1, 1), Report(2.0, 2.0, 1, 1)]
)
def test_dates_that_say_nothing_teach_nothing(report):
    assert took(report) is None


@pytest.mark.parametrize(
    ("by_dates", "expected"), [(None, 9.0), (8.5, 8.5), (3.0, 8.0), (60.0, 9.0), (-5.0, 8.0)]
)
def test_dates_are_believed_as_far_as_what_was_seen_allows(by_dates, expected):
    assert measured(by_dates, running_at=8.0, done_at=9.0) == expected


def by_looking_at_all(sample):
    """The same by plain dynamic programming: what each j costs as the next to poll at, for every i."""
    times = sorted(sample)
    least = [0.0] * (len(times) + 1)
    for i in reversed(range(len(times))):
        least[i] = min(
            sum(times[j] - time for time in times[i : j + 1]) + CALL_PRICE * (len(times) - i) + least[j + 1]
            for j in range(i, len(times))
        )
    return least[0]


@pytest.mark.parametrize("seed", range(60))
def test_no_other_moments_cost_less_for_a_whole_sample(seed):
    drawn = Random(seed)
    means = [drawn.uniform(1, 20) for _ in range(drawn.randint(1, 4))]
    sample = [max(0.5, drawn.gauss(drawn.choice(means), drawn.choice([0.05, 1.0]))) for _ in range(SAMPLE)]
    polls = [poll - MARGIN + 1e-9 for poll in cheapest_polls(sample)]
    assert cost(polls, sample) == pytest.approx(by_looking_at_all(sample))


def test_a_poll_comes_a_moment_after_what_is_expected():
    assert cheapest_polls([5.0]) == [5.0 + MARGIN]


def test_beyond_what_is_expected_it_goes_on_from_the_last_poll():
    experience = Experience(recent=deque([1.0, 4.0, 8.0]), kin={"ou": deque([3.0])})
    moments = list(islice(experience.moments(TWO), 4))
    assert moments[3] == pytest.approx((8.0 + MARGIN) * 1.03)
