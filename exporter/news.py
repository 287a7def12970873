"""What a new report shows that the one before it did not, without I/O and without a clock.

A service that was accessible and had no known use, and has one now, was *first used*. A use at least
``dormant_after`` later than the last known one, however long ago that was, *returned*. Between two reports a
service may also become accessible, or cease to be.

Nothing is news

* of a subject's first report, of one that is not newer than the last, or of one whose date cannot be;
* of a service that became accessible with this report, but that it did;
* that lies in the future, beyond what two clocks may differ; of a service with a known use there, nothing
  can be said until a report tells of a use that can be;
* that a subject's move explains: it brings no first use, and other SCPs;
* that came to a root or an OU with an account: a use that its former report would have shown, had the account
  been below it then;
* of an SCP's report: the reports of the entities it is attached to tell the same.

What is told is not told again: the next report is compared with this one and with all uses known before, of
which the latest counts, whichever report told of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from exporter.model import SKEW, News, NewsKind, Report, ServiceAccess, Standing, Subject

DELAY = 4 * 3600.0
"""Seconds that AWS may be late: what was used longer before a report was asked for, the report shows."""


def compared(
    before: Standing, after: Report, *, dormant_after: float, moved: bool, now: float
) -> tuple[News, ...]:
    """What ``after`` shows that nobody knew of the subject that stood as ``before``, in the report's order.

    ``dormant_after`` is in seconds. ``moved``: the entity's path is not the one of the report before.
    """
    if not _tells(before, after, now):
        return ()
    uses = _uses(before, after, dormant_after, now)
    if moved:
        return tuple(piece for piece in uses if piece.kind is NewsKind.RETURNED)
    return (*uses, *_access(before, after))


def kind_of_use(standing: Standing, at: float, known: float | None, dormant_after: float) -> NewsKind | None:
    """What a use of an accessible service at ``at`` is after the last ``known`` one; None: nothing new.

    Of an account a use that AWS tells late is one all the same: nobody else's can come to it.
    """
    if at < standing.made - DELAY and standing.subject.of_several:
        return None
    if known is None:
        return NewsKind.FIRST_USED
    return NewsKind.RETURNED if at > known and at - known >= dormant_after else None


def merged(*several: Iterable[News]) -> tuple[News, ...]:
    """Each piece once, newest first, in the same order wherever they come from."""
    return tuple(sorted({piece for each in several for piece in each}, key=newest_first))


def newest_first(piece: News) -> tuple[object, ...]:
    """The key of that order: by when it was told, then by when it was so, then by all the rest."""
    rest = (piece.subject, piece.namespace, piece.kind, piece.region, piece.account_id, piece.name)
    return (-piece.told, -piece.at, *rest, piece.after or 0.0)


def since(news: Mapping[Subject, tuple[News, ...]], oldest: float) -> Mapping[Subject, tuple[News, ...]]:
    """``news``, each subject's newest first, without what was told before; the same value if that is all."""
    if not any(pieces[-1].told < oldest for pieces in news.values()):
        return news
    kept = {
        subject: pieces if pieces[-1].told >= oldest else tuple(p for p in pieces if p.told >= oldest)
        for subject, pieces in news.items()
        if pieces[0].told >= oldest
    }
    return MappingProxyType(kept)


def _tells(before: Standing, after: Report, now: float) -> bool:
    if before.subject.policy_id or after.created > now + SKEW:
        return False
    if before.report is None:
        return before.expired
    return before.report.created < after.created


def _uses(before: Standing, after: Report, dormant_after: float, now: float) -> Iterator[News]:
    known, listed = before.uses(), before.accessible()
    latest = min(now, after.created) + SKEW
    for row in after.services:
        at = row.last_authenticated
        if at is None or at > latest or (listed is not None and row.namespace not in listed):
            continue
        kind = kind_of_use(before, at, known.get(row.namespace), dormant_after)
        # Of a report that a former version of this program dropped, nobody knows what it listed.
        if kind is NewsKind.RETURNED or (kind is NewsKind.FIRST_USED and listed is not None):
            yield _used(before, after, row, kind, at - known.get(row.namespace, at))


def _used(before: Standing, after: Report, row: ServiceAccess, kind: NewsKind, silent: float) -> News:
    assert row.last_authenticated is not None
    return News(
        before.subject,
        kind,
        row.namespace,
        row.last_authenticated,
        after.created,
        silent if kind is NewsKind.RETURNED else None,
        row.region,
        row.account_id,
        row.name,
    )


def _access(before: Standing, after: Report) -> Iterator[News]:
    listed = before.accessible()
    if listed is None:
        return
    names = _names(before.report)
    for row in after.services:
        if row.namespace not in listed:
            yield _changed(before, after, NewsKind.NEWLY_ACCESSIBLE, row.namespace, row.name)
    for namespace in sorted(listed - _names(after).keys()):
        kind = NewsKind.NO_LONGER_ACCESSIBLE
        yield _changed(before, after, kind, namespace, names.get(namespace, ""))


def _changed(before: Standing, after: Report, kind: NewsKind, namespace: str, name: str) -> News:
    return News(before.subject, kind, namespace, after.created, after.created, name=name)


def _names(report: Report | None) -> Mapping[str, str]:
    return {row.namespace: row.name for row in report.services} if report else {}
