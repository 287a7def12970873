"""How one organization is collected: section 6 of the contract, rule by rule."""

import itertools
from collections import deque
from dataclasses import replace

import pytest

from exporter.collect.follower import Follower
from exporter.collect.inquiry import Inquiry
from exporter.errors import (
    CredentialsError,
    DeniedError,
    NoSuchJobError,
    RefusedError,
    SlotTakenError,
    TransitError,
)
from exporter.job import Job
from exporter.model import JobStatus, Page, Policy, ReportState, ServiceAccess, StartedJob, Subject
from tests.collect.conftest import ACCOUNT, HOUR, ROOT, UNIT, FakePace, every

TAKEN = SlotTakenError("Generate", "ReportGenerationLimitExceeded", "too many jobs")
LOST = TransitError("Get", "ReadTimeout", "no answer")
DENIED = DeniedError("Generate", "AccessDenied", "not allowed")
EXPIRED = CredentialsError("Generate", "ExpiredToken", "expired")
UNKNOWN_JOB = NoSuchJobError("Get", "NoSuchEntity", "no such job")


def test_one_job_per_subject_in_the_contracts_order(bench):
    bench.sweep()
    assert bench.aws.generated == [(entity.path, "") for entity in (ROOT, UNIT, ACCOUNT)]


def test_nothing_is_asked_while_everything_is_fresh(bench):
    bench.sweep()
    calls = len(bench.aws.calls)
    bench.collector.step()
    assert len(bench.aws.calls) == calls


def test_the_wait_ends_when_the_first_report_grows_stale(bench):
    bench.sweep()
    due = bench.pace.now() + bench.collector.step()
    assert due == pytest.approx(bench.standing(ROOT).report.created + HOUR)


def test_each_report_is_published_before_the_next_is_asked(bench):
    bench.collector.step()
    assert bench.standing(ROOT).report.accessible == 3
    assert bench.standing(UNIT) is None


def test_a_second_sweep_asks_with_one_get_per_report(bench):
    bench.sweep()
    bench.pace.moment += HOUR
    bench.aws.calls.clear()
    bench.sweep()
    assert bench.aws.calls.count("get") == 3


def test_a_taken_slot_is_waited_for_and_fails_nobody(bench):
    bench.aws.trouble("generate", TAKEN)
    assert bench.collector.step() == 15.0
    assert bench.standing(ROOT) is None
    assert bench.count("aws_org_access_slot_conflicts_total") == 1
    assert bench.view.up


def test_a_lost_get_is_repeated_inside_the_job(bench):
    bench.aws.trouble("get", LOST, LOST)
    bench.collector.step()
    assert len(bench.aws.generated) == 1
    assert bench.standing(ROOT).report


def test_a_lost_generate_is_repeated(bench):
    bench.aws.trouble("generate", LOST)
    bench.collector.step()
    assert bench.standing(ROOT).report


def test_calls_lost_until_the_deadline_fail_the_subject_and_the_organization_is_down(bench):
    bench.aws.trouble("get", *[LOST] * 100)
    wait = bench.collector.step()
    assert bench.standing(ROOT).failures == 1
    assert not bench.view.up
    assert wait > 0


def test_the_next_success_brings_the_organization_up_again(bench):
    bench.aws.trouble("get", *[LOST] * 100)
    bench.collector.step()
    bench.aws.troubles.clear()
    bench.collector.step()
    assert bench.view.up


def test_the_organization_is_up_again_when_the_subject_that_could_not_be_asked_is_gone(bench):
    bench.aws.entities = (ROOT, ACCOUNT)
    bench.collector.discover()
    bench.collector.step()
    bench.aws.trouble("open_session", EXPIRED)
    bench.collector.step()
    bench.aws.entities = (ROOT,)
    bench.collector.discover()
    assert not bench.view.up
    bench.collector.step()
    assert bench.view.up


def test_the_organization_stays_down_while_a_subject_waits_for_its_next_try(bench):
    bench.aws.entities = (ROOT,)
    bench.collector.discover()
    bench.aws.trouble("get", *[LOST] * 100)
    bench.collector.step()
    assert bench.collector.step() > 0
    assert not bench.view.up


