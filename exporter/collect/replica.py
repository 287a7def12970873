"""One organization in one of several processes: follows whoever holds its lease, collects while it does."""

from collections.abc import Callable
from threading import Thread

from exporter.collect.follower import Follower
from exporter.collect.hold import Hold
from exporter.collect.pace import Stopped, ThreadPace
from exporter.collect.runner import Runner
from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.lease import RENEWALS, Tenure
from exporter.model import StartedJob
from exporter.publication import Publication
from exporter.store import Lease, Pulse, Store
from exporter.telemetry.observer import Observer

_AT_LEAST = 3600.0  # s between looks at a lease that needs no renewal
_AFTER_CRASH = 30.0  # s


class Replica:
    """A thread that wants the lease.

    ``collecting`` makes the runner of a tenure, with the job that may still run. ``poll_interval`` is how
    often to look for what others found; with a shorter term more often, since a look is also how an abandoned
    lease is noticed.
    """

    def __init__(
        self,
        name: str,
        *,
        store: Store,
        publication: Publication,
        observer: Observer,
        pace: ThreadPace,
        poll_interval: float,
        collecting: Callable[[Hold, StartedJob | None], Runner],
    ) -> None:
        self.name = name
        self._store = store
        self._publication = publication
        self._observer = observer
        self._pace = pace
        self._interval = min(poll_interval, store.term / RENEWALS)
        self._collecting = collecting
        self._follower = Follower(name, store, publication)
        self._hold: Hold | None = None
        self._runner: Runner | None = None
        self._thread = Thread(target=self.run, name=f"lease:{name}", daemon=True)

    def recall(self) -> None:
        """Publish what is known; raises StateError for a state that is not usable."""
        self._publication.changed(self.name, lease_held=False, running=None, led=frozenset())
        try:
            self._follower.look()
        except StateUnavailableError as error:
            self._observer.state_lost(str(error))

    def start(self) -> None:
        """Go on in a thread."""
        self._thread.start()

    def hurry(self) -> None:
        """If the organization is in trouble, do not wait any longer before trying again."""
        runner = self._runner
        if runner:
            runner.hurry()

    def leave(self) -> None:
        """Abandon what is under way, and let others have the lease; returns at once."""
        self._pace.stop()
        if self._hold:
            self._hold.revoke()

    def stop(self) -> None:
        """Leave; nothing is published any more when this returns."""
        self.leave()
        if self._hold:
            self._hold.end()

    def join(self, seconds: float) -> None:
        """Wait until the lease is released, but no longer than this."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def run(self) -> None:
        """Follow and collect in turns, until stopped."""
        while True:
            try:
                self._guarded()
            except Stopped:
                return

    def _guarded(self) -> None:
        try:
            self._turn()
        except StateError as error:
            self._observer.state_lost(str(error))
            self._pace.pause(self._interval)
        except Stopped:
            raise
        except Exception:  # noqa: BLE001 - without this thread an organization is lost; what went wrong is logged
            self._observer.crashed("lease")
            self._pace.pause(_AFTER_CRASH)

    def _turn(self) -> None:
        self._pace.pause(0)  # a stop that came before the first turn
        sent = self._pace.steady()
        lease = self._store.acquire(self.name)
        if lease is None:
            self._follower.look()
            self._observer.state_found()
            self._pace.pause(self._interval)
        else:
            self._hold = Hold(lease, Tenure(self._store.term, sent), self._pace.steady)
            self._tenure(self._hold)

    def _tenure(self, hold: Hold) -> None:
        try:
            self._collect(hold)
        finally:
            hold.end()
            self._follower.forget()
            self._release(hold.lease)
        self._publication.changed(self.name, lease_held=False, running=None, led=frozenset())

    def _collect(self, hold: Hold) -> None:
        self._pace.pause(0)  # a stop that came before there was something to end
        # Nobody else can write any more: this look brings the last that the former holder kept.
        self._follower.look()
        self._tell_what_is_left(hold.lease)
        runner = self._collecting(hold, self._follower.started)
        self._publication.changed(self.name, lease_held=True, running=None)
        self._observer.lease_gained(hold.lease.token)
        runner.start()
        self._runner = runner
        try:
            self._renew(hold)
        except LeaseLostError as error:
            self._pace.pause(0)  # where a stop has ended it, nothing was lost
            self._observer.lease_lost(str(error))
        finally:
            self._runner = None
            hold.end()
            runner.stop()

    def _tell_what_is_left(self, lease: Lease) -> None:
        """Log the news that a program kept and did not live to log."""
        pieces, view = self._follower.unlogged, self._publication.current.find(self.name)
        if not (pieces and view):
            return
        self._observer.news(pieces, view.discovery)
        self._follower.unlogged = ()
        try:
            self._store.logged(lease, view.tally)
        except StateUnavailableError as error:
            self._observer.state_lost(str(error))

    def _renew(self, hold: Hold) -> None:
        """Until the lease is lost."""
        while True:
            wait = hold.until_renewal()
            self._pace.pause(min(wait, _AT_LEAST))
            if wait > _AT_LEAST:
                continue
            sent = self._pace.steady()
            try:
                self._store.renew(hold.lease, self._pulse())
            except StateUnavailableError as error:
                self._observer.state_lost(str(error))
                hold.check()
                self._pace.pause(self._interval / 4)
            else:
                hold.renewed(sent)

    def _pulse(self) -> Pulse:
        view = self._publication.current.find(self.name)
        return Pulse(view.up, view.job_seconds) if view else Pulse()

    def _release(self, lease: Lease) -> None:
        try:
            self._store.release(lease)
        except StateError as error:
            self._observer.state_lost(str(error))
