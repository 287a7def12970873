"""What is asked for out of turn, and how much of AWS's slot is taken: through a whole collector."""

from collections import deque
from dataclasses import replace

import pytest

from exporter.collect import Limits
from exporter.errors import SlotTakenError
from exporter.model import Entity, EntityType, Page, Policy, ReportState, ServiceAccess, StartedJob, Subject
from tests.collect.conftest import ACCOUNT, HOUR, ROOT, UNIT, FakePace, every

DAY = 24 * HOUR
MOVED = replace(ACCOUNT, path=f"{ROOT.path}/{ACCOUNT.id}", parent_id=ROOT.id)
GONE = Page("FAILED", 1.7e9, error_code="INVALID_ORGANIZATIONS_ENTITY_PATH", error_message="no such entity")


def asked_for(bench, entity):
    return [path for path, _ in bench.aws.generated if path.endswith(entity.id)]


def restarted(bench, new_bench):
    """Another program that knows all that this one did."""
    again = new_bench(targets=bench.view.targets, pace=bench.pace)
    again.publication.restored("org", bench.view.discovery, bench.view.standings)
    return again


def move(bench):
    bench.aws.entities = (ROOT, UNIT, MOVED)
    bench.collector.discover()


@pytest.fixture
def daily(new_bench):
    """Everything was asked for a moment ago, and is again in a day."""
    bench = new_bench(targets=every(DAY))
    bench.collector.discover()
    bench.sweep()
    return bench


def test_a_moved_account_is_not_fresh_and_asked_for_at_once_where_it_is_now(daily):
    move(daily)
    assert daily.view.states[ReportState.STALE] == 1
    assert daily.collector.step() == 0.0
    assert asked_for(daily, ACCOUNT) == [ACCOUNT.path, MOVED.path]
    assert daily.view.states[ReportState.FRESH] == 3


def test_a_move_is_followed_once(daily):
    move(daily)
    daily.sweep()
    assert len(asked_for(daily, ACCOUNT)) == 2


def test_a_moved_account_does_not_wait_out_its_back_off(bench):
    bench.sweep()
    bench.pace.moment += HOUR
    bench.aws.pages = {f"job-{number}": deque([GONE]) for number in range(4, 20)}
    for _ in range(3):
        bench.collector.step()
    assert bench.standing(ACCOUNT).failures == 1
    bench.aws.pages = {}
    move(bench)
    bench.collector.step()
    assert (bench.standing(ACCOUNT).failures, asked_for(bench, ACCOUNT)[-1]) == (0, MOVED.path)


def test_a_job_that_was_running_while_the_account_moved_is_of_the_old_place(bench):
    real = bench.aws.get

    def moves_meanwhile(*args):
        bench.aws.get = real
        move(bench)
        return real(*args)

    bench.aws.entities = (ACCOUNT,)
    bench.collector.discover()
    bench.aws.get = moves_meanwhile
    bench.collector.step()
    assert bench.view.states[ReportState.STALE] == 1
    bench.sweep()
    assert asked_for(bench, ACCOUNT) == [ACCOUNT.path, MOVED.path]


def test_a_move_while_the_program_was_away_is_seen_when_it_is_back(daily, new_bench):
    bench = restarted(daily, new_bench)
    move(bench)
    bench.sweep()
    assert [path for path, _ in bench.aws.generated] == [MOVED.path]


def test_a_job_that_was_left_running_elsewhere_is_not_finished(new_bench):
    pace = FakePace()
    left = StartedJob(Subject(ACCOUNT.id), "job-1", "a user", pace.now(), ACCOUNT.path)
    bench = new_bench(unread=left, pace=pace)
    bench.aws.generate(ACCOUNT.path)
    move(bench)
    bench.sweep()
    assert asked_for(bench, ACCOUNT) == [ACCOUNT.path, MOVED.path]


def test_a_whole_ou_that_moves_takes_along_all_that_is_below(daily):
    unit = replace(UNIT, path=f"{ROOT.path}/ou-new/{UNIT.id}")
    new = Entity("ou-new", EntityType.ORGANIZATIONAL_UNIT, "New", f"{ROOT.path}/ou-new", ROOT.id)
    below = replace(ACCOUNT, path=f"{unit.path}/{ACCOUNT.id}")
    daily.aws.entities = (ROOT, new, unit, below)
    daily.collector.discover()
    daily.aws.generated.clear()
    daily.sweep()
    assert [path for path, _ in daily.aws.generated] == [new.path, unit.path, below.path]


def test_a_path_that_aws_does_not_know_asks_for_a_discovery(bench):
    bench.aws.pages["job-1"] = deque([GONE])
    bench.collector.step()
    assert bench.collector.outdated
    bench.collector.discover()
    assert not bench.collector.outdated


def test_a_path_that_a_discovery_has_confirmed_asks_for_no_other(bench):
    bench.aws.entities = (ROOT,)
    bench.aws.pages = {f"job-{number}": deque([GONE]) for number in range(1, 9)}
    for _ in range(4):
        bench.collector.discover()
        bench.pace.moment += bench.collector.step()
    assert bench.standing(ROOT).failures > 1
    assert not bench.collector.outdated


