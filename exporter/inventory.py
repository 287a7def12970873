"""What there is in an organization, and who uses a service in it, from what is known: nobody is asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exporter.model import Discovery, Entity, Standing, Subject
from exporter.services import called, service_names


@dataclass(frozen=True, slots=True)
class Known:
    """An organization by its configured name: what it consists of, and what reports have told."""

    organization: str
    discovery: Discovery
    standings: Mapping[Subject, Standing]

    def standing(self, entity: Entity) -> Standing:
        """How an entity stands, as all of its SCPs allow."""
        subject = Subject(entity.id)
        return self.standings.get(subject) or Standing(subject)

    @property
    def names(self) -> Mapping[str, str]:
        """The entities' names by their ids."""
        return {entity.id: entity.name for entity in self.discovery.entities}


@dataclass(frozen=True, slots=True)
class Listed:
    """An entity, and the counts of its report as of ``created``; None: not known."""

    entity: Entity
    accessible: int | None = None
    used: int | None = None
    created: float | None = None


class Order(StrEnum):
    """What a listing may be sorted by; ``tree``: as AWS has it, parents first."""

    TREE = "tree"
    ID = "id"
    NAME = "name"
    TYPE = "type"
    PATH = "path"
    ACCESSIBLE = "accessible"
    USED = "used"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """When an entity last used a service: Unix seconds, None where AWS counts a use and tells no time.

    ``accounts`` is how many did in the tracking period, ``account_id`` who did last; empty or None where the
    report does not tell. ``remembered``: an earlier report told of it, the newest one does not.
    """

    entity: Entity
    at: float | None
    region: str = ""
    account_id: str = ""
    accounts: int | None = None
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Who uses a service, the latest first; ``idle`` may use it and never did, as far as is known."""

    namespace: str
    name: str
    uses: tuple[ServiceUse, ...]
    idle: tuple[Entity, ...]


def subtree(top: Entity | None, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """``top`` and what is below it; everything if it is None."""
    if top is None:
        return tuple(entities)
    return tuple(one for one in entities if f"{one.path}/".startswith(f"{top.path}/"))


def listing(known: Known, top: Entity | None = None) -> tuple[Listed, ...]:
    """Every entity, in the order of the tree."""
    return tuple(_listed(known, entity) for entity in subtree(top, known.discovery.entities))


def arranged(listed: Iterable[Listed], order: Order, *, backwards: bool = False) -> tuple[Listed, ...]:
    """Sorted; what is not known comes last either way."""
    rows = list(listed)
    if order is Order.TREE:
        return tuple(reversed(rows) if backwards else rows)
    keyed = [(_key(row, order), row) for row in rows]
    there = sorted(
        (pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=backwards
    )
    return (*(row for _, row in there), *(row for key, row in keyed if key is None))


def namespaces(known: Known) -> Mapping[str, str]:
    """The services that any report lists, with their names."""
    reports = (standing.report for standing in known.standings.values() if standing.report)
    return {row.namespace: row.name for report in reports for row in report.services}


def usages(known: Known, services: Iterable[str], top: Entity | None = None) -> tuple[Usage, ...]:
    """Who uses each of these services, once each; raises UserError for one that is none."""
    listed = {**service_names(), **namespaces(known)}
    wanted = dict.fromkeys(called(text, listed) for text in services)
    return tuple(usage(known, namespace, listed[namespace], top) for namespace in wanted)


def usage(known: Known, namespace: str, name: str, top: Entity | None = None) -> Usage:
    """Who uses one service, and who may and does not."""
    entities = subtree(top, known.discovery.entities)
    uses = [use for entity in entities if (use := _use(known.standing(entity), entity, namespace))]
    uses.sort(key=lambda use: (use.at is None, -(use.at or 0.0), use.entity.path))
    return Usage(namespace, name, tuple(uses), tuple(_idle(known, entities, uses, namespace)))


def _listed(known: Known, entity: Entity) -> Listed:
    report = known.standing(entity).report
    if report is None:
        return Listed(entity)
    accessible, unused = report.accessible, report.not_accessed
    used = None if accessible is None or unused is None else accessible - unused
    return Listed(entity, accessible, used, report.created)


def _key(row: Listed, order: Order) -> Any:
    """None for what is not known."""
    entity = row.entity
    match order:
        case Order.NAME:
            return (entity.name.casefold(), entity.id) if entity.name else None
        case Order.ACCESSIBLE:
            return row.accessible
        case Order.USED:
            return row.used
        case Order.AGE:
            return None if row.created is None else -row.created
        case Order.TYPE:
            return entity.type.value, entity.path
        case _:
            return entity.id if order is Order.ID else entity.path


def _use(standing: Standing, entity: Entity, namespace: str) -> ServiceUse | None:
    rows = standing.report.services if standing.report else ()
    row = next((row for row in rows if row.namespace == namespace), None)
    told, earlier = row.used if row else None, standing.last_known.get(namespace)
    if earlier is not None and (told is None or earlier > told):
        return ServiceUse(entity, earlier, remembered=True)
    if row is None or told is None:
        return None
    return ServiceUse(entity, row.last_authenticated, row.region, row.account_id, row.authenticated_entities)


def _idle(
    known: Known, entities: Iterable[Entity], uses: Iterable[ServiceUse], namespace: str
) -> Iterator[Entity]:
    users = {use.entity.id for use in uses}
    for entity in entities:
        if entity.id not in users and namespace in (known.standing(entity).accessible() or ()):
            yield entity
