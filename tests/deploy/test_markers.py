"""Tests that need a program or much time say so, and who runs them decides what happens then."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MINUTES

TESTS = Path(__file__).parents[1]
CONFTEST = TESTS / "conftest.py"


def run(directory: Path, test: str, *flags: str) -> str:
    shutil.copy(CONFTEST, directory)
    (directory / "pytest.ini").write_text("[pytest]\nmarkers = tool(name)\n    slow\n    pods\n")
    (directory / "test_it.py").write_text(f"import pytest\n{test}\n")
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *flags]
    # Plugins take longer to load than all that is looked at here.
    plain = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=directory, env=plain, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout


@pytest.fixture
def without(tmp_path):
    return lambda *flags: run(
        tmp_path, '@pytest.mark.tool("no-such-program")\ndef test_it(): raise AssertionError("ran")', *flags
    )


def test_a_test_whose_program_is_missing_is_skipped_by_the_name_of_the_program(without):
    output = without()
    assert "1 skipped" in output
    assert "no-such-program not found: run `make tools`" in output


def test_a_test_whose_program_is_missing_fails_where_tools_are_required(without):
    output = without("--require-tools")
    assert "1 error" in output
    assert "no-such-program not found: run `make tools`" in output


def test_a_test_whose_program_is_there_is_given_its_path(tmp_path):
    output = run(
        tmp_path,
        '@pytest.mark.tool("sh")\ndef test_it(tool): assert tool("sh").endswith("/sh")',
        "--require-tools",
    )
    assert "1 passed" in output


def test_a_slow_test_runs_only_where_it_is_asked_for(tmp_path):
    slow = "@pytest.mark.slow\ndef test_it(): raise AssertionError('ran')"
    assert "1 deselected" in run(tmp_path, slow)
    assert "1 failed" in run(tmp_path, slow, "--slow")
    assert "1 failed" in run(tmp_path, slow, "test_it.py::test_it")


def test_the_files_to_begin_with_are_there():
    assert [name for name in sorted(MINUTES) if not (TESTS / name).exists()] == []


def test_pods_are_started_only_where_they_are_asked_for(tmp_path):
    pods = "@pytest.mark.pods\ndef test_it(): raise AssertionError('ran')"
    assert "1 deselected" in run(tmp_path, pods, "--slow")
    assert "1 deselected" in run(tmp_path, pods, "test_it.py::test_it")
    assert "1 failed" in run(tmp_path, pods, "--pods", "--slow")
