"""One line about what was done, and not one for every report."""

from exporter.collect.agenda import QUIET, Sweep


def test_a_first_sweep_is_told_when_nothing_is_due_any_more():
    sweep = Sweep()
    sweep.begin(100.0)
    sweep.reports = 37
    told = sweep.rest(130.0)
    assert (told.reports, told.busy) == (37, 30.0)


def test_rest_without_a_sweep_is_not_told():
    assert Sweep().rest(100.0) is None


def test_what_comes_soon_after_a_line_waits_for_the_next():
    sweep = Sweep()
    sweep.begin(0.0)
    sweep.rest(10.0)
    sweep.begin(20.0)
    sweep.reports += 1
    assert sweep.rest(21.0) is None
    sweep.begin(10.0 + QUIET)
    sweep.reports += 1
    sweep.failed += 1
    told = sweep.rest(10.0 + QUIET + 2.0)
    assert (told.reports, told.failed, told.busy) == (2, 1, 3.0)


def test_what_was_told_is_not_told_again():
    sweep = Sweep()
    sweep.begin(0.0)
    sweep.reports = 5
    sweep.rest(1.0)
    assert sweep.rest(1.0 + QUIET) is None
