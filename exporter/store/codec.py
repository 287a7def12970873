"""What a store keeps, as bytes: small, checked, and of a version.

::

    byte 0        the version of all that follows: the lowest that has the fields written
    bytes 1 to 4  CRC-32 of the rest, big-endian
    the rest      JSON in UTF-8, deflated with the names of AWS's services as its dictionary

The rows of a report are written as columns, since the values of a column resemble each other. Strings are
written with surrogates as they are, so that whatever AWS said comes back the same.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import starmap
from sys import intern
from typing import Any, TypeVar

from isal import isal_zlib

from exporter.errors import StateError
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    News,
    NewsKind,
    Policy,
    Report,
    ServiceAccess,
    Standing,
    StartedJob,
    Subject,
    unused,
)
from exporter.redaction import redacted
from exporter.store.telling import Tally

VERSION = 1
# A standing's "path", "listed", "listed_at", "asked" and "followed", a job's path, a tally's "unlogged", and
# since when an account is a member; what policies are attached to, and why that is not known.
WITH_PATH = 2
KNOWN = frozenset({VERSION, WITH_PATH})
# Whoever changes this file cannot read what was kept with it: a new one needs a new version beside this one.
DICTIONARY = "services.v1.json"

_HEAD = 5
_LEVEL = 6  # of zlib; isal's best is a tenth larger
_RAW = -15
_Value = TypeVar("_Value")


@cache
def _dictionary() -> bytes:
    return files("exporter.store").joinpath(DICTIONARY).read_bytes()


def encode_standing(standing: Standing) -> bytes:
    """How a subject stands, its report included: some 1 to 5 KB for 455 services."""
    report, job = standing.report, standing.job
    return _packed(
        {
            "subject": standing.subject,
            "report": report and _report_values(report),
            "job": job and [job.status, job.created, job.completed, job.error_code, job.error_message],
            "failures": standing.failures,
            "retry_at": standing.retry_at,
            "expired": standing.expired,
            "last_known": dict(standing.last_known),
            "path": standing.path,
            "listed": sorted(standing.listed),
            "listed_at": standing.listed_at,
            "asked": standing.asked,
            "followed": dict(standing.followed),
        },
        WITH_PATH,
    )


def decode_standing(data: bytes) -> Standing:
    """The standing; raises StateError for bytes that are none, or of a later version."""
    return _read(data, _standing)


def encode_discovery(discovery: Discovery) -> bytes:
    """A discovery: some 25 bytes per account."""
    return _packed(
        {
            "org_id": discovery.org_id,
            "management_account_id": discovery.management_account_id,
            "partition": discovery.partition,
            "entities": _transposed(
                [(e.id, e.type, e.name, e.path, e.parent_id, e.state, e.joined) for e in discovery.entities]
            ),
            "policies": _transposed([(one.id, one.name, one.targets) for one in discovery.policies]),
            "at": discovery.at,
            "duration": discovery.duration,
            "unattached": discovery.unattached,
        },
        WITH_PATH,
    )


def decode_discovery(data: bytes) -> Discovery:
    """The discovery; raises StateError for bytes that are none, or of a later version."""
    return _read(data, _discovery)


def encode_job(job: StartedJob) -> bytes:
    """A job whose report is not read yet."""
    return _packed([job.subject, job.job_id, job.principal, job.at, job.path], WITH_PATH)


def decode_job(data: bytes) -> StartedJob:
    """The job; raises StateError for bytes that are none, or of a later version."""
    return _read(data, lambda values: StartedJob(Subject(*values[0]), *values[1:]))


def encode_news(news: Sequence[News]) -> bytes:
    """What one report told of one subject, which is something: some 20 bytes a piece."""
    first = news[0]
    pieces = [(n.kind, n.namespace, n.at, n.after, n.region, n.account_id, n.name) for n in news]
    return _packed([first.subject, first.told, _transposed(pieces)])


def decode_news(data: bytes) -> tuple[News, ...]:
    """The news; raises StateError for bytes that are none, or of a later version."""
    return _read(data, _news)


def encode_tally(tally: Tally) -> bytes:
    """How much news of each kind there has been, and what of it is in no log yet."""
    counts = dict(tally.counts)
    if not tally.unlogged:
        return _packed(counts)
    reports = sorted((*subject, told) for subject, told in tally.unlogged)
    return _packed({"counts": counts, "unlogged": reports}, WITH_PATH)


def decode_tally(data: bytes) -> Tally:
    """The tally; raises StateError for bytes that are none, or of a later version."""
    return _read(data, _tally)


def check(data: bytes) -> None:
    """Raise StateError unless these bytes are as they were written, and of a version that can be read."""
    version = data[0] if data else None
    if len(data) < _HEAD or isal_zlib.crc32(data[_HEAD:]) != int.from_bytes(data[1:_HEAD]):
        raise StateError("a record of the state is damaged")
    if version not in KNOWN:
        raise StateError(f"a record of the state is of version {version}; this program knows {max(KNOWN)}")


def _packed(document: object, version: int = VERSION) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=_dictionary())
    body = deflater.compress(text.encode("utf-8", "surrogatepass")) + deflater.flush()
    return bytes([version]) + isal_zlib.crc32(body).to_bytes(4) + body


def _read(data: bytes, build: Callable[[Any], _Value]) -> _Value:
    check(data)
    inflater = isal_zlib.decompressobj(_RAW, zdict=_dictionary())
    try:
        text = inflater.decompress(memoryview(data)[_HEAD:])
        return build(json.loads(text.decode("utf-8", "surrogatepass")))
    except (isal_zlib.error, AttributeError, LookupError, TypeError, ValueError) as error:  # type: ignore[misc]  # an exception's class, whatever its stub says
        raise StateError(f"a record of the state makes no sense: {error}") from error


def _transposed(rows: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    return list(zip(*rows, strict=True))


def _report_values(report: Report) -> list[object]:
    counts = (report.accessible, report.not_accessed)
    return [report.created, report.completed, *counts, _columns(report.services)]


def _columns(rows: Sequence[ServiceAccess]) -> Sequence[object]:
    if not rows:
        return ()
    namespaces, names, regions, paths, times, counts = zip(*rows, strict=True)
    return (namespaces, names, _indexed(regions), _indexed(paths), times, counts)


def _indexed(values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Each value once, and for each place which it is."""
    index = {value: i for i, value in enumerate(dict.fromkeys(values))}
    return list(index), [index[value] for value in values]


