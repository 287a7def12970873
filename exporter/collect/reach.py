"""Whether an organization can be asked: what ``aws_org_access_up`` shows, and how long to leave it alone."""

from collections.abc import Callable
from enum import StrEnum
from threading import Lock

from exporter.collect.desk import Desk
from exporter.errors import AwsError
from exporter.telemetry.observer import Observer


class Stage(StrEnum):
    """The two things that have to reach AWS."""

    DISCOVERY = "discovery"
    JOB = "job"


# Seconds from one attempt that fails to the next: at first, and at most. What is mended is found so within
# half a minute, and an attempt that AWS refuses at its door costs one call; one that fails in the middle of
# a listing may cost hundreds.
FIRST = {Stage.DISCOVERY: 5.0, Stage.JOB: 1.0}
LONGEST = 25.0
LONGEST_OF_LISTINGS = 300.0
_SOON = 1.0


class Reach:
    """Remembers how the last discovery and the last job went.

    Discoveries and jobs tell it from threads of their own: one is told, shown and logged after the other.
    """

    def __init__(
        self,
        desk: Desk,
        observer: Observer,
        jitter: Callable[[float, float], float],
    ) -> None:
        self._desk = desk
        self._observer = observer
        self._jitter = jitter
        self._failures = dict.fromkeys(Stage, 0)
        self._discovered = False
        self._lock = Lock()

    def gained(self, stage: Stage) -> None:
        """AWS was reached."""
        with self._lock:
            self._failures[stage] = 0
            self._discovered |= stage is Stage.DISCOVERY
            if self._discovered and not any(self._failures.values()):
                self._show(up=True, trouble="")
                self._observer.reachable()

    def lost(self, stage: Stage, error: AwsError, took: float = 0.0) -> float:
        """AWS was not reached, which ``took`` seconds; those to wait, with jitter, before trying again."""
        longest = LONGEST_OF_LISTINGS if error.operation.startswith("List") else LONGEST
        with self._lock:
            wait = min(FIRST[stage] * 2.0 ** min(self._failures[stage], 30), longest)
            self._failures[stage] += 1
            self._show(up=False, trouble=error.advised)
            self._observer.unreachable(stage, str(error), error.remedy)
        return max(min(wait, _SOON), self._jitter(wait / 2, wait) - took)

    def _show(self, *, up: bool, trouble: str) -> None:
        view = self._desk.view
        if (view.up, view.trouble) != (up, trouble):
            self._desk.changed(up=up, trouble=trouble)
