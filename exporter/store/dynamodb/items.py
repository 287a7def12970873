"""The items of the table: what is in them, and under which key. No I/O.

The partition key ``organization`` is the configured name. Under it, by the sort key ``item``:

====================  ======================================================================================
``lease``             who collects, its token and its pulse; the version of what is kept, and what the last
                      versions changed
``discovery``         the last discovery
``standing/E/P``      how entity E, seen through policy P (or nothing), stands
``news/E/P/T``        what the report of time T (Unix seconds) told of them
``tally``             how much news of each kind there has been, and what of it is in no log yet
one of these, ``/N``  its N-th chunk, from 1 on: an item holds 400 KB
====================  ======================================================================================
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exporter.errors import StateError
from exporter.model import Subject

FORMAT = 1
PARTITION = "organization"
SORT = "item"
LEASE = "lease"
DISCOVERY = "discovery"
STANDING = "standing"
NEWS = "news"
TALLY = "tally"
CHUNK = 350_000  # bytes in an item; DynamoDB allows 400 KB with all names and keys
RECENT = 500  # bytes of keys in the lease: with them it stays at one write unit (1 KB)

Item = dict[str, dict[str, Any]]
"""An item as DynamoDB takes it: every value with its type."""


def text(value: str) -> dict[str, Any]:
    return {"S": value}


def number(value: float) -> dict[str, Any]:
    """A number; DynamoDB has no infinity."""
    return {"N": repr(value)}


def binary(value: bytes) -> dict[str, Any]:
    return {"B": value}


def key(organization: str, item: str) -> Item:
    return {PARTITION: text(organization), SORT: text(item)}


def standing_key(subject: Subject) -> str:
    """The sort key of how a subject stands."""
    return f"{STANDING}/{subject.entity_id}/{subject.policy_id}"


def news_key(subject: Subject, told: float) -> str:
    """The sort key of what a report told of a subject."""
    return f"{NEWS}/{subject.entity_id}/{subject.policy_id}/{told!r}"


def kind_of(sort_key: str) -> str:
    return sort_key.partition("/")[0]


def subject_of(sort_key: str) -> Subject | None:
    """The subject of a sort key, its further chunks included; None for an item that is about none."""
    kind, *rest = sort_key.split("/")
    return Subject(rest[0], rest[1]) if kind in {STANDING, NEWS} else None


def told_at(sort_key: str) -> float:
    """The time in the sort key of news, its further chunks included; infinity in that of anything else."""
    kind, *rest = sort_key.split("/")
    return float(rest[2]) if kind == NEWS else float("inf")


@dataclass(frozen=True, slots=True)
class Head:
    """The item ``lease``. ``recent`` are the sort keys that the last versions wrote, oldest first: a write
    of several counts for as many versions.

    ``started`` is the job that runs, encoded, or nothing. ``instance`` is who holds the lease, for a program
    (empty: nobody); ``holder`` for people. ``beat`` counts its renewals. The clocks of two
    machines are never compared.
    """

    token: int = 0
    instance: str = ""
    holder: str = ""
    beat: int = 0
    term: float = 0.0
    version: int = 0
    recent: tuple[str, ...] = ()
    up: bool = False
    job_seconds: float = 0.0
    started: bytes = b""

    @classmethod
    def read(cls, item: Item) -> "Head":
        """Raises StateError for an item of a later version of this program, or of another one."""
        try:
            found = int(item["format"]["N"])
            if found != FORMAT:
                raise StateError(f"the table is of format {found}; this program knows {FORMAT}")
            return cls(
                token=int(item["token"]["N"]),
                instance=item["instance"]["S"],
                holder=item["holder"]["S"],
                beat=int(item["beat"]["N"]),
                term=float(item["term"]["N"]),
                version=int(item["version"]["N"]),
                recent=tuple(item["recent"]["S"].split()),
                up=item["up"]["BOOL"],
                job_seconds=float(item["job_seconds"]["N"]),
                started=bytes(item["started"]["B"]),
            )
        except (KeyError, ValueError) as error:
            raise StateError(f"the table holds a lease that makes no sense: {error!r}") from error

    def since(self, version: int) -> list[str] | None:
        """The sort keys written after ``version``, each once; None where that is not known any more."""
        missing = self.version - version
        if missing > len(self.recent):
            return None
        return list(dict.fromkeys(self.recent[len(self.recent) - missing :])) if missing > 0 else []

    def wrote(self, sort_keys: Iterable[str]) -> tuple[str, ...]:
        """``recent`` with some more, and without those that there is no room for."""
        recent = [*self.recent, *sort_keys]
        while len(" ".join(recent)) > RECENT:
            del recent[0]
        return tuple(recent)


BLANK = {
    "format": number(FORMAT),
    "beat": number(0),
    "version": number(0),
    "recent": text(""),
    "up": {"BOOL": False},
    "job_seconds": number(0),
    "started": binary(b""),
}
"""What a lease that nobody has held yet begins with."""


def moving(values: Item, known: Mapping[str, dict[str, Any] | None]) -> dict[str, Any]:
    """The expressions of an update of the lease that sets ``values`` and counts one more beat.

    It is made only while ``known`` is what the lease has (None: while it has no such attribute).
    """
    first = known.get("token", {}) is None
    sets = [f"#{name} = :{name}" for name in values] + ([] if first else ["#beat = #beat + :one"])
    conditions = [
        f"attribute_not_exists(#{name})" if value is None else f"#{name} = :known_{name}"
        for name, value in known.items()
    ]
    given = {f":known_{name}": value for name, value in known.items() if value is not None}
    return {
        "UpdateExpression": f"SET {', '.join(sets)}",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {f"#{name}": name for name in {**values, **known, "beat": None}},
        "ExpressionAttributeValues": {
            **{f":{name}": value for name, value in values.items()},
            **given,
            **({} if first else {":one": number(1)}),
        },
    }


def chunked(organization: str, sort_key: str, version: int, data: bytes) -> list[Item]:
    """The items that hold ``data``: all of one version, the first says how many there are."""
    parts = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)] or [b""]
    names = [sort_key, *(f"{sort_key}/{n}" for n in range(1, len(parts)))]
    items = [
        {**key(organization, name), "version": number(version), "data": binary(part)}
        for name, part in zip(names, parts, strict=True)
    ]
    items[0]["chunks"] = number(len(parts))
    return items


def further_chunks(items: Iterable[Item]) -> list[str]:
    """The sort keys of the chunks that belong to these first ones."""
    counted = [(item[SORT]["S"], int(item["chunks"]["N"])) for item in items if "chunks" in item]
    return [f"{sort_key}/{n}" for sort_key, count in counted for n in range(1, count)]


def joined(items: Iterable[Item]) -> Mapping[str, bytes] | None:
    """What the items hold, by sort key; None where chunks were read while they were replaced.

    A chunk that its first does not count is left over from something larger.
    """
    by_key = {item[SORT]["S"]: item for item in items}
    found: dict[str, bytes] = {}
    for sort_key, first in by_key.items():
        if "chunks" not in first:
            continue
        wanted = [sort_key, *further_chunks([first])]
        chunks = [by_key.get(name) for name in wanted]
        if any(chunk is None or chunk["version"] != first["version"] for chunk in chunks):
            return None
        found[sort_key] = b"".join(bytes(chunk["data"]["B"]) for chunk in chunks if chunk)
    return found
