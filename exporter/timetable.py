"""What :func:`exporter.order.next_due` says, for thousands of subjects of which few change between steps."""

from collections.abc import Container, Mapping

from exporter.model import Standing, Subject, Work
from exporter.order import due_at, urgency

_LATEST = float("inf")


class Timetable:
    """Remembers when each subject is due, as long as it stands as it did. Not shared between threads."""

    def __init__(self) -> None:
        self._now = _LATEST
        self._forget(())

    def next_due(
        self,
        work: tuple[Work, ...],
        standings: Mapping[Subject, Standing],
        now: float,
        led: Container[Subject] = (),
    ) -> tuple[Work | None, float]:
        """See :func:`exporter.order.next_due`."""
        if work is not self._work or now < self._now:
            self._forget(work)
        self._now = now
        ready: list[Work] = []
        soonest = _LATEST
        places = zip(self._subjects, self._seen, self._due, strict=True)
        for place, (subject, seen, remembered) in enumerate(places):
            standing = standings.get(subject)
            due = remembered if standing is seen else None
            if due is None:
                due = self._noted(place, work[place], standing, now)
            if due > now and subject in led:
                due = due_at(work[place], standing, now, led=True)
            if due <= now:
                ready.append(work[place])
            elif due < soonest:
                soonest = due
        if not ready:
            return None, soonest

        def pressing(item: Work) -> tuple[float, ...]:
            return urgency(item, standings.get(item.subject), now, led=item.subject in led)

        return min(ready, key=pressing), now

    def _forget(self, work: tuple[Work, ...]) -> None:
        self._work = work
        self._subjects = [item.subject for item in work]
        self._seen: list[Standing | None] = [None] * len(work)
        self._due: list[float | None] = [None] * len(work)

    def _noted(self, place: int, item: Work, standing: Standing | None, now: float) -> float:
        """When it is due; remembered unless that is for a date that only a later ``now`` can explain."""
        due = due_at(item, standing, now)
        lasting = due == due_at(item, standing, _LATEST)
        self._seen[place], self._due[place] = standing, due if lasting else None
        return due
