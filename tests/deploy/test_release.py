"""What a release consists of: it can be made again, installed, and accounted for."""

import hashlib
import json
import os
import re
import runpy
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
import venv
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PUBLISHED = runpy.run_path(str(ROOT / "deploy" / "published.py"))
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


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """What comes of building the same once more."""
    directory = tmp_path_factory.mktemp("again")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", directory]
    subprocess.run(command, cwd=ROOT, env=EPOCH, capture_output=True, check=True)
    return directory


def named(dist, ending):
    [path] = dist.glob(f"*{ending}")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".whl", ".tar.gz"])
def test_the_same_commit_makes_the_same_bytes(dist, again, ending):
    assert named(again, ending).read_bytes() == named(dist, ending).read_bytes()


@pytest.mark.slow
def test_the_bill_of_materials_has_the_locked_versions_and_nothing_else(dist):
    components = json.loads(named(dist, "[0-9].cdx.json").read_text())["components"]
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
    venv.create(tmp_path / "venv")
    locked = tmp_path / "constraints.txt"
    versions = re.findall(r"^[a-z0-9-]+==[^ ]+", (ROOT / "requirements/demo.txt").read_text(), re.MULTILINE)
    locked.write_text("\n".join(versions))
    wheel = f"{named(dist, '.whl')}[demo]"
    pip = [sys.executable, "-m", "pip", "--python", tmp_path / "venv/bin/python"]
    # The demo compiles what it loads, which is a fifth of it.
    install = [*pip, "install", "--quiet", "--no-compile", "-c", locked, wheel]
    subprocess.run(install, cwd=tmp_path, check=True)
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


@pytest.mark.slow
@pytest.mark.tool("helm")
def test_the_packaged_chart_is_the_chart_without_what_tests_it(dist, tool):
    package = named(dist, "-chart-*.tgz")
    rendered = [
        subprocess.run([tool("helm"), "template", chart], capture_output=True, text=True, check=True).stdout
        for chart in (package, ROOT / "deploy" / "helm" / "org-access-exporter")
    ]
    assert rendered[0] == rendered[1]
    with tarfile.open(package) as archive:
        assert not [name for name in archive.getnames() if "/ci/" in name]
        assert {member.mtime for member in archive} == {1700000000}


@pytest.mark.slow
def test_the_images_bill_has_the_base_and_all_that_the_wheel_runs_with(dist):
    wheel, image = (
        json.loads(named(dist, ending).read_text()) for ending in ("[0-9].cdx.json", ".image.cdx.json")
    )
    [base, *others] = image["components"]
    assert (base["name"], others) == ("python", wheel["components"])
    assert image["metadata"]["component"]["type"] == "container"


@pytest.mark.slow
def test_the_provenance_names_every_file_and_the_commit(dist):
    statement = json.loads(named(dist, ".provenance.json").read_text())
    subjects = {item["name"]: item["digest"]["sha256"] for item in statement["subject"]}
    made = {path for path in dist.iterdir() if not path.name.startswith("SHA256SUMS")}
    assert subjects == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in made
        if not path.name.endswith(".provenance.json")
    }
    [source, *locks] = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert re.fullmatch(r"[0-9a-f]{40}|", source["digest"]["gitCommit"])
    assert [item["name"] for item in locks] == ["requirements/serve.txt", "requirements/dev.txt"]


@pytest.mark.slow
def test_the_checksums_are_those_of_all_files(dist):
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=dist, check=True)
    listed = {line.split()[1] for line in (dist / "SHA256SUMS").read_text().splitlines()}
    assert listed == {path.name for path in dist.iterdir() if not path.name.startswith("SHA256SUMS")}


@pytest.mark.tool("actionlint")
def test_actionlint_finds_no_fault(tool):
    done = subprocess.run(
        [tool("actionlint"), *(ROOT / ".github" / "workflows").iterdir()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("workflow", ["ci.yml", "release.yml"])
def test_a_workflow_decides_by_what_decides_here(workflow):
    jobs = yaml.safe_load((ROOT / ".github/workflows" / workflow).read_text())["jobs"]
    commands = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert any(".ci/run" in command for command in commands)
    assert ("make dist" in commands) == (workflow == "release.yml")


def test_every_python_that_is_promised_is_tried_at_every_change():
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    (one,) = (
        step["with"]["python-version"] for step in jobs["test"]["steps"] if "python" in step.get("uses", "")
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    promised = {name.rpartition(" ")[2] for name in project["classifiers"] if "Python :: 3." in name}
    assert {one, *jobs["pythons"]["strategy"]["matrix"]["python"]} == promised


def test_every_place_of_a_release_is_one_that_its_workflow_asks_for():
    text = (ROOT / ".github/workflows/release.yml").read_text()
    asked = set(re.findall(r"steps\.at\.outputs\.(\w+)", text))
    assert asked <= {*PUBLISHED["coordinates"](), "version"}
    assert {"image", "chart", "pypi"} <= asked


NOWHERE = dict.fromkeys(PUBLISHED["coordinates"](), "")
SOMEWHERE = {
    "repository": "https://git.example.com/o/e",
    "image": "registry.example.org/o/e",
    "chart": "oci://registry.example.org/charts",
    "pypi": "org-access-exporter",
    "security": "security@example.org",
}


def test_what_is_written_of_the_places_is_up_to_date():
    assert [path.name for path, text in PUBLISHED["files"]().items() if path.read_text() != text] == []


def test_no_command_asks_for_what_is_nowhere():
    """Without coordinates, what is pulled or installed is what the commands before have made."""
    pages = {path.name: text for path, text in PUBLISHED["files"](NOWHERE).items()}
    assert "docker push" in pages["README.md"]
    assert "docker pull" not in pages["README.md"]
    assert "pip install org-access-exporter" not in "".join(pages.values())
    assert "oci://" not in "".join(pages.values())
    assert "helm install org-access-exporter deploy/helm/" in pages["README.in.md"]


def test_a_release_that_is_somewhere_is_had_from_there():
    pages = {path.name: text for path, text in PUBLISHED["files"](SOMEWHERE).items()}
    now = PUBLISHED["version"]()
    assert f"IMAGE=registry.example.org/o/e:{now}" in pages["README.md"]
    assert f"oci://registry.example.org/charts/org-access-exporter --version {now}" in pages["README.in.md"]
    assert "security@example.org" in pages["SECURITY.md"]
    chart = yaml.safe_load(pages["Chart.yaml"])
    assert (chart["home"], chart["sources"]) == (
        "https://git.example.com/o/e",
        ["https://git.example.com/o/e"],
    )
    assert f"registry.example.org/o/e:{now}" in chart["annotations"]["artifacthub.io/images"]
    assert yaml.safe_load(pages["values.yaml"])["image"]["repository"] == "registry.example.org/o/e"


def test_the_changelog_has_notes_for_what_is_released_next():
    text = (ROOT / "CHANGELOG.md").read_text()
    heading = re.search(r"^## \[(.*?)\]", text, re.MULTILINE)[1]
    assert heading in {"Unreleased", PUBLISHED["version"]()}
