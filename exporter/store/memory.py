"""State that lasts as long as the process."""

from threading import Lock

from exporter.model import Discovery, Standing, StartedJob, Subject
from exporter.store.interface import Lease, Pulse, Remembered


class MemoryStore:
    """A store for tests, demonstrations, and daemons that may start from nothing.

    Nobody else can write to it: a lease is granted to whoever asks, and is never lost.
    """

    term = float("inf")

    def __init__(self) -> None:
        self._lock = Lock()
        self._discoveries: dict[str, Discovery] = {}
        self._standings: dict[str, dict[Subject, Standing]] = {}
        self._started: dict[str, StartedJob] = {}

    def acquire(self, organization: str) -> Lease | None:
        """See :class:`exporter.store.interface.Store`."""
        return Lease(organization)

    def renew(self, lease: Lease, pulse: Pulse) -> None:
        """See :class:`exporter.store.interface.Store`."""

    def release(self, lease: Lease) -> None:
        """See :class:`exporter.store.interface.Store`."""

    def started(self, lease: Lease, job: StartedJob) -> None:
        """See :class:`exporter.store.interface.Store`."""
        with self._lock:
            self._started[lease.organization] = job

    def keep(self, lease: Lease, standing: Standing) -> None:
        """See :class:`exporter.store.interface.Store`."""
        with self._lock:
            self._standings.setdefault(lease.organization, {})[standing.subject] = standing
            started = self._started.get(lease.organization)
            if started and started.subject == standing.subject:
                del self._started[lease.organization]

    def discovered(self, lease: Lease, discovery: Discovery) -> None:
        """See :class:`exporter.store.interface.Store`."""
        known = {entity.id for entity in discovery.entities}
        with self._lock:
            self._discoveries[lease.organization] = discovery
            kept = self._standings.get(lease.organization, {})
            self._standings[lease.organization] = {
                subject: standing
                for subject, standing in kept.items()
                if subject.foreign or subject.entity_id in known
            }

    def recall(self, organization: str) -> Remembered:
        """See :class:`exporter.store.interface.Store`."""
        with self._lock:
            standings = dict(self._standings.get(organization, {}))
            return Remembered(self._discoveries.get(organization), standings, self._started.get(organization))

    def changes(self, organization: str, since: int) -> Remembered:
        """See :class:`exporter.store.interface.Store`."""
        with self._lock:
            return Remembered(started=self._started.get(organization), position=since)

    def close(self) -> None:
        """See :class:`exporter.store.interface.Store`."""
