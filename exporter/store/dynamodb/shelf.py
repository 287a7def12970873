"""What is kept in the table, read: all of an organization, or the few items that changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from exporter.errors import StateError, StateUnavailableError
from exporter.store.codec import (
    decode_discovery,
    decode_job,
    decode_news,
    decode_standing,
    decode_tally,
)
from exporter.store.dynamodb.items import (
    DISCOVERY,
    LEASE,
    NEWS,
    SORT,
    STANDING,
    TALLY,
    Head,
    Item,
    further_chunks,
    joined,
    kind_of,
)
from exporter.store.dynamodb.table import Table
from exporter.store.interface import Pulse, Remembered
from exporter.store.telling import joined as told_of_each
from exporter.store.telling import told_by

_ATTEMPTS = 3  # at chunks that are being replaced while they are read
_Value = TypeVar("_Value")


class Shelf:
    """Reads one table, and remembers under which keys something stands."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._keys: dict[str, set[str]] = {}

    def keys(self, organization: str) -> set[str]:
        """The sort keys of all that is kept of an organization; read once, then followed."""
        if organization not in self._keys:
            self.all(organization)
        return self._keys[organization]

    def note(self, organization: str, put: Iterable[str], gone: Iterable[str]) -> None:
        """Something was put under some keys, and nothing is under others any more."""
        if organization in self._keys:
            self._keys[organization].difference_update(gone)
            self._keys[organization].update(put)

    def all(self, organization: str, since: int = 0) -> Mapping[str, bytes]:
        """Everything of an organization that is of a later version than ``since``."""

        def read() -> Iterable[Item]:
            found = [item for item in self._table.all(organization) if item[SORT]["S"] != LEASE]
            self._keys[organization] = {item[SORT]["S"] for item in found}
            return [item for item in found if int(item["version"]["N"]) > since]

        return _whole(read)

    def some(self, organization: str, sort_keys: Sequence[str]) -> Mapping[str, bytes]:
        """What stands under these keys, as far as there is something."""

        def read() -> Iterable[Item]:
            found = list(self._table.some(organization, sort_keys))
            found += self._table.some(organization, further_chunks(found))
            self.note(organization, [item[SORT]["S"] for item in found], ())
            return found

        return _whole(read) if sort_keys else {}


def _whole(read: Callable[[], Iterable[Item]]) -> Mapping[str, bytes]:
    for _ in range(_ATTEMPTS):
        found = joined(read())
        if found is not None:
            return found
    raise StateUnavailableError("what is kept was replaced while it was read, again and again")


def remembered(head: Head, found: Mapping[str, bytes]) -> Remembered:
    """What the bytes say; raises StateError with the key of what makes no sense."""
    standings = list(_each(STANDING, decode_standing, found))
    news = told_of_each(_each(NEWS, decode_news, found))
    tally = next(_each(TALLY, decode_tally, found), None)
    return Remembered(
        discovery=next(_each(DISCOVERY, decode_discovery, found), None),
        standings={standing.subject: standing for standing in standings},
        started=decode_job(head.started) if head.started else None,
        position=head.version,
        holder=head.holder,
        pulse=Pulse(head.up, head.job_seconds),
        news=news,
        tally=tally.counts if tally else None,
        unlogged=told_by(tally.unlogged, news) if tally else (),
    )


def _each(kind: str, decode: Callable[[bytes], _Value], found: Mapping[str, bytes]) -> Iterator[_Value]:
    return (_decoded(key, decode, data) for key, data in found.items() if kind_of(key) == kind)


def _decoded(sort_key: str, decode: Callable[[bytes], _Value], data: bytes) -> _Value:
    try:
        return decode(data)
    except StateError as error:
        raise StateError(f"the table's item {sort_key!r}: {error}") from error
