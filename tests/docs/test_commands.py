"""Commands of the documentation do what they are there for, pasted as they are."""

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from exporter.simulator import SimulationOptions, start
from tests.docs.blocks import PAGES, ROOT, blocks
from tests.end_to_end.conftest import configuration, environment, exporter, organization, wait_for

BLOCKS = list(blocks())
COMMANDS = [block for block in BLOCKS if block.kind != "console"]
STAYS = re.compile(r"^org-access-exporter (serve|demo|simulate)\b")
STATE = "sqlite:////var/lib/org-access-exporter/state.db"
DENIED = {"Effect": "Deny", "Action": "braket:*", "Resource": "*"}
ALLOWED = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DRAFTS = {"deny.json": [DENIED], "draft.json": [DENIED], "new.json": [ALLOWED, DENIED]}
# What is deployed with them is there in test_deployment.py.
RUN = [block for block in COMMANDS if not (block.reason or block.page.startswith("deploy/"))]


def place(block):
    return block.place


def test_every_fence_of_commands_is_found():
    fences = sum(
        len(re.findall(r"^ *```(?:sh|bash|zsh|shell|console)\b", page.read_text(), re.MULTILINE))
        for page in PAGES
    )
    assert fences == len(BLOCKS) > 30


@pytest.mark.tool("zsh")
@pytest.mark.parametrize("block", COMMANDS, ids=place)
def test_zsh_takes_a_block_as_it_is_pasted(block, tmp_path, tool):
    """At its prompt zsh has no comments, and a pattern that matches no file is an error."""
    pasted = f"command_not_found_handler() {{ print -r -- $0 $@ >> called }}\nPATH=/nowhere\n{block.text}"
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "program.whl").touch()  # as `make dist`, which is not found here, would leave it
    bare = {"HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "TERM": "dumb"}
    ran = subprocess.run(
        [tool("zsh"), "-f", "-i", "-s"],
        input=pasted,
        cwd=tmp_path,
        env=bare,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not re.findall(r"zsh: (?!no such file or directory: /).*", ran.stderr)
    called = (tmp_path / "called").read_text() if (tmp_path / "called").exists() else ""
    assert not re.search(r"(^| )#", called, re.MULTILINE)


@pytest.fixture(scope="module")
def endpoint():
    with start(SimulationOptions(accounts=12, speed=300.0)) as started:
        yield started


@pytest.fixture(scope="module")
def names(endpoint):
    """The documentation's ids, and those of the simulated organization in their place."""
    found = endpoint.simulation.organization
    units = [entity for entity in found.entities.values() if entity.type == "ORGANIZATIONAL_UNIT"]
    account = next(entity for entity in found.entities.values() if entity.type == "ACCOUNT")
    workloads = next(unit for unit in units if unit.name == "Workloads")
    return {
        "o-a1b2c3d4e5/r-ab12": found.root.path,
        "r-ab12": found.root.id,
        "ou-ab12-c3d4e5f6": workloads.id,
        "111122223333": account.id,
        "arn:aws:iam::111122223333:": f"arn:aws:iam::{found.management_account.id}:",
        "a8b6c06f-aaa4-8xmp-28bc-81da71836359": job(endpoint.url, workloads.path),
        "p-ab12cd34": "p-FullAWSAccess",
    }


def client(url, service):
    keys = {"aws_access_key_id": "AKIDSIMULATED", "aws_secret_access_key": "simulated-secret"}
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)


def job(url, path):
    iam = client(url, "iam")
    made = iam.generate_organizations_access_report(EntityPath=path)["JobId"]
    done = wait_for(
        lambda: iam.get_organizations_access_report(JobId=made)["JobStatus"] == "COMPLETED", "a report"
    )
    assert done
    return made


@pytest.fixture(scope="module")
def state(endpoint, tmp_path_factory):
    """The URL of a state with a report of everything, and the address of the exporter that keeps it."""
    folder = tmp_path_factory.mktemp("state")
    url = f"sqlite:///{folder}/state.db"
    described = configuration(organization("default", endpoint.url))
    with exporter(folder, described, "--state.url", url) as program:
        program.wait_for_line(r'^aws_org_access_reports\{organization="default",state="fresh"\} [1-9]')
        program.wait_for_line(r'^aws_org_access_reports\{organization="default",state="pending"\} 0$')
        yield url, program.url


@pytest.fixture
def surroundings(endpoint, tmp_path):
    """Credentials, an AWS, and a PATH and a home of their own; a state only where a command needs one."""
    return environment(tmp_path) | {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": "us-east-1",
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ORG_ACCESS_EXPORTER_WEB_LISTEN_ADDRESS": "127.0.0.1:0",
    }


@pytest.fixture
def folder(endpoint, tmp_path):
    """A copy of the sources, as it were, with the files that are spoken of."""
    for name in ("grafana", "deploy", "docs", "Makefile"):
        (tmp_path / name).symlink_to(ROOT / name)
    manager = endpoint.simulation.organization.management_account.id
    role = f"arn:aws:iam::{manager}:role/org-access-exporter"
    (tmp_path / "config.yml").write_text(configuration(organization("prod", endpoint.url, role_arn=role)))
    (tmp_path / "mine.yml").write_text("newsFor: 1d\n")
    for name, statements in DRAFTS.items():
        (tmp_path / name).write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return tmp_path


@pytest.fixture
def pasted(endpoint, names, state):
    """``pasted(text)``: the text with what there is in the place of the documentation's examples."""
    url, address = state
    there = {
        **names,
        STATE: url,
        "sqlite:///state.db": url,
        "localhost:10078": address.removeprefix("http://"),
        "127.0.0.1:PORT": endpoint.url.removeprefix("http://"),
    }
    any_of = re.compile("|".join(map(re.escape, there)))
    yield lambda text: any_of.sub(lambda found: there[found[0]], text)
    endpoint.simulation.faults.clear()


@pytest.mark.slow
@pytest.mark.tool("zsh", "jq", "curl")
@pytest.mark.parametrize("block", [block for block in RUN if not STAYS.match(block.text)], ids=place)
def test_a_block_of_commands_succeeds(block, pasted, folder, surroundings, tool):
    kept = {"ORG_ACCESS_EXPORTER_STATE_URL": pasted(STATE)} if " news " in block.text else {}
    ran = subprocess.run(
        [tool("zsh"), "-f", "-e", "-o", "pipefail", "-c", pasted(block.text)],
        cwd=folder,
        env=surroundings | kept,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ran.returncode, "error" in ran.stderr) == (0, False), ran.stdout[-2000:] + ran.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.tool("zsh")
@pytest.mark.parametrize("block", [block for block in RUN if STAYS.match(block.text)], ids=place)
def test_a_command_that_stays_serves_until_it_is_ended(block, folder, surroundings, tool):
    process = subprocess.Popen(
        [tool("zsh"), "-f", "-c", f"exec {block.text}"],
        cwd=folder,
        env=surroundings,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process, contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        told = next((line for line in process.stderr if "event=exporter.started" in line), "")
        assert "listen=http" in told
        process.terminate()
        process.stderr.read()
        assert process.wait(30) == 0


def shape(text):
    """Lines without what time and width change: numbers and spaces."""
    return [re.sub(r"\d[\d,]*", "N", " ".join(line.split())) for line in text.split("\n") if line.strip()]


[EXAMPLE] = [block for block in BLOCKS if block.kind == "console"]


@pytest.mark.slow
@pytest.mark.tool("zsh")
def test_the_example_of_a_recommendation_is_what_comes_of_it(folder, surroundings, tool):
    """Each line that is shown is there, in its order; those that are left out are an ellipsis."""
    first, *lines = re.split(r"^\$ ", EXAMPLE.text, flags=re.MULTILINE)[1:]
    assert first == "org-access-exporter simulate --speed 20 &\n"
    commands, (last, _, shown) = lines[:-1], lines[-1].partition("\n")
    with start(SimulationOptions(speed=20.0)) as simulated:
        text = "".join([*commands, last]).replace("http://127.0.0.1:10079", simulated.url)
        ran = subprocess.run(
            [tool("zsh"), "-f", "-e", "-c", text],
            cwd=folder,
            env={name: value for name, value in surroundings.items() if name != "AWS_ENDPOINT_URL"},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    said = iter(shape(ran.stdout + ran.stderr))
    missing = [line for line in shape(shown) if line != "…" and line not in said]
    assert missing == [], ran.stdout
