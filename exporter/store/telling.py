"""How news is laid away: a record for what one report told of one subject, which never changes."""

from collections.abc import Iterable, Mapping, Sequence

from exporter.model import News, Subject


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