def test_a_job_that_was_lost_is_generated_once_more(bench):
    bench.aws.trouble("get", UNKNOWN_JOB)
    bench.collector.step()
    assert len(bench.aws.generated) == 2
    assert bench.standing(ROOT).report


def test_a_job_that_was_lost_twice_is_a_failure(bench):
    bench.aws.trouble("get", UNKNOWN_JOB, UNKNOWN_JOB)
    bench.collector.step()
    assert bench.standing(ROOT).failures == 1


def test_a_job_that_never_ends_fails_at_its_deadline_and_the_next_subject_goes_on(bench):
    bench.aws.seconds = float("inf")
    began = bench.pace.moment
    bench.collector.step()
    assert bench.pace.moment - began == pytest.approx(300.0, abs=1.0)
    bench.aws.seconds = 9.0
    bench.collector.step()
    assert bench.standing(UNIT).report


def test_a_running_job_is_shown_as_in_progress(bench):
    shown = []
    real = bench.publication.stood
    bench.publication.stood = lambda name, standing, **more: (
        shown.append(standing.job.status),
        real(name, standing, **more),
    )
    bench.collector.step()
    assert shown == [JobStatus.IN_PROGRESS, JobStatus.COMPLETED]


def test_a_failed_job_keeps_the_last_good_report_and_shows_its_code(bench):
    bench.sweep()
    good = bench.standing(ROOT).report
    bench.pace.moment += HOUR
    bench.aws.pages["job-4"] = deque([Page("FAILED", error_code="X", error_message="why")])
    bench.collector.step()
    standing = bench.standing(ROOT)
    assert standing.report is good
    assert (standing.job.status, standing.job.error_code) == (JobStatus.FAILED, "X")


def test_a_failed_subject_is_left_alone_for_a_minute_then_longer_each_time(bench):
    bench.aws.entities = (ROOT,)
    bench.collector.discover()
    waits = []
    for _ in range(3):
        bench.aws.trouble("generate", RefusedError("Generate", "InvalidInput", "no"))
        bench.collector.step()
        waits.append(bench.standing(ROOT).retry_at - bench.pace.now())
        bench.pace.moment = bench.standing(ROOT).retry_at
    assert waits == [60.0, 120.0, 240.0]


def test_the_wait_after_failures_never_exceeds_the_refresh_interval(bench):
    for _ in range(12):
        bench.aws.trouble("generate", RefusedError("Generate", "InvalidInput", "no"))
        bench.collector.step()
        bench.pace.moment += 2 * HOUR
    assert all(standing.retry_at <= bench.pace.now() + HOUR for standing in bench.view.standings.values())


def test_expired_credentials_fail_no_subject_and_are_waited_out(bench):
    bench.aws.trouble("generate", EXPIRED)
    assert bench.collector.step() == 1.0
    assert bench.standing(ROOT) is None
    assert not bench.view.up


def test_waits_grow_while_no_session_can_be_had(bench):
    bench.aws.trouble("open_session", *[EXPIRED] * 9)
    assert [bench.collector.step() for _ in range(9)] == [1, 2, 4, 8, 16, 25, 25, 25, 25]


def test_a_denied_entity_fails_alone_and_the_others_go_on(bench):
    bench.aws.trouble("generate", DENIED)
    bench.sweep()
    assert bench.standing(ROOT).report
    assert bench.standing(UNIT).report
    assert bench.standing(ACCOUNT).report


def test_a_failed_discovery_changes_nothing_but_up(bench):
    bench.sweep()
    before = bench.view
    bench.aws.trouble("discover", LOST)
    bench.collector.discover()
    after = bench.view
    assert not after.up
    assert (after.work, after.standings, after.discovery) == (before.work, before.standings, before.discovery)


