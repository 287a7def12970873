"""A test that needs a program says so, and what happens without it depends on who runs the tests."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


def run(directory: Path, test: str, *flags: str) -> str:
    shutil.copy(CONFTEST, directory)
    (directory / "pytest.ini").write_text("[pytest]\nmarkers = tool(name)\n")
    (directory / "test_it.py").write_text(f"import pytest\n{test}\n")
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *flags]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60, check=False)
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
