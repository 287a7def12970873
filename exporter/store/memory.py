"""State that lasts as long as the process."""

from threading import Lock

from exporter.model import Discovery, Standing, Subject
from exporter.store.interface import Remembered


class MemoryStore:
    """A store for tests, demonstrations, and daemons that may start from nothing."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._discoveries: dict[str, Discovery] = {}
        self._standings: dict[str, dict[Subject, Standing]] = {}

    def recall(self, organization: str) -> Remembered:
        """See :class:`exporter.store.interface.Store`."""
        with self._lock:
            standings = dict(self._standings.get(organization, {}))
            return Remembered(self._discoveries.get(organization), standings)

    def keep(self, organization: str, standing: Standing) -> None:
        """See :class:`exporter.store.interface.Store`."""
        with self._lock:
            self._standings.setdefault(organization, {})[standing.subject] = standing

    def discovered(self, organization: str, discovery: Discovery) -> None:
        """See :class:`exporter.store.interface.Store`."""
        known = {entity.id for entity in discovery.entities}
        with self._lock:
            self._discoveries[organization] = discovery
            kept = self._standings.get(organization, {})
            self._standings[organization] = {
                subject: standing
                for subject, standing in kept.items()
                if subject.foreign or subject.entity_id in known
            }

    def close(self) -> None:
        """See :class:`exporter.store.interface.Store`."""
