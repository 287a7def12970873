"""The right to collect, as all threads of an organization see it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock

from exporter.errors import LeaseLostError
from exporter.lease import Tenure
from exporter.store import Lease


class Hold:
    """One tenure of a lease; once over, over for good, whatever a late renewal says.

    ``clock`` gives seconds that never step, on the scale of ``tenure``.
    """

    def __init__(self, lease: Lease, tenure: Tenure, clock: Callable[[], float]) -> None:
        self.lease = lease
        self._tenure = tenure
        self._clock = clock
        self._lock = RLock()
        self._over = False

    def check(self) -> None:
        """Raise LeaseLostError unless things may still be done by its right."""
        if self._over or self._clock() >= self._tenure.ends:
            self._over = True
            raise LeaseLostError(f"the lease of {self.lease.organization!r} is over")

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Nothing that is done inside comes after the end; raises LeaseLostError if it has come."""
        with self._lock:
            self.check()
            yield

    def until_renewal(self) -> float:
        """Seconds until the next renewal is due."""
        return self._tenure.renew_at - self._clock()

    def renewed(self, sent: float) -> None:
        """A renewal sent at ``sent`` was granted; raises LeaseLostError if it came too late."""
        with self.acting():
            self._tenure = self._tenure.renewed(sent)

    def revoke(self) -> None:
        """Nothing more begins; what is being done is not waited for."""
        self._over = True

    def end(self) -> None:
        """Nothing more begins, and nothing is being done any more when this returns."""
        self.revoke()
        with self._lock:
            pass
