import re

import pytest

from grafana.files import RULES
from grafana.hurried import hurried

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def durations(text):
    """Seconds of every duration that a rule waits for or looks back over, in their order."""
    found = re.findall(r"(?:\[|offset |interval: |for: )(\d+)([smhd])\b", text)
    return [int(number) * UNITS[unit] for number, unit in found]


@pytest.mark.parametrize("factor", [1, 60])
def test_every_duration_is_divided(factor):
    asked = durations(RULES.read_text())
    assert asked
    assert durations(hurried(factor)) == [seconds / factor for seconds in asked]


def test_no_duration_becomes_nothing():
    assert min(durations(hurried(1e6))) == 1


def test_thresholds_stay():
    assert "- 7 * 86400" in hurried(60)
    assert "> 0.8" in hurried(60)
