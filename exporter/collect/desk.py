"""Where a collector's findings go: published at once, then kept, both only while its lease lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

from exporter.collect.hold import Hold
from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.model import Discovery, OrganizationView, Standing, StartedJob, Subject
from exporter.publication import Publication
from exporter.store import Lease, Store
from exporter.telemetry.observer import Observer

_Found = TypeVar("_Found")


class Desk:
    """One organization's publication and state, for one tenure; all methods raise LeaseLostError after it.

    What the store cannot take now is served all the same, and offered to it again with whatever comes next.
    """

    def __init__(self, publication: Publication, store: Store, hold: Hold, observer: Observer) -> None:
        self.name = hold.lease.organization
        self._publication = publication
        self._store = store
        self._hold = hold
        self._observer = observer
        self._lock = Lock()
        self._discovery: Discovery | None = None
        self._standings: dict[Subject, Standing] = {}

    @property
    def view(self) -> OrganizationView:
        """What is known now."""
        return self._publication.current.organization(self.name)

    def changed(self, **changes: Any) -> None:
        """Fields of the view changed, and no report did."""
        with self._hold.acting():
            self._publication.changed(self.name, **changes)

    def shown(self, standing: Standing) -> None:
        """A subject stands so for the moment: published, and not kept."""
        with self._hold.acting():
            self._publication.stood(self.name, standing)

    def started(self, job: StartedJob) -> None:
        """AWS runs this job; kept if that can be done at once, and of no use later."""
        with self._lock, self._writing():
            self._store.started(self._hold.lease, job)

    def stood(self, standing: Standing, **changes: Any) -> None:
        """A subject stands differently now, and with it fields of the view."""
        with self._hold.acting():
            self._publication.stood(self.name, standing, **changes)
        with self._lock:
            self._standings[standing.subject] = standing
        self.keep()

    def discovered(self, discovery: Discovery) -> OrganizationView:
        """A discovery succeeded."""
        with self._hold.acting():
            view = self._publication.discovered(self.name, discovery)
        with self._lock:
            self._discovery = discovery
        self.keep()
        return view

    def keep(self) -> None:
        """Offer the store all that it does not have yet."""
        with self._lock, self._writing():
            self._offer_all()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except LeaseLostError:
            self._hold.end()
            raise
        except StateUnavailableError as error:
            self._observer.state_lost(str(error))

    def _offer_all(self) -> None:
        # Standings first: a discovery forgets those of entities that are gone.
        taken = []
        for subject, standing in list(self._standings.items()):
            taken.append(self._offer(self._store.keep, standing))
            del self._standings[subject]
        if self._discovery:
            taken.append(self._offer(self._store.discovered, self._discovery))
            self._discovery = None
        if taken and all(taken):
            self._observer.state_found()

    def _offer(self, write: Callable[[Lease, _Found], None], found: _Found) -> bool:
        """Write one thing; False for what the store will never take, which is logged and left at that."""
        try:
            write(self._hold.lease, found)
        except (LeaseLostError, StateUnavailableError):
            raise
        except StateError as error:
            self._observer.state_lost(str(error))
            return False
        return True
