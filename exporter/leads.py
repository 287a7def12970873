"""Where reports point: accounts and OUs whose own report would have news. Pure; cheap while nothing changes.

A row of a root's or an OU's report names the account that used the service last, and when. Where that use
would be news in the account's own report, the account is worth a look at once, and so is each OU on the way
to it of which the same holds. Services that many use give no leads: what they say of an account is known.

A lead is closed by whatever shows the use, and by having been followed: the report that was made then and
does not show it has its reason, and the next ordinary one looks again. Everything is told from how subjects
stand, so that a restart and another replica come to the same leads.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from exporter.model import SKEW, EntityType, Report, ServiceAccess, Standing, Subject, Work
from exporter.news import DELAY, kind_of_use

_SOURCES = {EntityType.ROOT, EntityType.ORGANIZATIONAL_UNIT}
_NEVER = float("-inf")
_NAMESPACE = attrgetter("namespace")


class Lead(NamedTuple):
    """A report of ``told`` says that ``namespace`` was used at ``at``, which ``subject`` may not know yet."""

    subject: Subject
    namespace: str
    at: float
    told: float


def pointed(source: Work, report: Report, below: Mapping[str, Work]) -> Iterator[Lead]:
    """What a root's or OU's report says of others; ``below`` has the work of entities by their ids.

    Accounts that are not collected are not followed, nor are uses that a report has from its own future.
    """
    for row in report.services:
        account = below.get(row.account_id) if row.last_authenticated is not None else None
        if account is None or account.entity is None or account.entity.type is not EntityType.ACCOUNT:
            continue
        assert row.last_authenticated is not None
        if row.last_authenticated > report.created + SKEW:
            continue
        for item in (account, *_way(account, source, below)):
            yield Lead(item.subject, row.namespace, row.last_authenticated, report.created)


def _way(account: Work, source: Work, below: Mapping[str, Work]) -> Sequence[Work]:
    """The OUs above the account, up to the source; none if the account is not below it any more."""
    way: list[Work] = []
    item: Work | None = account
    while item and item.entity and (item := below.get(item.entity.parent_id)):
        if item.subject == source.subject:
            return way
        way.append(item)
    return ()


def unheard(lead: Lead, standing: Standing | None, dormant_after: float) -> bool:
    """Whether the subject's own report is older, and a new one would have news; ``dormant_after`` in seconds.

    A subject without a report is work anyway, and what its report does not list, it may not use. AWS may be
    late by ``DELAY``: one service of one account is looked for once in that time at most.
    """
    if standing is None or standing.report is None or lead.told <= standing.report.created:
        return False
    if lead.at < standing.followed.get(lead.namespace, _NEVER) + DELAY:
        return False
    return _news(standing, lead.namespace, lead.at, dormant_after)


def _news(standing: Standing, namespace: str, at: float, dormant_after: float) -> bool:
    """The report lists the service, and a use at ``at`` would be news of it."""
    row = _row(standing.report.services if standing.report else (), namespace)
    if row is None:
        return False
    known = [row.last_authenticated, standing.last_known.get(namespace)]
    latest = max((use for use in known if use is not None), default=None)
    return kind_of_use(standing, at, latest, dormant_after) is not None


def _row(rows: Sequence[ServiceAccess], namespace: str) -> ServiceAccess | None:
    """The row of a service. AWS sorts by namespace; should it not, all rows are looked at."""
    place = bisect_left(rows, namespace, key=_NAMESPACE)
    if place < len(rows) and rows[place].namespace == namespace:
        return rows[place]
    return next((row for row in rows if row.namespace == namespace), None)


def followed(
    leads: Iterable[Lead], before: Mapping[str, float], after: Standing, dormant_after: float
) -> Mapping[str, float]:
    """The uses that were looked for and not found, by namespace, once a subject stands as ``after``.

    ``before`` are those of its former standing.
    """
    looked_for = {**before, **{lead.namespace: lead.at for lead in leads}}
    return {
        namespace: at for namespace, at in looked_for.items() if _news(after, namespace, at, dormant_after)
    }


class Leads:
    """The open leads of one organization. Remembers what it read, and knows nothing that standings do not.

    ``work`` and ``standings`` are those of its view. Not shared between threads.
    """

    def __init__(self, dormant_after: float) -> None:
        self._dormant_after = dormant_after
        self._work: tuple[Work, ...] = ()
        self._below: dict[str, Work] = {}
        self._sources: list[Work] = []
        self._read: dict[Subject, Report | None] = {}
        self._open: dict[Subject, list[Lead]] = {}

    def subjects(self, work: tuple[Work, ...], standings: Mapping[Subject, Standing]) -> frozenset[Subject]:
        """Those that leads point at now."""
        if work is not self._work:
            self._plan(work)
        for source in self._sources:
            self._renew(source, standings.get(source.subject))
        for subject, leads in self._open.items():
            self._open[subject] = [each for each in leads if self._unheard(each, standings)]
        return frozenset(lead.subject for leads in self._open.values() for lead in leads)

    def followed(self, before: Standing, after: Standing) -> Mapping[str, float]:
        """Those of ``after``, where the leads of the last look were followed; see :func:`followed`."""
        leads = [lead for leads in self._open.values() for lead in leads if lead.subject == before.subject]
        return followed(leads, before.followed, after, self._dormant_after)

    def _plan(self, work: tuple[Work, ...]) -> None:
        if work != self._work:
            entities = [item for item in work if item.entity and not item.subject.policy_id]
            self._below = {item.subject.entity_id: item for item in entities}
            self._sources = [item for item in entities if item.entity and item.entity.type in _SOURCES]
            self._read, self._open = {}, {}
        self._work = work

    def _renew(self, source: Work, standing: Standing | None) -> None:
        report = standing.report if standing else None
        if report is not self._read.get(source.subject):
            self._read[source.subject] = report
            leads = pointed(source, report, self._below) if report else ()
            self._open[source.subject] = list(leads)

    def _unheard(self, lead: Lead, standings: Mapping[Subject, Standing]) -> bool:
        return unheard(lead, standings.get(lead.subject), self._dormant_after)
