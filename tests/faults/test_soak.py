"""A month of collection leaves the process as it was after three days."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def month():
    """What the process is like after each day."""
    # What coverage takes down would be memory of this process as well.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    month = [sys.executable, "-m", "tests.faults.soak", "30"]
    told = subprocess.run(month, cwd=ROOT, env=plain, check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in told.stdout.splitlines()]


@pytest.mark.slow
def test_memory_does_not_grow(month):
    assert month[-1]["rss_mib"] <= 1.05 * month[2]["rss_mib"]


@pytest.mark.slow
def test_threads_and_files_stay_the_same(month):
    assert len({(day["threads"], day["fds"]) for day in month}) == 1


@pytest.mark.slow
def test_no_report_is_late_while_aws_is_there(month):
    assert month[-1]["late"] == 0
