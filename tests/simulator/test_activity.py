import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import Entity, EntityType
from exporter.services import service_names
from exporter.simulator import SimulationOptions
from exporter.simulator.activity import TRACKING_PERIOD, Activity, Use, last_use
from exporter.simulator.simulation import Simulation

_BEGAN = 1_790_000_000
_moments = st.floats(min_value=0, max_value=2e9)


def _account(number, state="ACTIVE"):
    account_id = f"{number:012d}"
    return Entity(account_id, EntityType.ACCOUNT, "one", f"o-a/r-a/{account_id}", "r-a", state)


_ACCOUNT = _account(1)
_MANY = [_account(number) for number in range(40)]


def _activity(joined=0.0, **options):
    chosen = {"seed": 7, "began": _BEGAN, "speed": 1.0, "partition": "aws", **options}
    return Activity(service_names(), {account.id: joined for account in _MANY}, **chosen)


def _uses_of_many(activity):
    return [use for account in _MANY for use in activity.uses(account)]


def test_a_service_is_not_used_before_its_time():
    assert last_use(Use("s3", "", since=100.0, period=10.0), 99.9) is None


def test_a_regular_use_repeats_every_period():
    use = Use("s3", "", since=100.0, period=10.0)
    assert [last_use(use, now) for now in (100.0, 109.9, 110.0, 135.0)] == [100.0, 100.0, 110.0, 130.0]


def test_a_use_that_never_repeats_stays_where_it_was():
    assert last_use(Use("s3", "", since=100.0, period=math.inf), 1_000_000.0) == 100.0


def test_a_use_before_the_tracking_period_is_forgotten():
    use = Use("s3", "", since=0.0, period=math.inf)
    assert last_use(use, TRACKING_PERIOD - 1) == 0.0
    assert last_use(use, TRACKING_PERIOD) is None


@given(since=_moments, period=st.floats(min_value=1, max_value=1e8), now=_moments)
def test_the_last_use_is_never_in_the_future_and_at_most_a_period_ago(since, period, now):
    last = last_use(Use("s3", "", since, period), now)
    if now < since:
        assert last is None
    elif last is not None:
        assert now - period - 1.001 <= last <= now


def test_the_same_seed_gives_the_same_activity():
    assert _activity().uses(_ACCOUNT) == _activity().uses(_ACCOUNT)


def test_another_seed_gives_another_activity():
    assert _activity().uses(_ACCOUNT) != _activity(seed=8).uses(_ACCOUNT)


def test_services_come_into_use_at_once_and_for_two_days():
    later = [use.since - _BEGAN for use in _uses_of_many(_activity()) if use.since > _BEGAN]
    assert min(later) < 600
    assert 86_400 < max(later) <= 2 * 86_400


def test_accounts_come_back_to_services_that_lay_dormant_for_months():
    rested = [
        later.since - earlier.since
        for account in _MANY
        for earlier, later in pairwise(_activity().uses(account))
        if earlier.namespace == later.namespace
    ]
    assert max(rested) > 90 * 86_400


def test_speed_brings_new_uses_sooner():
    def first(speed):
        return min(use.since - _BEGAN for use in _uses_of_many(_activity(speed=speed)) if use.since > _BEGAN)

    assert math.isclose(first(1.0), 10 * first(10.0), rel_tol=1e-3)


def test_some_services_were_left_long_ago():
    assert any(math.isinf(use.period) for use in _uses_of_many(_activity()))


def test_a_closed_account_uses_nothing_any_more():
    closed = _account(2, "SUSPENDED")
    uses = _activity().uses(closed)
    assert uses
    assert all(use.since < _BEGAN - 86400 and math.isinf(use.period) for use in uses)


def test_global_services_are_used_in_one_region():
    regions = {use.region for use in _uses_of_many(_activity()) if use.namespace in {"iam", "route53"}}
    assert regions == {"us-east-1"}


def test_another_partition_has_its_own_regions():
    regions = {use.region for use in _uses_of_many(_activity(partition="aws-us-gov"))}
    assert regions == {"us-gov-west-1"}


def test_an_account_used_nothing_before_it_joined():
    joined = _BEGAN - 5 * 86400
    uses = _uses_of_many(_activity(joined))
    assert len(uses) < len(_uses_of_many(_activity()))
    assert min(use.since for use in uses) >= joined


@pytest.mark.parametrize("settled", [True, False])
def test_in_a_settled_organization_no_service_comes_into_use(settled):
    options = SimulationOptions(accounts=6, ous=3, seed=3, settled=settled, clock=lambda: float(_BEGAN))
    simulation = Simulation(options)
    root = simulation.organization.root.path

    def used(at):
        return {row.namespace for row in simulation.truth(root, at=at).rows if row.last_authenticated}

    assert (used(_BEGAN + 30 * 86_400.0) <= used(float(_BEGAN))) == settled
