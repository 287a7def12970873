"""Flags that are durations are written as Prometheus writes them."""

import pytest

from exporter.__main__ import main

SERVE = ["serve", "--state.url=nowhere:"]


@pytest.mark.parametrize("flag", ["--state.poll-interval", "--ha.lease-duration"])
@pytest.mark.parametrize("given", ["10", "soon", "-1s", "0s", "1ms"])
def test_what_is_no_duration_or_too_short_is_a_matter_of_usage(capsys, flag, given):
    assert main([*SERVE, f"{flag}={given}"]) == 2
    assert flag in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--state.poll-interval", "--ha.lease-duration"])
def test_a_duration_is_taken(capsys, flag):
    assert main([*SERVE, f"{flag}=1m30s"]) == 1
    assert "nowhere:" in capsys.readouterr().err
