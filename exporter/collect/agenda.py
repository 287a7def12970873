"""What to ask for next, and when AWS's one slot may be taken for it."""

from collections.abc import Mapping

from exporter.collect.pace import Pace
from exporter.leads import Leads
from exporter.model import OrganizationView, Standing, Subject, Work
from exporter.timetable import Timetable


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
        """See :func:`exporter.order.next_due`."""
        if self._leads:
            self.led = self._leads.subjects(view.work, view.standings)
        return self._timetable.next_due(view.work, view.standings, now, self.led)

    def followed(self, before: Standing, after: Standing) -> Mapping[str, float]:
        """The ``followed`` of ``after``, see :func:`exporter.leads.followed`."""
        return self._leads.followed(before, after) if self._leads else before.followed
