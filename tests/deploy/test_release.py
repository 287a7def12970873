"""What a release consists of: it can be made again, installed, and accounted for."""

import json
import os
import re
import runpy
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
verdict = runpy.run_path(str(ROOT / ".ci" / "audit"))["verdict"]


EPOCH = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """What ``make dist`` makes."""
    directory = tmp_path_factory.mktemp("dist")
    environment = {**EPOCH, "PYTHON": sys.executable}
    command = ["sh", ROOT / ".ci" / "dist", directory]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return directory


def named(dist, ending):
    [path] = dist.glob(f"*{ending}")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".whl", ".tar.gz"])
def test_the_same_commit_makes_the_same_bytes(dist, tmp_path, ending):
    command = [sys.executable, "-m", "hatchling", "build", "--directory", tmp_path]
    subprocess.run(command, cwd=ROOT, env=EPOCH, capture_output=True, check=True)
    assert named(tmp_path, ending).read_bytes() == named(dist, ending).read_bytes()


@pytest.mark.slow
def test_the_bill_of_materials_has_the_locked_versions_and_nothing_else(dist):
    components = json.loads(named(dist, ".cdx.json").read_text())["components"]
    locked = dict(
        re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "requirements/serve.txt").read_text(), re.MULTILINE)
    )
    listed = {item["name"].lower().replace("_", "-"): item["version"] for item in components}
    assert listed.items() <= locked.items()
    assert {"boto3", "aiohttp"} <= set(listed)
    assert {"hatchling", "moto", "pip"}.isdisjoint(listed)


@pytest.mark.slow
def test_every_licence_is_known(dist):
    rows = named(dist, ".licenses.md").read_text().splitlines()[2:]
    assert rows
    assert [row for row in rows if "UNKNOWN" in row] == []


@pytest.mark.slow
def test_the_wheel_in_an_empty_environment_runs_the_demo(dist, demo, tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    locked = tmp_path / "constraints.txt"
    versions = re.findall(r"^[a-z0-9-]+==[^ ]+", (ROOT / "requirements/demo.txt").read_text(), re.MULTILINE)
    locked.write_text("\n".join(versions))
    wheel = f"{named(dist, '.whl')}[demo]"
    python = tmp_path / "venv/bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-c", locked, wheel], cwd=tmp_path, check=True)
    address = demo(tmp_path / "venv/bin/org-access-exporter")
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
        assert b"\naws_org_access_up{" in answer.read()


def test_a_vulnerability_fails_the_audit():
    found = [
        {"name": "x", "version": "1", "vulns": [{"id": "CVE-1"}]},
        {"name": "y", "version": "2", "vulns": []},
    ]
    assert verdict(found) == (1, ["x 1: CVE-1", "audit: 2 of 2 packages asked for, 1 vulnerabilities"])


def test_the_audit_says_what_it_could_not_ask_for():
    status, lines = verdict([{"name": "x", "skip_reason": "not found"}])
    assert (status, lines[0]) == (0, "audit: 0 of 1 packages asked for, 0 vulnerabilities")
    assert "cannot be reached" in lines[1]
