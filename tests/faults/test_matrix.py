"""Every fault has the outcome that the matrix tells, and none harms anything else."""

import subprocess
from itertools import pairwise

import pytest

from tests.faults.case import Moment
from tests.faults.matrix import CASES

CANARIES = ("canary", "simulated-secret")


def test_no_two_cases_are_the_same():
    assert len({case.id for case in CASES}) == len(CASES) >= 150


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_shows_as_told_and_is_over_when_it_is_healed(driven, case):
    run = driven.runs[case.id]
    assert (run.state, run.missing(driven.log) if run.state == "armed" else []) == ("done", [])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_nothing_that_was_shown_goes_or_grows_older(driven, case):
    assert driven.runs[case.id].complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_was_shown_is_kept(driven, case):
    run = driven.runs[case.id]
    kept = {subject.entity_id: standing.report for subject, standing in driven.kept[run.name].items()}
    assert all(kept[entity].created >= created for entity, created in run.shown.items())


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_organization_goes_down_in_the_log_when_it_is_told_to(driven, case):
    run = driven.runs[case.id]
    told = [event for event in ("organization.down", "organization.up") if run.told(driven.log, event)]
    expected = ["organization.down", "organization.up"] if case.outcome.down else []
    # What nobody answers is down: that is true as well where the busy machine is why.
    assert told == expected or run.starved, "\n".join(line for line in driven.log if run.name in line)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_condition_that_lasts_is_logged_once(driven, case):
    said = [line for line in driven.log if f"organization={driven.runs[case.id].name} " in f"{line} "]
    changes = [line.partition("event=")[2] for line in said if "event=organization." in line]
    assert all(one != other for one, other in pairwise(changes))


@pytest.mark.slow
@pytest.mark.tool("promtool")
def test_every_page_is_valid(driven, tool):
    for page in driven.pages[:3]:
        checked = subprocess.run(
            [tool("promtool"), "check", "metrics"], input=page, text=True, capture_output=True, check=False
        )
        assert checked.returncode == 0, checked.stderr[-2000:]


@pytest.mark.slow
def test_no_error_of_ours_came_to_light(driven):
    assert [line for line in driven.log if "raceback" in line or "collector.crashed" in line] == []


@pytest.mark.slow
def test_no_secret_is_told(driven):
    told = "\n".join([*driven.log, *driven.pages])
    assert [canary for canary in CANARIES if canary in told] == []


@pytest.mark.slow
def test_no_line_is_longer_than_a_screen_or_two(driven):
    assert max(map(len, driven.log)) < 4000


@pytest.mark.slow
def test_it_ends_well(driven):
    assert driven.code == 0


def test_both_moments_are_tried():
    assert {case.moment for case in CASES} == set(Moment)
