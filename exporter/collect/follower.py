"""What others have found, published here."""

from typing import Any

from exporter.model import NO_NEWS, News, StartedJob
from exporter.publication import Publication
from exporter.store import Remembered, Store


class Follower:
    """Publishes what the store says of one organization: all of it at first, then what changed.

    ``started`` is the job that ran at the last look, ``unlogged`` the news that was in no log then.
    """

    def __init__(self, name: str, store: Store, publication: Publication) -> None:
        self._name = name
        self._store = store
        self._publication = publication
        self._position: int | None = None
        self.started: StartedJob | None = None
        self.unlogged: tuple[News, ...] = ()

    def look(self) -> None:
        """Bring what is published up to what the store has; raises StateError."""
        if self._position is None:
            found = self._store.recall(self._name)
            if found.discovery or found.standings:
                self._publication.restored(self._name, found.discovery, found.standings, found.news)
                self._publication.changed(self._name, tally=found.tally or NO_NEWS)
        else:
            found = self._store.changes(self._name, self._position)
            self._apply(found)
        self._position = found.position
        self.started = found.started
        if found.tally:
            self.unlogged = found.unlogged
        running = found.started.subject if found.started else None
        self._publication.changed(self._name, lease_holder=found.holder, running=running, **_told(found))

    def forget(self) -> None:
        """What is published may be more than the store has: the next look takes it all from there."""
        self._position = None

    def _apply(self, found: Remembered) -> None:
        # The discovery first: a subject that it does not have is not published.
        if found.discovery:
            self._publication.discovered(self._name, found.discovery)
        for standing in found.standings.values():
            self._publication.stood(self._name, standing, news=found.news.get(standing.subject, ()))


def _told(found: Remembered) -> dict[str, Any]:
    pulse = {"up": found.pulse.up, "job_seconds": found.pulse.job_seconds} if found.pulse else {}
    return {**pulse, "tally": found.tally} if found.tally else pulse
