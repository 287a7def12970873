"""State that lasts as long as the process."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from exporter.model import NO_NEWS, Counts, Discovery, News, Standing, StartedJob, Subject
from exporter.store.interface import Lease, Remembered, Unshared
from exporter.store.telling import Tally, reports_of, told_by


class MemoryStore(Unshared):
    """See :class:`exporter.store.interface.Store`: for tests, and daemons that may start from nothing."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._discoveries: dict[str, Discovery] = {}
        self._standings: dict[str, dict[Subject, Standing]] = {}
        self._started: dict[str, StartedJob] = {}
        self._news: dict[str, dict[Subject, tuple[News, ...]]] = {}
        self._tallies: dict[str, Tally] = {}

    def started(self, lease: Lease, job: StartedJob) -> None:
        with self._lock:
            self._started[lease.organization] = job

    def keep(
        self, lease: Lease, standing: Standing, news: Sequence[News] = (), tally: Counts = NO_NEWS
    ) -> None:
        with self._lock:
            if news:
                told = self._news.setdefault(lease.organization, {})
                told[standing.subject] = tuple(dict.fromkeys((*news, *told.get(standing.subject, ()))))
                self._tallies[lease.organization] = Tally(tally, reports_of(news))
            self._standings.setdefault(lease.organization, {})[standing.subject] = standing
            started = self._started.get(lease.organization)
            if started and started.subject == standing.subject:
                del self._started[lease.organization]

    def logged(self, lease: Lease, tally: Counts) -> None:
        with self._lock:
            self._tallies[lease.organization] = Tally(tally)

    def forget_news(self, lease: Lease, before: float) -> None:
        with self._lock:
            told = self._news.get(lease.organization, {})
            for subject, pieces in list(told.items()):
                told[subject] = tuple(piece for piece in pieces if piece.told >= before)
                if not told[subject]:
                    del told[subject]

    def discovered(self, lease: Lease, discovery: Discovery) -> None:
        known = {entity.id for entity in discovery.entities}
        with self._lock:
            self._discoveries[lease.organization] = discovery
            for kept in (self._standings, self._news):
                of_one: dict[Subject, Any] = kept.get(lease.organization, {})
                for subject in list(of_one):
                    if not subject.foreign and subject.entity_id not in known:
                        del of_one[subject]

    def recall(self, organization: str) -> Remembered:
        with self._lock:
            standings = dict(self._standings.get(organization, {}))
            news, tally = dict(self._news.get(organization, {})), self._tallies.get(organization)
            return Remembered(
                self._discoveries.get(organization),
                standings,
                self._started.get(organization),
                news=news,
                tally=tally.counts if tally else None,
                unlogged=told_by(tally.unlogged, news) if tally else (),
            )

    def changes(self, organization: str, since: int) -> Remembered:
        with self._lock:
            return Remembered(started=self._started.get(organization), position=since)

    def close(self) -> None:
        """See :class:`exporter.store.interface.Store`."""
