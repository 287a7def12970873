"""One report for somebody who waits."""

from collections import deque

import pytest

from exporter.collect import Single
from exporter.errors import SlotTakenError
from exporter.job import Fault, State
from exporter.model import Page, Subject, Work
from exporter.order import FOREIGN
from tests.collect.conftest import ROOT, FakeAws, FakePace

TAKEN = SlotTakenError("GenerateOrganizationsAccessReport", "ReportGenerationLimitExceeded", "busy")
WORK = Work(Subject(ROOT.id), ROOT, FOREIGN)


@pytest.fixture
def aws():
    return FakeAws(FakePace())


def single(aws, **more):
    return Single(aws.pace, lambda low, high: high, timeout=60.0, **more)


def test_a_report_is_made_and_waited_for(aws):
    job = single(aws).ask(aws, WORK)
    assert (job.state, job.report.services) == (State.DONE, aws.rows)


def test_a_job_made_elsewhere_is_only_read(aws):
    job_id = aws.generate(ROOT.path)
    job = single(aws).ask(aws, Work(Subject(job_id), None, FOREIGN))
    assert (job.state, len(aws.generated)) == (State.DONE, 1)


def test_what_one_job_took_is_expected_of_the_next(aws):
    asking = single(aws)
    asking.ask(aws, WORK)
    assert asking.experience.mean == aws.seconds


def test_while_the_slot_is_taken_it_waits_and_says_so(aws):
    aws.trouble("generate", TAKEN, TAKEN)
    told = []
    assert single(aws, busy=lambda: told.append("busy")).ask(aws, WORK).report
    assert told == ["busy", "busy"]


def test_a_slot_that_is_never_free_ends_at_the_timeout(aws):
    aws.trouble("generate", *[TAKEN] * 100)
    began = aws.pace.moment
    with pytest.raises(SlotTakenError, match="all the time"):
        single(aws).ask(aws, WORK)
    assert aws.pace.moment - began < 60.0


def test_a_job_that_never_ends_fails_at_the_timeout(aws):
    aws.seconds = 1e9
    job = single(aws).ask(aws, WORK)
    assert (job.state, job.error_code) == (State.FAILED, Fault.DEADLINE)


def test_a_job_that_failed_teaches_nothing(aws):
    aws.pages["job-1"] = deque([Page("FAILED", 0.0, 1.0, error_code="NO")])
    asking = single(aws)
    assert asking.ask(aws, WORK).error_code == "NO"
    assert asking.experience.mean == 0.0
