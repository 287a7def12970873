"""Tests that need a program or much time say so, and who runs them decides what happens then."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import MINUTES

TESTS = Path(__file__).parents[1]
CONFTEST = TESTS / "conftest.py"
ONE_OF_EACH = """
import pytest

@pytest.mark.tool("no-such-program")
def test_lacking(): raise AssertionError("ran")

@pytest.mark.tool("sh")
def test_having(tool): assert tool("sh").endswith("/sh")

@pytest.mark.slow
def test_slow(): raise AssertionError("ran")

@pytest.mark.pods
def test_pods(): raise AssertionError("ran")
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """``run(*flags)``: what pytest says of one test of each kind, and of each that it ran."""
    directory = tmp_path_factory.mktemp("markers")
    shutil.copy(CONFTEST, directory)
    (directory / "pytest.ini").write_text("[pytest]\nmarkers = tool(name)\n    slow\n    pods\n")
    (directory / "test_it.py").write_text(ONE_OF_EACH)
    # Plugins take longer to load than all that is looked at here.
    plain = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(TESTS.parent)}

    @cache
    def said(*flags: str) -> str:
        command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", *flags]
        done = subprocess.run(
            command, cwd=directory, env=plain, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout

    return said


def test_a_test_whose_program_is_missing_is_skipped_by_the_name_of_the_program(run):
    output = run()
    assert "1 passed, 1 skipped, 2 deselected" in output
    assert "no-such-program not found: run `make tools`" in output


def test_a_test_whose_program_is_missing_fails_where_tools_are_required(run):
    output = run("--require-tools", "--slow")
    assert "ERROR test_it.py::test_lacking" in output
    assert "no-such-program not found: run `make tools`" in output


def test_a_test_whose_program_is_there_is_given_its_path(run):
    assert "PASSED test_it.py::test_having" in run("--require-tools", "--slow")


def test_a_slow_test_runs_only_where_it_is_asked_for(run):
    assert "test_slow" not in run()
    assert "FAILED test_it.py::test_slow" in run("--require-tools", "--slow")
    assert "FAILED test_it.py::test_slow" in run("test_it.py::test_slow", "test_it.py::test_pods")


def test_the_files_to_begin_with_are_there():
    assert [name for name in sorted(MINUTES) if not (TESTS / name).exists()] == []


def test_pods_are_started_only_where_they_are_asked_for(run):
    for flags in (("--require-tools", "--slow"), ("test_it.py::test_slow", "test_it.py::test_pods")):
        assert "test_pods" not in run(*flags)
        assert "1 deselected" in run(*flags)
    assert "FAILED test_it.py::test_pods" in run("--pods", "--slow")