def test_an_scp_that_aws_does_not_know_asks_for_a_discovery(new_bench):
    bench = new_bench(targets=every(policies=True))
    found = bench.aws.discover()
    bench.aws.discover = lambda: replace(found, policies=(Policy("p-12345678", "Deny"),))
    bench.collector.discover()
    bench.aws.pages["job-4"] = deque([replace(GONE, error_code="INVALID_ORGANIZATIONS_POLICY")])
    bench.sweep()
    assert bench.collector.outdated


def test_other_failures_ask_for_none(bench):
    bench.aws.pages["job-1"] = deque([replace(GONE, error_code="ORGANIZATIONS_REPORT_ACCESS_DENIED")])
    bench.collector.step()
    assert not bench.collector.outdated


def never(namespace):
    return ServiceAccess(namespace, namespace.upper(), authenticated_entities=0)


def used(namespace, at):
    return ServiceAccess(namespace, namespace.upper(), "eu-west-1", ACCOUNT.path, at, 1)


@pytest.fixture
def leading(new_bench):
    """Nobody had used s3; now the root is due, and its next report says that the account has."""
    targets = replace(every(DAY), root=every(HOUR).root)

    def make(**limits):
        bench = new_bench(targets=targets, **limits)
        bench.aws.rows = (never("s3"),)
        bench.collector.discover()
        bench.sweep()
        bench.aws.generated.clear()
        bench.pace.moment += HOUR
        bench.aws.rows = (used("s3", bench.pace.now() - 60.0),)
        return bench

    return make


def test_what_the_root_tells_of_an_account_is_looked_up_at_once(leading):
    bench = leading()
    bench.sweep()
    assert [path for path, _ in bench.aws.generated] == [ROOT.path, UNIT.path, ACCOUNT.path]


def test_what_leads_point_at_is_known_to_whoever_asks_what_comes_next(leading):
    bench = leading()
    while Subject(ACCOUNT.id) not in bench.view.led:
        bench.pace.moment += max(1.0, bench.collector.step())
    assert bench.view.running is None
    assert asked_for(bench, ACCOUNT) == []
    bench.sweep()
    assert bench.view.led == frozenset()


def test_leads_that_nobody_wants_are_not_followed(leading):
    bench = leading(limits=Limits(300.0, 7 * DAY, follow_leads=False))
    bench.sweep()
    assert [path for path, _ in bench.aws.generated] == [ROOT.path]


def test_a_lead_that_shows_nothing_is_followed_once_also_after_a_restart(leading, new_bench):
    bench = leading()
    bench.collector.step()
    root, bench.aws.rows = bench.aws.rows, (never("s3"),)
    bench.sweep()
    assert len(bench.aws.generated) == 3
    for _ in range(3):
        again = restarted(bench, new_bench)
        again.pace.moment += HOUR
        again.aws.rows = root
        again.sweep()
        assert [path for path, _ in again.aws.generated] == [ROOT.path]
        bench = again


def test_a_lead_survives_a_restart(leading, new_bench):
    bench = leading()
    bench.collector.step()
    again = restarted(bench, new_bench)
    again.aws.rows = bench.aws.rows
    again.sweep()
    assert [path for path, _ in again.aws.generated] == [UNIT.path, ACCOUNT.path]


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1])
def test_no_more_of_the_slot_is_taken_than_may_be(new_bench, share):
    bench = new_bench(limits=Limits(300.0, 7 * DAY, slot_share=share))
    bench.collector.discover()
    began = bench.pace.monotonic()
    bench.sweep()
    held = sum(bench.aws.seconds for _ in bench.aws.generated)
    took = bench.pace.monotonic() - began
    assert held / took <= share
    assert held / took >= 0.8 * share


def test_who_is_woken_while_others_may_have_the_slot_leaves_it_to_them(new_bench):
    bench = new_bench(limits=Limits(300.0, 7 * DAY, slot_share=0.5))
    bench.collector.discover()
    bench.collector.step()
    first = bench.collector.step()
    bench.pace.moment += first / 2
    assert bench.collector.step() == pytest.approx(first / 2)
    assert len(bench.aws.generated) == 1


def test_a_sweep_is_estimated_with_what_is_left_to_others(new_bench):
    bench = new_bench(limits=Limits(300.0, 7 * DAY, slot_share=0.25))
    bench.collector.discover()
    bench.sweep()
    assert bench.view.job_seconds == pytest.approx(36.0)


def test_a_slot_that_somebody_else_has_is_no_share_of_ours(new_bench):

    bench = new_bench(limits=Limits(300.0, 7 * DAY, slot_share=0.1))
    bench.collector.discover()
    bench.aws.trouble(
        "generate", SlotTakenError("Generate", "ReportGenerationLimitExceeded", "too many jobs")
    )
    bench.pace.moment += bench.collector.step()
    bench.collector.step()
    assert len(bench.aws.generated) == 1
