"""Where a collector's findings go: published at once, then kept, both only while its lease lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from exporter.collect.hold import Hold
from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.model import (
    Counts,
    Discovery,
    News,
    OrganizationView,
    Standing,
    StartedJob,
    Subject,
    tallied,
)
from exporter.publication import Publication
from exporter.store import Store
from exporter.telemetry.observer import Observer


class Desk:
    """One organization's publication and state, for one tenure; all methods raise LeaseLostError after it.

    What the store cannot take now is served all the same, and offered to it again with whatever comes next.
    News goes to the log once it is kept, and the state then learns that it is there. What a program kept that
    was killed before, the next one tells; what the state did not learn in time is told once more.
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
        self._news: dict[Subject, tuple[News, ...]] = {}
        self._tally: Counts | None = None
        self._unmarked = False

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

    def stood(self, standing: Standing, news: tuple[News, ...] = (), **changes: Any) -> None:
        """A subject stands differently now, as its report told ``news``, and with it fields of the view."""
        subject = standing.subject
        with self._hold.acting():
            if news:
                changes["tally"] = tallied(self._counted(), news)
            taken = self._publication.stood(self.name, standing, news=news, **changes)
        with self._lock:
            self._standings[subject] = standing
            if news and taken:
                self._news[subject] = (*news, *self._news.get(subject, ()))
        self.keep()

    def forget_news(self, before: float) -> None:
        """What was told by reports that were created before this time is to be kept no longer."""
        with self._lock, self._writing():
            self._store.forget_news(self._hold.lease, before)

    def discovered(self, discovery: Discovery) -> OrganizationView:
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
        self._mark_logged()
        for subject, standing in list(self._standings.items()):
            taken.append(self._offer_standing(standing, self._news.pop(subject, ())))
            del self._standings[subject]
        if self._discovery:
            found = self._discovery
            taken.append(self._offer(lambda: self._store.discovered(self._hold.lease, found)))
            self._discovery = None
        if taken and all(taken):
            self._observer.state_found()

    def _offer_standing(self, standing: Standing, news: tuple[News, ...]) -> bool:
        if not news:
            return self._offer(lambda: self._store.keep(self._hold.lease, standing))
        tally = tallied(self._tally or {}, news)
        try:
            taken = self._offer(lambda: self._store.keep(self._hold.lease, standing, news, tally))
        except (LeaseLostError, StateUnavailableError):
            self._news[standing.subject] = news
            raise
        self._tally = tally
        view = self._publication.current.find(self.name)
        self._observer.news(news, view.discovery if view else None)
        self._unmarked = True
        self._mark_logged()
        return taken

    def _mark_logged(self) -> None:
        """What was told will not be told again by whoever comes next."""
        if self._unmarked:
            self._offer(lambda: self._store.logged(self._hold.lease, self._tally or {}))
            self._unmarked = False

    def _counted(self) -> Counts:
        """What is shown to have been told, which is what is kept of it before anything new is."""
        tally = self.view.tally
        if self._tally is None:
            self._tally = tally
        return tally

    def _offer(self, write: Callable[[], None]) -> bool:
        """Write one thing; False for what the store will never take, which is logged and left at that."""
        try:
            write()
        except (LeaseLostError, StateUnavailableError):
            raise
        except StateError as error:
            self._observer.state_lost(str(error))
            return False
        return True
