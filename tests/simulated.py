"""A simulated AWS, and the program's commands pointed at it: fixtures for more than one folder."""

import json
from dataclasses import dataclass

import pytest

from exporter.__main__ import main
from exporter.simulator import SimulationOptions, start

# Fast enough that nobody waits, slow enough that a job is seen running.
SPEED = 300.0


def use_credentials(monkeypatch, folder):
    """One pair of keys, and nothing of the machine's own AWS configuration."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSIMULATED")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")


def keep_pace(monkeypatch):
    """Look at a job first when the slowest is done: the quickest one of AWS's takes thirty times as long."""
    monkeypatch.setattr("exporter.poll.FIRST", 12.0 / SPEED)


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Commands:
    """``run`` gives the exit code and what was written; ``aws`` is the simulation."""

    def __init__(self, endpoint, file, capsys):
        self.aws = endpoint.simulation
        self.url = endpoint.url
        self.file = file
        self._capsys = capsys

    @property
    def root(self):
        return self.aws.organization.root

    def entities(self, kind):
        return [entity for entity in self.aws.organization.entities.values() if entity.type == kind]

    @staticmethod
    def marker(page):
        return json.loads(page).get("Marker")

    def run(self, command, *arguments):
        self._capsys.readouterr()
        code = main([command, "--config.file", str(self.file), *map(str, arguments)])
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)


@pytest.fixture(scope="module")
def endpoint():
    with start(SimulationOptions(accounts=6, ous=3, speed=SPEED, seed=3, settled=True)) as started:
        yield started


@pytest.fixture
def commands(endpoint, tmp_path, monkeypatch, capsys):
    use_credentials(monkeypatch, tmp_path)
    keep_pace(monkeypatch)
    file = tmp_path / "config.yml"
    url = endpoint.url
    file.write_text(
        f'organizations: [{{name: sim, endpoints: {{iam: "{url}", organizations: "{url}", sts: "{url}"}}}}]\n'
    )
    yield Commands(endpoint, file, capsys)
    endpoint.simulation.faults.clear()
    endpoint.simulation.calls.clear()
