"""What is said of the mutants: known by their lines, counted by module, and listed while they live."""

from pathlib import Path

import pytest

from tests import mutants
from tests.mutants import Survivor, function, page, reasons, score, survivor, verdicts

RESULTS = """
    exporter.poll.x_took__mutmut_1: killed
    exporter.poll.xǁExperienceǁrecall__mutmut_2: survived
    exporter.job.x__view__mutmut_3: no tests
    exporter.job.x__view__mutmut_4: timeout
"""
DIFFERENCE = """--- exporter/poll.py
+++ exporter/poll.py
@@ -1,2 +1,2 @@
 def took(a):
-    return a < 1
+    return a <= 1
"""
KNOWN = reasons(mutants.REASONS.read_text(encoding="utf-8"))


def test_every_mutant_has_a_verdict():
    assert list(verdicts(RESULTS).values()) == ["killed", "survived", "no tests", "timeout"]


@pytest.mark.parametrize(
    ("mutant", "named"),
    [
        ("exporter.poll.x_took__mutmut_1", "exporter.poll.took"),
        ("exporter.job.x__view__mutmut_3", "exporter.job._view"),
        ("exporter.poll.xǁExperienceǁ_like__mutmut_12", "exporter.poll.Experience._like"),
    ],
)
def test_a_mutant_is_one_of_a_function(mutant, named):
    assert function(mutant) == named


def test_a_survivor_is_known_by_the_lines_that_changed():
    known = Survivor("exporter.poll.took", "return a < 1", "return a <= 1")
    assert survivor("exporter.poll.x_took__mutmut_7", DIFFERENCE) == known


def test_what_no_test_reaches_is_not_noticed():
    assert score(verdicts(RESULTS).values()) == 50.0


def test_modules_are_counted_each_for_itself():
    assert "| `exporter.job` | 2 | 1 | 1 | 50.0 % |" in page(verdicts(RESULTS), [], {})


def test_a_survivor_without_a_reason_stands_out():
    assert "became `b`: **no reason given**" in page({}, [Survivor("f", "a", "b")], {})


def source(function):
    """The text of the module that a function or a method is in, at whatever depth of packages."""
    names = function.split(".")
    places = [Path(mutants.ROOT, *names[:count]).with_suffix(".py") for count in range(len(names))]
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def test_a_function_of_a_package_is_found_in_its_module():
    assert "class Verdict" in source("exporter.recommend.verdict.Verdict.allowed")


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.function)
def test_a_listed_survivor_is_a_change_of_a_line_that_is_there(known):
    lines = [line.strip() for line in source(known.function).splitlines()]
    assert f" {known.was} " in f" {' '.join(lines)} "
    assert KNOWN[known]


def test_the_page_names_the_survivors_that_are_listed():
    text = mutants.PAGE.read_text(encoding="utf-8")
    assert [
        known for known in KNOWN if f"`{known.was}` became `{known.became}`: {KNOWN[known]}" not in text
    ] == []
    assert "no reason given" not in text
