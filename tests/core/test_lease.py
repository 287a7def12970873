"""A lease as its holder and the others count it, on clocks that agree on the length of a second alone."""

from hypothesis import given
from hypothesis import strategies as st

from exporter.lease import Sighting, Tenure

TERM = 30.0
seconds = st.floats(0.0, 1e6, allow_nan=False)
delay = st.floats(0.0, 100.0, allow_nan=False)


def test_a_lease_is_renewed_three_times_a_term():
    assert Tenure(TERM, 100.0).renew_at == 110.0


def test_a_lease_ends_for_its_holder_before_the_term_does():
    assert Tenure(TERM, 100.0).ends == 124.0


def test_a_renewal_counts_from_before_it_was_sent():
    assert Tenure(TERM, 100.0).renewed(111.0).ends == 135.0


def test_a_lease_without_end_is_never_renewed():
    tenure = Tenure(float("inf"), 100.0)
    assert (tenure.renew_at, tenure.ends) == (float("inf"), float("inf"))


def test_a_record_that_stays_the_same_for_a_term_is_abandoned():
    seen = Sighting("a", 10.0).seen("a", 25.0)
    assert (seen.abandoned(TERM, 39.9), seen.abandoned(TERM, 40.0)) == (False, True)


def test_a_record_that_changed_is_counted_anew():
    assert not Sighting("a", 10.0).seen("b", 35.0).abandoned(TERM, 60.0)


def test_a_record_that_changed_is_the_one_to_compare_with():
    assert Sighting("a", 10.0).seen("b", 35.0) == Sighting("b", 35.0)


@given(offset=seconds, sent=seconds, landing=delay, looking=delay)
def test_nobody_takes_a_lease_that_its_holder_may_still_use(offset, sent, landing, looking):
    """Whatever the difference of the clocks, and however long requests and answers are on their way."""
    landed = sent + landing
    sighting = Sighting("as renewed", landed + looking + offset)
    takeable = sighting.since + TERM - offset
    assert Tenure(TERM, sent).ends < takeable