def _spread(indexed: tuple[list[str], list[int]]) -> Iterator[str]:
    table, places = indexed
    return map(list(map(intern, table)).__getitem__, places)


def _rows(columns: Sequence[Any]) -> tuple[ServiceAccess, ...]:
    if not columns:
        return ()
    namespaces, names, regions, paths, times, counts = columns
    whole = (map(intern, namespaces), map(intern, names), _spread(regions), _spread(paths), times, counts)
    rows = zip(*whole, strict=True)
    return tuple([unused(*row) if row[4] is None else ServiceAccess._make(row) for row in rows])


def _report(
    created: float, completed: float | None, accessible: int | None, not_accessed: int | None, columns: Any
) -> Report:
    return Report(created, completed, accessible, not_accessed, _rows(columns))


def _standing(document: Mapping[str, Any]) -> Standing:
    report, job = document["report"], document["job"]
    read = {
        "subject": Subject(*document["subject"]),
        "report": report and _report(*report),
        # An earlier version may have kept what AWS said as it was.
        "job": job and JobView(JobStatus(job[0]), job[1], job[2], job[3], redacted(job[4])),
        "listed": frozenset(map(intern, document.get("listed", ()))),
    }
    return Standing(**{**document, **read})


def _news(values: Sequence[Any]) -> tuple[News, ...]:
    subject, told, pieces = Subject(*values[0]), values[1], zip(*values[2], strict=True)
    return tuple(
        News(subject, NewsKind(kind), intern(namespace), at, told, after, intern(region), account_id, name)
        for kind, namespace, at, after, region, account_id, name in pieces
    )


def _tally(document: Mapping[str, Any]) -> Tally:
    counts, reports = document.get("counts", document), document.get("unlogged", ())
    unlogged = frozenset((Subject(entity_id, policy_id), told) for entity_id, policy_id, told in reports)
    return Tally({NewsKind(kind): int(count) for kind, count in counts.items()}, unlogged)


def _policy(policy_id: str, name: str, targets: Sequence[str] | None = None) -> Policy:
    return Policy(policy_id, name, None if targets is None else tuple(map(intern, targets)))


def _discovery(document: Mapping[str, Any]) -> Discovery:
    entities = zip(*document["entities"], strict=True)
    read = {
        "entities": tuple(Entity(id_, EntityType(kind), *more) for id_, kind, *more in entities),
        "policies": tuple(starmap(_policy, zip(*document["policies"], strict=True))),
    }
    return Discovery(**{**document, **read})
