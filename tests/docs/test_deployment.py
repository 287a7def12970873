"""Commands of the pages about deployment do what they are there for, pasted as they are.

AWS's own command line asks moto, and for stacks a server that looks at what it is given. A chart is
rendered as if for a cluster, with nothing installed.
"""

import re
import subprocess
import urllib.request

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.deploy.stacks import stacks
from tests.docs.blocks import ROOT, blocks
from tests.end_to_end.conftest import environment

RUN = [block for block in blocks() if block.page.startswith("deploy/") and not block.reason]
# Of this one, what comes of it is looked at as well.
[TASK] = [block for block in RUN if block.page == "deploy/ecs/README.md"]
# moto knows no associations of pods: of these the command line checks what is given, and sends nothing.
AWS = """#!/bin/sh
case "$*" in "eks create-pod-identity-association "*) set -- "$@" --generate-cli-skeleton output ;; esac
case "$1" in cloudformation) AWS=$STACKS ;; esac
exec "{aws}" --endpoint-url "$AWS" "$@"
"""
HELM = """#!/bin/sh
exec "{helm}" "$@" --dry-run=client
"""


def place(block):
    return block.place


@pytest.fixture
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        address, port = server.get_host_and_port()
        url = f"http://{address}:{port}"
        urllib.request.urlopen(f"{url}/moto-api/reset", data=b"").close()
        yield url
    finally:
        server.stop()


@pytest.fixture
def client(endpoint):
    """``client(service)``, of an AWS that has a cluster."""
    keys = {"aws_access_key_id": "AKIDSIMULATED", "aws_secret_access_key": "simulated-secret"}

    def made(service):
        return boto3.client(service, endpoint_url=endpoint, region_name="eu-central-1", **keys)

    made("ecs").create_cluster(clusterName="CLUSTER")
    return made


@pytest.fixture
def made():
    with stacks() as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    """A copy of the sources, as it were, and a configuration."""
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    (tmp_path / "config.yml").write_text("organizations: [{name: prod}]\n")
    return tmp_path


@pytest.fixture
def programs(tmp_path, tool):
    """A folder with what is called ``aws`` and ``helm``."""
    place = tmp_path / "bin"
    place.mkdir()
    for name, script in {"aws": AWS.format(aws=tool("aws")), "helm": HELM.format(helm=tool("helm"))}.items():
        (place / name).write_text(script)
        (place / name).chmod(0o755)
    return place


@pytest.fixture
def surroundings(folder, programs, endpoint, made):
    return environment(folder) | {
        "AWS": endpoint,
        "STACKS": made.url,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "HOME": str(folder),
        "PATH": f"{programs}:/usr/bin:/bin",
    }


@pytest.fixture
def network(client):
    """The examples' names, and what there is in their place."""
    network = client("ec2")
    return {
        "SUBNET": network.describe_subnets()["Subnets"][0]["SubnetId"],
        "GROUP": network.describe_security_groups()["SecurityGroups"][0]["GroupId"],
    }


@pytest.fixture
def pasted(folder, surroundings, network, tool):
    """``pasted(text)``: what comes of a block."""

    def run(text):
        filled = re.sub(r"\b(SUBNET|GROUP)\b", lambda found: network[found[0]], text)
        command = [tool("zsh"), "-f", "-e", "-c", filled]
        return subprocess.run(
            command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300, check=False
        )

    return run


@pytest.mark.slow
@pytest.mark.tool("aws", "helm", "zsh")
@pytest.mark.parametrize("block", [block for block in RUN if block is not TASK], ids=place)
def test_a_block_of_commands_succeeds(block, pasted):
    ran = pasted(block.text)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.tool("aws", "helm", "zsh")
def test_a_task_runs_with_what_it_takes(pasted, client, made):
    ran = pasted(TASK.text)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    services = client("ecs").list_services(cluster="CLUSTER")["serviceArns"]
    stored = client("ssm").get_parameter(Name="/org-access-exporter/config.yml")["Parameter"]["Type"]
    assert (len(services), stored, sorted(made.made)) == (
        1,
        "SecureString",
        ["org-access-exporter", "org-access-state"],
    )
