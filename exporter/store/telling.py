"""How news is laid away: a record for what one report told of one subject, which never changes."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from exporter.model import Counts, News, Subject


class Tally(NamedTuple):
    """How much there has been of each kind; by subject and time the reports whose news is in no log yet."""

    counts: Counts
    unlogged: frozenset[tuple[Subject, float]] = frozenset()


def by_report(news: Iterable[News]) -> Mapping[float, Sequence[News]]:
    """The news of one subject by the report that told it."""
    found: dict[float, list[News]] = {}
    for piece in news:
        found.setdefault(piece.told, []).append(piece)
    return found


def joined(records: Iterable[tuple[News, ...]]) -> Mapping[Subject, tuple[News, ...]]:
    """The news of each subject, from such records."""
    found: dict[Subject, tuple[News, ...]] = {}
    for pieces in filter(None, records):
        found[pieces[0].subject] = (*found.get(pieces[0].subject, ()), *pieces)
    return found


def reports_of(news: Iterable[News]) -> frozenset[tuple[Subject, float]]:
    return frozenset((piece.subject, piece.told) for piece in news)


def told_by(
    reports: Container[tuple[Subject, float]], news: Mapping[Subject, Iterable[News]]
) -> tuple[News, ...]:
    found = (piece for pieces in news.values() for piece in pieces)
    return tuple(piece for piece in found if (piece.subject, piece.told) in reports)
