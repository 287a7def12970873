"""Where a value is good, doubtful or bad: where bad, there is an alert, from the same value on."""

from collections.abc import Mapping

from grafana.panels import Steps
from grafana.ruleset import defaults

_ALERTS = defaults()

SHARE_UNUSED: Steps = ((None, "green"), (0.5, "yellow"), (_ALERTS["unusedShare"], "red"))
"""Of the services allowed, those never used."""
INTERVALS: Steps = ((None, "green"), (1.2, "yellow"), (_ALERTS["outdatedIntervals"], "red"))
"""Ages of reports, in refresh intervals."""
SLOT: Steps = ((None, "green"), (0.8, "yellow"), (1, "red"))
"""Of AWS's one slot, what is wanted of it."""
ONE: Steps = ((None, "red"), (1, "green"), (2, "red"))
"""What there has to be one of."""
FRESH: Steps = ((None, "red"), (0.5, "yellow"), (0.9, "green"))
"""Of all reports, those younger than their interval."""

OF_STATES: Mapping[str, str] = {"fresh": "green", "stale": "orange", "failed": "red", "pending": "#808080"}
"""The colour of each state of a report."""