def test_a_discovery_that_fails_in_a_listing_is_tried_again_after_seconds_then_minutes(bench):
    bench.aws.trouble("discover", *[TransitError("ListAccounts", "Throttling", "slower")] * 8)
    assert [bench.collector.discover() for _ in range(8)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert bench.collector.discover() is None


def test_a_discovery_that_fails_at_the_door_is_tried_again_within_half_a_minute(bench):
    bench.aws.trouble("discover", *[LOST] * 5)
    assert [bench.collector.discover() for _ in range(5)] == [5, 10, 20, 25, 25]
    assert bench.collector.discover() is None


def test_an_entity_disappears_with_the_discovery_that_no_longer_has_it(bench):
    bench.sweep()
    bench.aws.entities = (ROOT, UNIT)
    bench.collector.discover()
    assert bench.standing(ACCOUNT) is None


def test_a_report_for_an_entity_that_vanished_meanwhile_is_dropped(bench):
    real = bench.aws.get

    def vanish(*args):
        bench.aws.entities = (UNIT, ACCOUNT)
        bench.collector.discover()
        return real(*args)

    bench.aws.get = vanish
    bench.collector.step()
    assert bench.standing(ROOT) is None


def test_a_new_entity_is_asked_for_after_the_discovery_that_brings_it(bench):
    bench.aws.entities = (ROOT,)
    bench.collector.discover()
    bench.sweep()
    bench.aws.entities = (ROOT, ACCOUNT)
    bench.collector.discover()
    bench.collector.step()
    assert bench.standing(ACCOUNT).report


def test_an_older_report_does_not_take_the_place_of_a_newer_one(bench):
    bench.sweep()
    good = bench.standing(ROOT).report
    bench.pace.moment += HOUR
    bench.aws.pages["job-4"] = deque([Page("COMPLETED", 1.5e9, 1.5e9 + 9, 1, 1)])
    bench.collector.step()
    standing = bench.standing(ROOT)
    assert (standing.report, standing.job.created, standing.failures) == (good, 1.5e9, 0)


def test_a_report_from_the_future_gives_way_to_any_other(bench):
    bench.aws.pages["job-1"] = deque([Page("COMPLETED", 4e9, None, 1, 1)])
    bench.sweep()
    bench.pace.moment += HOUR
    bench.sweep()
    assert bench.standing(ROOT).report.created < 4e9


def test_dates_from_long_ago_do_not_make_it_ask_without_end(bench):
    bench.aws.pages["job-1"] = deque([Page("COMPLETED", 1.5e9, 1.5e9 + 9, 1, 1)])
    bench.sweep(limit=10)
    assert len(bench.aws.generated) == 3


def test_a_report_beyond_its_maximum_age_is_dropped_and_counted(new_bench):
    bench = new_bench(max_report_age=2 * HOUR)
    bench.collector.discover()
    bench.sweep()
    bench.pace.moment += 3 * HOUR
    bench.collector.expire()
    assert bench.standing(ROOT).report is None
    assert bench.count("aws_org_access_reports_expired_total") == 3
    assert bench.view.states[ReportState.STALE] == 3


def test_a_use_that_aws_no_longer_tells_of_is_remembered(bench):
    bench.sweep()
    bench.aws.rows = (ServiceAccess("s3", "Amazon S3"),)
    bench.pace.moment += HOUR
    bench.sweep()
    assert bench.standing(ROOT).last_known == {"s3": 1.6e9}
    assert bench.store.recall("org").standings[Subject(ROOT.id)].last_known == {"s3": 1.6e9}


def test_uses_are_remembered_beyond_the_report_that_told_of_them(new_bench):
    bench = new_bench(max_report_age=2 * HOUR)
    bench.collector.discover()
    bench.sweep()
    bench.pace.moment += 3 * HOUR
    bench.collector.expire()
    assert bench.standing(ROOT).last_known == {"s3": 1.6e9}


def test_a_foreign_job_is_read_and_never_generated(new_bench):
    bench = new_bench(job_ids=("feedbeef-0000-0000-0000-000000000000",))
    bench.aws.entities = ()
    bench.collector.discover()
    bench.sweep()
    assert bench.aws.generated == []
    (standing,) = bench.view.standings.values()
    assert standing.report.accessible == 3


def test_a_foreign_job_that_is_gone_fails_without_a_second_try(new_bench):
    bench = new_bench(job_ids=("gone",))
    bench.aws.entities = ()
    bench.collector.discover()
    bench.aws.trouble("get", UNKNOWN_JOB)
    bench.collector.step()
    (standing,) = bench.view.standings.values()
    assert standing.failures == 1


def test_what_an_earlier_run_kept_is_served_before_aws_is_asked(new_bench):
    first = new_bench()
    first.collector.discover()
    first.sweep()
    second = new_bench()
    Follower("org", first.store, second.publication).look()
    assert second.standing(ACCOUNT).report == first.standing(ACCOUNT).report
    assert second.aws.calls == []


def test_pages_are_followed_and_every_row_is_shown(bench):
    first = Page("COMPLETED", 1.7e9, 1.7e9 + 9, 2, 1, (ServiceAccess("a"),), truncated=True, marker="m")
    last = Page("COMPLETED", 1.7e9, 1.7e9 + 9, 2, 1, (ServiceAccess("b"),))
    bench.aws.pages["job-1"] = deque([first, last])
    bench.collector.step()
    assert [row.namespace for row in bench.standing(ROOT).report.services] == ["a", "b"]


def test_scp_reports_are_asked_with_their_policy(new_bench):
    bench = new_bench(targets=every(policies=True))
    found = bench.aws.discover()
    bench.aws.discover = lambda: replace(found, policies=(Policy("p-12345678", "Deny"),))
    bench.collector.discover()
    bench.sweep()
    assert (ROOT.path, "p-12345678") in bench.aws.generated


def test_scps_that_could_not_be_listed_stay_as_they_were(new_bench):
    bench = new_bench(targets=every(policies=True))
    found = bench.aws.discover()
    bench.aws.discover = lambda: replace(found, policies=(Policy("p-12345678", "Deny"),))
    bench.collector.discover()
    known = bench.view.work
    bench.aws.discover = lambda: replace(found, lacking="ListPolicies: denied")
    for _ in range(2):
        bench.collector.discover()
    assert bench.view.work == known
    assert bench.view.up
    assert bench.view.discovery.lacking == ""


@pytest.fixture
def resume(new_bench):
    """``resume(seconds, **changes)``: a bench that finds a job that was started so many seconds ago."""

    def made(seconds, entity=ROOT, **changes):
        pace = FakePace()
        job = StartedJob(Subject(entity.id), "job-1", "a user", pace.now())
        bench = new_bench(unread=replace(job, **changes), pace=pace)
        bench.aws.generate(entity.path)
        pace.moment += seconds
        bench.collector.discover()
        return bench

    return made


def test_a_job_that_was_left_running_is_finished_before_all_else(resume):
    bench = resume(3.0, entity=ACCOUNT)
    bench.collector.step()
    assert bench.standing(ACCOUNT).report
    assert len(bench.aws.generated) == 1


def test_a_job_that_was_left_running_is_asked_for_when_it_should_be_done(resume):
    bench = resume(100.0)
    bench.pace.waits.clear()
    bench.collector.step()
    assert sum(max(0.0, wait) for wait in bench.pace.waits) == 0


def test_after_the_job_that_was_left_all_goes_on_as_usual(resume):
    bench = resume(3.0)
    bench.sweep()
    assert [path for path, _ in bench.aws.generated] == [ROOT.path, UNIT.path, ACCOUNT.path]


def test_the_job_of_another_principal_is_left_alone(resume):
    bench = resume(3.0, principal="somebody else")
    bench.sweep()
    assert [path for path, _ in bench.aws.generated] == [ROOT.path, ROOT.path, UNIT.path, ACCOUNT.path]


def test_a_job_beyond_its_timeout_is_left_alone(resume):
    bench = resume(301.0)
    bench.collector.step()
    assert len(bench.aws.generated) == 2


def test_the_job_of_a_subject_that_is_gone_is_left_alone(resume):
    bench = resume(3.0, subject=Subject("ou-gone"))
    bench.sweep()
    assert len(bench.aws.generated) == 4


def test_a_job_that_was_left_and_is_lost_is_generated_once_more(resume):
    bench = resume(3.0)
    bench.aws.trouble("get", UNKNOWN_JOB)
    bench.collector.step()
    assert len(bench.aws.generated) == 2
    assert bench.standing(ROOT).report


def test_a_job_that_was_left_keeps_its_own_deadline(resume):
    bench = resume(200.0)
    bench.aws.seconds = float("inf")
    began = bench.pace.moment
    bench.collector.step()
    assert bench.pace.moment - began == pytest.approx(100.0, abs=1.0)
    assert bench.standing(ROOT).failures == 1


def test_without_credentials_the_job_that_was_left_is_not_forgotten(resume):
    bench = resume(3.0)
    bench.aws.trouble("open_session", EXPIRED)
    bench.collector.step()
    bench.collector.step()
    assert len(bench.aws.generated) == 1


def test_a_running_job_is_noted_until_its_subject_is_kept(bench):
    real, noted = bench.aws.get, []

    def look(*args):
        noted.append(bench.store.recall("org").started)
        return real(*args)

    bench.aws.get = look
    began = bench.pace.now()
    bench.collector.step()
    assert noted[0] == StartedJob(Subject(ROOT.id), "job-1", "a user", began, ROOT.path)
    assert bench.store.recall("org").started is None


def test_the_job_of_a_session_that_ends_with_the_process_is_not_noted(bench):
    bench.aws.principal = ""
    bench.aws.seconds = float("inf")
    bench.collector.step()
    bench.aws.trouble("get", *[EXPIRED])
    bench.collector.step()
    assert bench.store.recall("org").started is None


def test_a_job_that_is_not_answered_is_told_long_before_its_deadline(bench):
    bench.aws.latency = 6.0
    bench.aws.trouble("get", *[LOST] * 3)
    downs = []
    bench.collector._reach._observer.unreachable = lambda *told: downs.append(bench.pace.moment)
    start = bench.pace.moment
    bench.sweep()
    assert downs
    assert downs[0] - start < 45.0
    assert bench.view.up
    assert bench.standing(ROOT).report


def test_a_reload_lets_what_failed_be_tried_as_soon_as_aws_does_not_repeat_itself(bench):
    for _ in range(5):
        bench.aws.trouble("generate", RefusedError("GenerateOrganizationsAccessReport", "X", "no"))
        bench.pace.moment = bench.standing(ROOT).retry_at if bench.standing(ROOT) else bench.pace.moment
        bench.collector.step()
    attempt = bench.pace.now()
    assert bench.standing(ROOT).retry_at > attempt + 600
    assert bench.collector.hurry()
    bench.collector.step()
    assert bench.standing(ROOT).retry_at == pytest.approx(attempt + 60, abs=20)


def test_a_reload_where_nothing_failed_hurries_nobody(bench):
    bench.sweep()
    assert not bench.collector.hurry()


def test_a_pause_before_a_call_that_is_lost_once_is_no_silence(bench):
    heard = []
    moments = itertools.chain([60.0], itertools.count(61.0))
    session = bench.aws.open_session(300.0)
    inquiry = Inquiry(
        session, bench.view.work[0], bench.pace, moments, lambda low, _: low, heard=heard.append
    )
    bench.aws.trouble("get", LOST)
    assert inquiry.run(Job(deadline=bench.pace.monotonic() + 600.0), lambda _: None).report
    assert heard == []


SILENT = TransitError("Get", "ReadTimeoutError", "Read timeout on endpoint URL")


@pytest.mark.parametrize(("lost", "told"), [([LOST] * 2, 0), ([LOST] * 3, 1), ([SILENT], 1)])
def test_one_call_without_an_answer_is_silence_and_three_damaged_answers_are(bench, lost, told):
    heard = []
    session = bench.aws.open_session(300.0)
    inquiry = Inquiry(
        session,
        bench.view.work[0],
        bench.pace,
        itertools.count(1.0),
        lambda low, _: low,
        heard=lambda silence: heard.append(silence) if silence else None,
    )
    bench.aws.latency = 12.0
    bench.aws.trouble("get", *lost)
    assert inquiry.run(Job(deadline=bench.pace.monotonic() + 600.0), lambda _: None).report
    assert len(heard) == told
