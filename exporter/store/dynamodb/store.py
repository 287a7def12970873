"""A store that replicas share, with a lease per organization.

Every write is one transaction with an update of the lease, on the condition that its token and version are
those that the writer knows. Thus a writer that lost the lease without knowing it changes nothing, and
versions have no gaps: who has seen version 7 and finds 9 reads the two keys that the lease names, and has
everything.
"""

import time
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.model import NO_NEWS, Counts, Discovery, News, Standing, StartedJob
from exporter.store.address import TableAddress
from exporter.store.codec import (
    decode_job,
    encode_discovery,
    encode_job,
    encode_news,
    encode_standing,
    encode_tally,
)
from exporter.store.dynamodb.items import (
    DISCOVERY,
    LEASE,
    SORT,
    TALLY,
    Head,
    Item,
    binary,
    chunked,
    key,
    moving,
    news_key,
    number,
    standing_key,
    subject_of,
    text,
    told_at,
)
from exporter.store.dynamodb.leases import Leases, Writer, lost
from exporter.store.dynamodb.shelf import Shelf, remembered
from exporter.store.dynamodb.table import ConditionFailedError, Table, client_for
from exporter.store.interface import Lease, Pulse, Remembered
from exporter.store.telling import Tally, by_report, reports_of

_BYTES = 3_800_000  # of one write: a transaction holds 4 MB
_DELETES = 80  # of one write: a transaction holds 100 actions
_MOMENT = 2.0  # s for which a table that was out of reach is not asked again before it was read
_ATTEMPTS = 3  # at a write: one may find that an earlier one, whose answer was lost, was made


_Read = TypeVar("_Read")


