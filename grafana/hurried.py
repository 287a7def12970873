"""The rules for a demo, in which nobody waits six hours: ``python -m grafana.hurried 60 > rules.yml``.

Every duration is divided by the factor: how often a group is evaluated, how long a condition has to hold, how
far back it looks. Thresholds stay. Prometheus has to scrape as many times more often.
"""

import math
import re
import sys

from grafana.files import RULES

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(
    r"(?P<before>\[|\boffset |\binterval: |\bfor: |\bkeep_firing_for: )(?P<number>\d+)(?P<unit>[smhd])\b"
)


def hurried(factor: float) -> str:
    """The text of the rules with every duration divided, in whole seconds and at least one."""

    def divided(found: re.Match[str]) -> str:
        seconds = int(found["number"]) * _UNITS[found["unit"]] / factor
        return f"{found['before']}{max(1, math.ceil(seconds))}s"

    return _DURATION.sub(divided, RULES.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.stdout.write(hurried(float(sys.argv[1])))
