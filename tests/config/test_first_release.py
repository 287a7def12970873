"""What was written for version 0.1.0 is taken as it was meant: its configuration, and the flags of serve."""

from pathlib import Path

import pytest

from exporter.cli.serve import serve
from exporter.config import load

FILE = Path(__file__).parent / "testdata" / "first_release.ok.yml"
FLAGS = [
    "--config.file=x",
    "--config.enable-auto-reload",
    "--web.listen-address=:1",
    "--web.health-listen-address=:2",
    "--web.systemd-socket",
    "--web.config.file=x",
    "--web.telemetry-path=/m",
    "--web.route-prefix=/p",
    "--web.external-url=http://x",
    "--web.max-requests=9",
    "--web.disable-exporter-metrics",
    "--state.url=memory:",
    "--state.create",
    "--state.poll-interval=9s",
    "--ha.lease-duration=9s",
    "--log.level=debug",
    "--log.format=json",
]


def test_the_configuration_of_the_first_release_means_what_it_meant():
    config = load(FILE)
    [prod] = config.organizations
    targets = {
        name: (
            getattr(prod.targets, name).enabled,
            getattr(prod.targets, name).refresh / 3600,
            getattr(prod.targets, name).services.value,
        )
        for name in ("root", "ous", "management_account", "accounts", "policies")
    }
    assert targets == {
        "root": (True, 6, "all"),
        "ous": (True, 6, "all"),
        "management_account": (True, 24, "accessed"),
        "accounts": (True, 24, "accessed"),
        "policies": (False, 24, "accessed"),
    }
    assert (config.collection.job_timeout, config.collection.max_report_age / 86400) == (300, 7)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_of_the_first_release_is_taken(flag):
    assert serve.make_context("serve", [flag])
