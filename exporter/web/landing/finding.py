"""What the reports say about an organization, as values: before any HTML."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from exporter.model import Entity, OrganizationView, Report, ServiceAccess, Standing, Subject


@dataclass(frozen=True, slots=True)
class Service:
    """A service in the whole organization: ``at`` is its last use, by an account in a Region; None: never.

    It may be UNTOLD. ``accounts`` used it in the tracking period; None where AWS does not say.
    """

    namespace: str
    name: str
    at: float | None = None
    region: str = ""
    account_id: str = ""
    accounts: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many services may be used, were used in the tracking period, and were not; ``at``: as of when."""

    allowed: int
    used: int
    at: float

    @property
    def unused(self) -> int:
        return self.allowed - self.used


def crowns(view: OrganizationView) -> Iterator[tuple[Entity, Standing, Report]]:
    """The topmost entities that have reports: together they tell of everything, and each use once."""
    covered: set[str] = set()
    for entity in view.discovery.entities if view.discovery else ():
        if entity.parent_id in covered:
            covered.add(entity.id)
            continue
        standing = view.standings.get(Subject(entity.id))
        if standing and standing.report:
            covered.add(entity.id)
            yield entity, standing, standing.report


def services(view: OrganizationView) -> dict[str, Service]:
    """Every service that the topmost reports list, by its namespace."""
    found: dict[str, Service] = {}
    for _, standing, report in crowns(view):
        for row in report.services:
            one = _service(row, standing.last_known)
            other = found.get(row.namespace)
            found[row.namespace] = _both(one, other) if other else one
    return found


def _service(row: ServiceAccess, last_known: Mapping[str, float]) -> Service:
    told, earlier = row.used, last_known.get(row.namespace)
    if told is None or (earlier is not None and earlier > told):
        return Service(row.namespace, row.name, earlier)
    return Service(row.namespace, row.name, told, row.region, row.account_id, row.authenticated_entities)


def _both(one: Service, other: Service) -> Service:
    last = max(one, other, key=lambda each: each.at or 0.0)
    counts = [each.accounts for each in (one, other) if each.accounts is not None]
    return replace(last, accounts=sum(counts) if counts else None)


def figures(view: OrganizationView) -> Figures | None:
    """The figures of the whole organization; None while no report tells them."""
    reports = [report for _, _, report in crowns(view)]
    if not reports:
        return None
    at = min(report.created for report in reports)
    [first, *others] = reports
    if not others and first.accessible is not None and first.not_accessed is not None:
        return Figures(first.accessible, first.accessible - first.not_accessed, at)
    rows = [row for report in reports for row in report.services]
    return Figures(
        len({row.namespace for row in rows}),
        len({row.namespace for row in rows if row.used is not None}),
        at,
    )


def matching(found: Iterable[Service], words: str) -> list[Service]:
    """The services in whose name or namespace ``words`` occur; one that is meant exactly comes first."""
    wanted = words.casefold()
    among = [each for each in found if wanted in each.namespace.casefold() or wanted in each.name.casefold()]
    return sorted(among, key=lambda each: (each.namespace.casefold() != wanted, each.namespace))


def meant(view: OrganizationView, words: str) -> Service | None:
    """The service that somebody means by a namespace, a name or a part of one."""
    return next(iter(matching(services(view).values(), words)), None)