class DynamoDbStore:
    """See :class:`exporter.store.interface.Store`; ``term`` and ``clock`` are those of :class:`Leases`."""

    def __init__(
        self,
        table: Table,
        *,
        term: float,
        clock: Callable[[], float] = time.monotonic,
        holder: str | None = None,
    ) -> None:
        self._table = table
        self._term = term
        self._leases = Leases(table, term, clock, holder)
        self._shelf = Shelf(table)
        self._checked = False
        self._clock = clock
        self._unavailable: tuple[float, StateUnavailableError] | None = None

    @property
    def term(self) -> float:
        return self._term

    def check(self) -> None:
        """Raise StateError unless the table is there, and ours."""
        if not self._checked:
            self._first(self._table.check)
            self._checked = True

    def acquire(self, organization: str) -> Lease | None:
        self.check()
        return self._leases.acquire(organization)

    def renew(self, lease: Lease, pulse: Pulse) -> None:
        self._leases.renew(lease, pulse)

    def release(self, lease: Lease) -> None:
        try:
            self._leases.release(lease)
        except LeaseLostError:
            return

    def started(self, lease: Lease, job: StartedJob) -> None:
        self._leases.started(lease, encode_job(job))

    def keep(
        self, lease: Lease, standing: Standing, news: Sequence[News] = (), tally: Counts = NO_NEWS
    ) -> None:
        told = {news_key(standing.subject, at): encode_news(pieces) for at, pieces in by_report(news).items()}
        counts = {TALLY: encode_tally(Tally(tally, reports_of(news)))} if told else {}
        self._write(lease, {standing_key(standing.subject): encode_standing(standing), **told, **counts})

    def logged(self, lease: Lease, tally: Counts) -> None:
        self._write(lease, {TALLY: encode_tally(Tally(tally))})

    def forget_news(self, lease: Lease, before: float) -> None:
        gone = [each for each in sorted(self._shelf.keys(lease.organization)) if told_at(each) < before]
        if gone:
            self._write(lease, {}, gone)

    def discovered(self, lease: Lease, discovery: Discovery) -> None:
        known = {entity.id for entity in discovery.entities}
        gone = [
            sort_key
            for sort_key in sorted(self._shelf.keys(lease.organization))
            if (subject := subject_of(sort_key)) and not subject.foreign and subject.entity_id not in known
        ]
        self._write(lease, {DISCOVERY: encode_discovery(discovery)}, gone)

    def recall(self, organization: str) -> Remembered:
        self.check()
        return self._first(lambda: self._recalled(organization))

    def _recalled(self, organization: str) -> Remembered:
        head = self._leases.head(organization)
        return remembered(head, self._shelf.all(organization)) if head else Remembered()

    def _first(self, read: Callable[[], _Read]) -> _Read:
        """What is read before there is anything to show; who asks within moments of a failure gets the same.

        Two hundred organizations that each waited for a table out of reach would keep the listener closed.
        """
        if self._unavailable and self._clock() < self._unavailable[0]:
            raise self._unavailable[1]
        try:
            return read()
        except StateUnavailableError as error:
            self._unavailable = (self._clock() + _MOMENT, error)
            raise

    def changes(self, organization: str, since: int) -> Remembered:
        head = self._leases.head(organization) or Head()
        wanted = head.since(since)
        if wanted is None:
            return remembered(head, self._shelf.all(organization, since))
        return remembered(head, self._shelf.some(organization, wanted))

    def close(self) -> None:
        self._table.close()

    def _write(self, lease: Lease, records: Mapping[str, bytes], gone: Sequence[str] = ()) -> None:
        """Put each record in the place of what was there, and delete what stands under the keys ``gone``."""
        size = sum(map(len, records.values()))
        if size > _BYTES:
            raise StateError(f"{', '.join(records)}: {size} bytes are more than DynamoDB takes at once")
        writer = self._leases.writer(lease)
        with writer.lock:
            self._advance(lease, writer, records, gone[:_DELETES])
            for at in range(_DELETES, len(gone), _DELETES):
                self._advance(lease, writer, {}, gone[at : at + _DELETES])

    def _advance(
        self, lease: Lease, writer: Writer, records: Mapping[str, bytes], gone: Sequence[str]
    ) -> None:
        """Write the next versions, one for each record, as one; and without the items of ``gone``."""
        for _ in range(_ATTEMPTS):
            head = writer.head
            following = replace(
                head,
                version=head.version + len(records),
                recent=head.wrote(records),
                started=_still(head.started, records),
            )
            puts = [
                item
                for sort_key, data in records.items()
                for item in chunked(lease.organization, sort_key, following.version, data)
            ]
            try:
                self._transact(lease, head, following, puts, gone)
            except ConditionFailedError:
                self._catch_up(lease, writer)
            else:
                writer.head = following
                self._shelf.note(lease.organization, [item[SORT]["S"] for item in puts], gone)
                return
        raise StateUnavailableError(f"the lease of {lease.organization!r} moves at every write")

    def _transact(
        self, lease: Lease, head: Head, following: Head, puts: Sequence[Item], gone: Sequence[str]
    ) -> None:
        values = {
            "version": number(following.version),
            "recent": text(" ".join(following.recent)),
            "started": binary(following.started),
        }
        known = {"token": number(lease.token), "version": number(head.version)}
        update = self._table.update_action(lease.organization, LEASE, **moving(values, known))
        self._table.transact(update, puts, [key(lease.organization, sort_key) for sort_key in gone])

    def _catch_up(self, lease: Lease, writer: Writer) -> None:
        """A write whose answer was lost may have been made all the same: go on from where the lease is."""
        head = self._leases.head(lease.organization)
        if head is None or head.token != lease.token:
            raise lost(lease)
        writer.head = head


def _still(started: bytes, written: Container[str]) -> bytes:
    """The job that runs, unless what came of it is among the keys that are written."""
    return b"" if started and standing_key(decode_job(started).subject) in written else started


def open_table(url: str, *, term: float, create: bool) -> DynamoDbStore:
    """The store behind ``dynamodb://…``; raises StateError for a table that is missing or not ours.

    A table that cannot be reached now is looked at again before it is first used.
    """
    address = TableAddress.parsed(url)
    table = Table(client_for(address), address.table)
    if create:
        table.create()
    store = DynamoDbStore(table, term=term)
    with suppress(StateUnavailableError):
        store.check()
    return store
