"""Who adds a metric as CONTRIBUTING.md says, and does nothing else, has a green suite."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What mypy has found of modules that are not concerned, it need not find again.
MADE = (".git", ".venv", ".tools", "build", "dist", "__pycache__", ".[!m]*_cache", ".coverage*")
# Everything that is generated from the families, renders them or counts them.
CONCERNED = (
    "tests/exposition",
    "tests/docs/test_generated.py",
    "tests/grafana/test_generated.py",
    "tests/core",
)


def run(copy, *command):
    # The copy's own packages, not those that the environment was installed with.
    surroundings = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository, with the family of CONTRIBUTING.md's example in it."""
    place = tmp_path_factory.mktemp("walk") / "repository"
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(*MADE))
    families = place / "exporter" / "families" / "subjects.py"
    (block,) = re.findall(
        r"^   ```python\n(.*?)^   ```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL | re.MULTILINE
    )
    opening = "SUBJECT_FAMILIES: tuple[SubjectFamily, ...] = (\n"
    text = families.read_text()
    assert text.count(opening) == 1
    family = textwrap.indent(textwrap.dedent(block).rstrip() + ",\n", "    ")
    families.write_text(text.replace(opening, opening + family))
    return place


@pytest.mark.slow
def test_the_walk_through_ends_in_a_green_suite(copy):
    venv = Path(sys.executable).parents[1]
    # What is installed is as it should be: the copy has the same requirements.
    run(copy, "make", "docs", f"VENV={venv}", "-o", f"{venv}/.dev")
    assert "report_services" in (copy / "docs" / "metrics.md").read_text()
    assert "report_services{" in (copy / "tests" / "exposition" / "testdata" / "whole.text").read_text()
    run(copy, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *CONCERNED)
    run(copy, sys.executable, "-m", "ruff", "check", "exporter")
    run(copy, sys.executable, "-m", "mypy")
