"""No container engine is at hand: the Dockerfile is read, and its steps are taken in a plain directory."""

import fnmatch
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from tests.deploy.dockerfile import instructions

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def of(keyword: str) -> list[str]:
    return [rest for word, rest in instructions(ROOT / "Dockerfile") if word == keyword]


def copied_sources() -> list[str]:
    sources = []
    for rest in of("COPY"):
        if not rest.startswith("--from="):
            sources += rest.replace("${REQUIREMENTS}", "serve").split()[:-1]
    return sources


def ignored(path: str) -> bool:
    """As Docker reads .dockerignore: the last pattern that matches the path or a parent decides."""
    verdict = False
    parents = [path, *map(str, Path(path).parents)][:-1]
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if line and not line.startswith("#") and any(fnmatch.fnmatch(name, pattern) for name in parents):
            verdict = not line.startswith("!")
    return verdict


@pytest.mark.parametrize("source", copied_sources())
def test_what_the_image_copies_exists_and_reaches_the_builder(source):
    assert (ROOT / source).exists()
    assert not ignored(source)


@pytest.mark.parametrize("path", [".git/config", ".venv/bin/python", "tests/conftest.py", ".tools/bin/helm"])
def test_what_the_image_does_not_need_stays_away_from_the_builder(path):
    assert ignored(path)


def test_the_image_runs_as_nobody_by_number():
    assert of("USER") == ["65534:65534"]


def test_the_image_serves_by_default_on_the_documented_port():
    assert [json.loads(of(word)[0]) for word in ("ENTRYPOINT", "CMD")] == [["org-access-exporter"], ["serve"]]
    assert of("EXPOSE") == ["10078"]


def test_the_base_image_can_be_pinned_by_its_digest():
    assert of("FROM")[0] == "python:${PYTHON}${PYTHON_DIGEST:+@${PYTHON_DIGEST}} AS base"


def test_the_image_is_labelled_with_the_version_of_the_project():
    assert f"VERSION={PYPROJECT['project']['version']}" in of("ARG")


def test_the_state_of_the_image_is_on_its_volume():
    [variables] = of("ENV")[1:]
    assert "ORG_ACCESS_EXPORTER_STATE_URL=sqlite:////var/lib/org-access-exporter/" in variables
    assert of("VOLUME") == ["/var/lib/org-access-exporter"]


@pytest.mark.tool("hadolint")
def test_hadolint_finds_no_fault(tool):
    subprocess.run([tool("hadolint"), "--failure-threshold", "style", ROOT / "Dockerfile"], check=True)


def health_check(url: str) -> int:
    command = json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])
    # As a company's builders put it into every container: nobody is there to answer in the server's place.
    environment = {**os.environ, "HEALTH_URL": url, "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": ""}
    done = subprocess.run(
        [sys.executable, *command[1:]], env=environment, capture_output=True, timeout=30, check=False
    )
    return done.returncode


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_tells_well_from_unwell(answering, status, healthy):
    assert (health_check(answering(status)) == 0) == healthy


def test_the_health_check_fails_where_nobody_listens():
    assert health_check("http://127.0.0.1:1/-/healthy") != 0


def steps(directory: Path) -> list[str]:
    """The RUN lines, with the image's absolute paths moved below a directory."""
    return [
        re.sub(r" /(wheels|app|var/lib)\b", rf" {directory}/\1", step).replace(
            "-o 65534 -g 0", "" if os.geteuid() else "-o 65534 -g 0"
        )
        for step in of("RUN")
    ]


def test_the_place_of_the_state_belongs_to_whom_the_image_runs_as(tmp_path):
    [step] = [step for step in steps(tmp_path) if "/var/lib/" in step]
    subprocess.run(["sh", "-ec", step], check=True)
    made = (tmp_path / "var/lib/org-access-exporter").stat()
    assert (made.st_uid, stat.filemode(made.st_mode)) == (os.geteuid() or 65534, "drwxrwx---")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.tool("setpriv")
def test_any_user_of_group_0_can_keep_the_state_there(tool):
    """As OpenShift runs it: a number that no other file belongs to, in group 0."""
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    place.chmod(0o755)
    try:
        [step] = [step for step in steps(place) if "/var/lib/" in step]
        subprocess.run(["sh", "-ec", step], check=True)
        program = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('create table t (x)')"
        command = [tool("setpriv"), "--reuid=1000660000", "--regid=0", "--clear-groups"]
        file = place / "var/lib/org-access-exporter/state.db"
        subprocess.run([*command, "/usr/bin/python3", "-c", program, file], check=True)
        assert file.stat().st_uid == 1000660000
    finally:
        shutil.rmtree(place)


@pytest.fixture
def build(tmp_path):
    """``build(steps)``: takes them where the sources are, and says where they leave what they make."""
    source = tmp_path / "src"
    source.mkdir()
    for name in copied_sources():
        (shutil.copytree if (ROOT / name).is_dir() else copy_file)(ROOT / name, source / name)
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "REQUIREMENTS": "serve", "SOURCE_DATE_EPOCH": "0"}

    def take(commands):
        for command in commands:
            subprocess.run(["sh", "-ec", command], cwd=source, env=environment, check=True, timeout=600)
        return tmp_path

    return take


@pytest.mark.slow
def test_the_steps_of_the_image_make_a_program_that_writes_nothing_beside_itself_and_the_same_again(
    build, tmp_path
):
    download, *others = steps(tmp_path)
    app = build([download, *others]) / "app"
    made = digests(app)
    said = subprocess.run(
        [app / "bin/org-access-exporter", "version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert PYPROJECT["project"]["version"] in said.stdout
    assert digests(app) == made
    assert not [name for name in made if "hatchling" in name]
    shutil.rmtree(app)
    build(others)
    assert digests(app) == made


def digests(directory: Path) -> dict[str, str]:
    files = [path for path in directory.rglob("*") if path.is_file()]
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def copy_file(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, destination)
