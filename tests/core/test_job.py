"""The report job as a state machine."""

import pytest

from exporter.job import Fault, Job, State, once_each
from exporter.model import JobStatus, JobView, Page, Report, ServiceAccess

S3 = ServiceAccess("s3", "S3", "eu-west-1", "o/r/1", 10.0, 1)
EC2 = ServiceAccess("ec2", "EC2")
RUNNING = Page("IN_PROGRESS", created=1.0)


def completed(*rows, truncated=False, marker=""):
    return Page("COMPLETED", 1.0, 9.0, 7, 6, rows, truncated=truncated, marker=marker)


@pytest.fixture
def running():
    return Job(deadline=100.0).accepted("job-1")


def test_a_job_begins_by_being_requested():
    assert Job(deadline=1.0).state is State.REQUESTED


def test_a_report_without_a_date_ends_the_job_without_one(running):
    job = running.answered(Page("COMPLETED", accessible=1, services=(S3,)))
    assert (job.state, job.report, job.error_code) == (State.FAILED, None, Fault.NO_DATE)


def test_an_accepted_job_runs(running):
    assert (running.state, running.job_id) == (State.RUNNING, "job-1")


def test_in_progress_changes_nothing_but_the_view(running):
    job = running.answered(RUNNING)
    assert (job.state, job.view.status, job.view.created) == (State.RUNNING, JobStatus.IN_PROGRESS, 1.0)


def test_a_whole_answer_ends_it_with_a_report(running):
    job = running.answered(completed(S3, EC2))
    assert (job.state, job.report) == (State.DONE, Report(1.0, 9.0, 7, 6, (S3, EC2)))


def test_a_truncated_answer_goes_on_at_its_marker(running):
    job = running.answered(completed(S3, truncated=True, marker="m"))
    assert (job.state, job.marker, job.report) == (State.PAGING, "m", None)


def test_an_empty_truncated_page_is_followed(running):
    job = running.answered(completed(truncated=True, marker="m"))
    assert job.answered(completed(EC2)).report.services == (EC2,)


def test_the_rows_of_all_pages_make_the_report(running):
    job = running.answered(completed(S3, truncated=True, marker="m")).answered(completed(EC2))
    assert job.report.services == (S3, EC2)


def test_the_counts_are_the_first_pages(running):
    last = Page("COMPLETED", 2.0, 9.0, 99, 98, (EC2,))
    report = running.answered(completed(S3, truncated=True, marker="m")).answered(last).report
    assert (report.created, report.accessible, report.not_accessed) == (1.0, 7, 6)


def test_truncated_without_a_marker_ends_it(running):
    job = running.answered(completed(S3, truncated=True))
    assert (job.state, job.error_code) == (State.FAILED, Fault.NO_MARKER)


def test_a_marker_that_was_seen_before_ends_it(running):
    pages = [completed(truncated=True, marker=marker) for marker in "aba"]
    for page in pages:
        running = running.answered(page)
    assert (running.state, running.error_code) == (State.FAILED, Fault.MARKER_LOOP)


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED", "NEW"])
def test_a_later_page_that_is_not_completed_is_a_contradiction(running, status):
    job = running.answered(completed(S3, truncated=True, marker="m")).answered(Page(status))
    assert (job.state, job.error_code) == (State.FAILED, Fault.CONTRADICTION)


def test_failed_is_told_with_awss_code(running):
    job = running.answered(Page("FAILED", error_code="NO", error_message="not allowed"))
    assert (job.state, job.error_code, job.error_message) == (State.FAILED, "NO", "not allowed")


def test_failed_without_a_code_has_one_of_ours(running):
    assert running.answered(Page("FAILED")).view.error_code == Fault.UNNAMED


def test_an_unknown_status_is_waited_out(running):
    job = running.answered(Page("PONDERING"))
    assert (job.state, job.unknown_status) == (State.RUNNING, "PONDERING")


def test_a_known_status_after_an_unknown_one_is_believed(running):
    assert running.answered(Page("PONDERING")).answered(RUNNING).unknown_status == ""


def test_a_lost_job_is_requested_again(running):
    job = running.lost()
    assert (job.state, job.deadline, job.job_id) == (State.REQUESTED, 100.0, "")


def test_a_job_lost_twice_ends(running):
    job = running.lost().accepted("job-2").lost()
    assert (job.state, job.error_code) == (State.FAILED, Fault.LOST)


def test_the_rows_of_a_lost_job_are_not_mixed_with_the_next_ones(running):
    job = running.answered(completed(S3, truncated=True, marker="m")).lost().accepted("job-2")
    assert job.answered(completed(EC2)).report.services == (EC2,)


@pytest.mark.parametrize(("now", "state"), [(99.9, State.RUNNING), (100.0, State.FAILED)])
def test_the_deadline_ends_it(running, now, state):
    assert running.checked(now).state is state


def test_the_deadline_does_not_touch_what_is_done(running):
    job = running.answered(completed(S3))
    assert job.checked(1000.0) is job


def test_a_row_that_comes_twice_is_kept_with_its_latest_use():
    later = S3._replace(last_authenticated=20.0)
    assert once_each([S3, EC2, later, S3]) == (later, EC2)


def test_a_used_row_wins_over_an_unused_one():
    assert once_each([S3._replace(last_authenticated=None), S3]) == (S3,)


def test_of_two_rows_with_the_same_use_the_first_is_kept():
    assert once_each([S3, S3._replace(region="us-east-1")]) == (S3,)


FOLLOWED = completed(truncated=True, marker="m")


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        ([Page("COMPLETED")], "the report does not say when it was made"),
        ([completed(truncated=True)], "IsTruncated is true and there is no Marker"),
        ([FOLLOWED, FOLLOWED], "a Marker came for the second time"),
        ([FOLLOWED, Page("FAILED")], "a page after the first says FAILED"),
    ],
)
def test_pages_that_make_no_report_are_told_in_words(running, pages, message):
    for page in pages:
        running = running.answered(page)
    assert running.error_message == message


def test_a_job_lost_twice_is_told_in_words(running):
    assert running.lost().lost().error_message == "the job was lost twice"


def test_a_job_at_its_deadline_says_where_it_stood(running):
    job = running.checked(100.0)
    assert (job.error_code, job.error_message) == (Fault.DEADLINE, "still running at the deadline")


def test_what_was_seen_of_a_lost_job_stays_in_view(running):
    seen = running.answered(RUNNING)
    assert seen.lost().view == seen.view


def test_the_view_of_a_completed_job_has_its_dates_and_no_error(running):
    page = Page("COMPLETED", 1.0, 9.0, error_code="NO", error_message="of no failed job")
    assert running.answered(page).view == JobView(JobStatus.COMPLETED, 1.0, 9.0, "", "")


def test_a_report_after_an_unknown_status_is_believed(running):
    assert running.answered(Page("PONDERING")).answered(completed(S3)).unknown_status == ""


def test_a_job_that_is_done_keeps_nothing_of_its_pages(running):
    job = running.answered(completed(S3, truncated=True, marker="m")).answered(completed(EC2))
    assert (job.marker, job._rows, job._first) == ("", (), None)
