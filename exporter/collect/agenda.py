"""What is due: what to ask for next, when AWS's one slot may be taken for it, and the sweeps through all."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.collect.pace import Pace
from exporter.leads import Leads
from exporter.model import OrganizationView, Standing, Subject, Work
from exporter.timetable import Timetable

QUIET = 300.0


class Agenda:
    """The order of things for one organization.

    ``dormant_after`` in seconds, None to follow no leads. ``slot_share``: the share of the slot that may be
    taken, above 0 and at most 1. After each job others have the slot for as long as makes that true.
    ``led`` has the subjects that leads pointed at when :meth:`next` was last asked.
    """

    def __init__(self, pace: Pace, *, dormant_after: float | None, slot_share: float) -> None:
        self._pace = pace
        self._share = slot_share
        self._leads = None if dormant_after is None else Leads(dormant_after)
        self._timetable = Timetable()
        self._free_at = float("-inf")
        self.led: frozenset[Subject] = frozenset()

    def closed_for(self) -> float:
        """Seconds for which the slot is left to others."""
        return max(0.0, self._free_at - self._pace.monotonic())

    def held(self, seconds: float) -> None:
        """A job of ours had the slot until now, for so long."""
        self._free_at = self._pace.monotonic() + seconds * (1 / self._share - 1)

    def stretched(self, seconds: float) -> float:
        """How long a job of so many seconds takes with what is left to others after it."""
        return seconds / self._share

    def next(self, view: OrganizationView, now: float) -> tuple[Work | None, float]:
        if self._leads:
            self.led = self._leads.subjects(view.work, view.standings)
        return self._timetable.next_due(view.work, view.standings, now, self.led)

    def followed(self, before: Standing, after: Standing) -> Mapping[str, float]:
        return self._leads.followed(before, after) if self._leads else before.followed


@dataclass(slots=True)
class Sweep:
    """What was done while something was due: the stuff of one log line.

    After the first pass, each subject becomes due at a moment of its own, and a sweep may be one report long.
    Lines about sweeps are kept ``QUIET`` seconds apart; what one leaves out, the next one counts. Moments are
    monotonic seconds; ``began`` is None while nothing is due, ``busy`` counts what is over.
    """

    began: float | None = None
    reports: int = 0
    failed: int = 0
    busy: float = 0.0
    quiet_until: float = float("-inf")

    def begin(self, moment: float) -> None:
        """Something is due."""
        if self.began is None:
            self.began = moment

    def rest(self, moment: float) -> "Sweep | None":
        """Nothing is due any more: all that was done since the last line, if there should be one now."""
        if self.began is not None:
            self.busy += moment - self.began
            self.began = None
        if not self.busy or moment < self.quiet_until:
            return None
        told = Sweep(None, self.reports, self.failed, self.busy)
        self.reports, self.failed, self.busy, self.quiet_until = 0, 0, 0.0, moment + QUIET
        return told
