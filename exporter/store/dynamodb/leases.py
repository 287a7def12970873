"""Who holds the lease of each organization: the item ``lease``, read, taken, renewed and given back."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any
from uuid import uuid4

from exporter.errors import LeaseLostError
from exporter.lease import Sighting
from exporter.store.dynamodb.items import BLANK, LEASE, Head, binary, moving, number, text
from exporter.store.dynamodb.table import ConditionFailedError, Table
from exporter.store.interface import Lease, Pulse


@dataclass(slots=True)
class Writer:
    """What a holder knows of its lease, and the lock that lets its threads write in turn."""

    head: Head
    lock: Lock = field(default_factory=Lock)


class Leases:
    """The leases of one table, as one process sees them.

    ``term`` is how long a lease of this process lasts; for those of others, theirs counts if it is longer.
    ``clock`` gives seconds that never step.
    """

    def __init__(self, table: Table, term: float, clock: Callable[[], float], holder: str | None) -> None:
        self._table = table
        self._term = term
        self._clock = clock
        self._holder = holder or f"{socket.gethostname()}/{os.getpid()}"
        self._instance = uuid4().hex
        self._sightings: dict[str, Sighting] = {}
        self._writers: dict[str, Writer] = {}

    def head(self, organization: str) -> Head | None:
        """The lease as it is now; every look at it counts for telling whether it is abandoned."""
        item = self._table.get(organization, LEASE)
        if item is None:
            return None
        head, at = Head.read(item), self._clock()
        record = (head.token, head.beat)
        seen = self._sightings.get(organization)
        self._sightings[organization] = seen.seen(record, at) if seen else Sighting(record, at)
        return head

    def acquire(self, organization: str) -> Lease | None:
        """A lease with the next token, if it is free, or was abandoned, or is ours already."""
        head = self.head(organization)
        if head and not self._free(organization, head):
            return None
        try:
            taken = self._table.update(organization, LEASE, **self._taking(head))
        except ConditionFailedError:
            return None
        writer = self._writers[organization] = Writer(Head.read(taken))
        return Lease(organization, writer.head.token)

    def renew(self, lease: Lease, pulse: Pulse) -> None:
        """One more beat; raises LeaseLostError."""
        told = {"up": {"BOOL": pulse.up}, "job_seconds": number(pulse.job_seconds)}
        self._beat(lease, told)

    def started(self, lease: Lease, job: bytes) -> None:
        """Note the job that runs; raises LeaseLostError."""
        self._beat(lease, {"started": binary(job)})
        writer = self.writer(lease)
        with writer.lock:
            writer.head = replace(writer.head, started=job)

    def release(self, lease: Lease) -> None:
        """Nobody holds it any more; raises LeaseLostError if somebody else does."""
        writer = self.writer(lease)
        self._beat(lease, {"instance": text(""), "holder": text("")})
        # Meanwhile this process may have taken it again.
        if self._writers.get(lease.organization) is writer:
            del self._writers[lease.organization]

    def writer(self, lease: Lease) -> Writer:
        """What is known of a lease that is held; raises LeaseLostError for one that is known to be lost."""
        writer = self._writers.get(lease.organization)
        if writer is None or writer.head.token != lease.token:
            raise lost(lease)
        return writer

    def _free(self, organization: str, head: Head) -> bool:
        if head.instance in {"", self._instance}:
            return True
        return self._sightings[organization].abandoned(max(self._term, head.term), self._clock())

    def _taking(self, head: Head | None) -> dict[str, Any]:
        """The next token, on the condition that nothing has moved since ``head``."""
        mine = {
            "token": number(head.token + 1 if head else 1),
            "instance": text(self._instance),
            "holder": text(self._holder),
            "term": number(self._term),
        }
        if head is None:
            return moving({**BLANK, **mine}, {"token": None})
        return moving(mine, {"token": number(head.token), "beat": number(head.beat)})

    def _beat(self, lease: Lease, values: dict[str, Any]) -> None:
        writer = self.writer(lease)
        # In turn with the writes: DynamoDB refuses an update of what a transaction is just updating.
        with writer.lock:
            try:
                self._table.update(
                    lease.organization, LEASE, **moving(values, {"token": number(lease.token)})
                )
            except ConditionFailedError:
                raise lost(lease) from None


def lost(lease: Lease) -> LeaseLostError:
    """The error for a lease that is somebody else's by now."""
    return LeaseLostError(f"the lease of {lease.organization!r} is somebody else's")
