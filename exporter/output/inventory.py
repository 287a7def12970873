"""What there is in an organization, and who uses a service in it: for people, programs and spreadsheets."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from exporter.inventory import Known, Listed, ServiceUse, Usage
from exporter.model import Entity, EntityType
from exporter.output.table import Prose, Table
from exporter.output.usage import ago, used_style
from exporter.times import rfc3339

LISTED = (
    "organization",
    "entity_id",
    "entity_name",
    "entity_type",
    "entity_path",
    "account_state",
    "services_accessible",
    "services_used",
    "report_created",
)
USES = (
    "organization",
    "service_namespace",
    "service_name",
    "entity_id",
    "entity_name",
    "entity_type",
    "entity_path",
    "last_authenticated",
    "access_region",
    "account_id",
    "account_name",
    "authenticated_entities",
)
_KINDS = {
    EntityType.ROOT: "root",
    EntityType.ORGANIZATIONAL_UNIT: "OU",
    EntityType.MANAGEMENT_ACCOUNT: "management",
    EntityType.ACCOUNT: "account",
}


def entities_table(listed: Iterable[Listed], now: float) -> RenderableType:
    """A row per entity."""
    heads = ("ID", "NAME", "TYPE", "ACCESSIBLE", "USED", "AGE", "PATH")
    found = Table(*heads, prose=("PATH",), indent=0)
    for one in listed:
        entity, age = one.entity, "" if one.created is None else ago(now - one.created)
        counts = (_count(one.accessible), _count(one.used))
        found.add_row(entity.id, entity.name, _KINDS[entity.type], *counts, age, entity.path)
    return found


def entities_rows(known: Known, listed: Iterable[Listed]) -> Iterator[Mapping[str, Any]]:
    """The same with names that do not change, those of ``LISTED``."""
    for one in listed:
        entity = one.entity
        about = (
            known.organization,
            entity.id,
            entity.name,
            entity.type.value,
            entity.path,
            entity.state or None,
        )
        told = (one.accessible, one.used, rfc3339(one.created))
        yield dict(zip(LISTED, (*about, *told), strict=True))


def usage_table(known: Known, usages: Iterable[Usage], now: float) -> RenderableType:
    """A part for each service."""
    return Group(*(part for usage in usages for part in _usage(known, usage, now)))


def usage_rows(known: Known, usage: Usage) -> Iterator[Mapping[str, Any]]:
    """A row per use with names that do not change, those of ``USES``."""
    for use in usage.uses:
        entity = use.entity
        by = (use.account_id or None, known.names.get(use.account_id))
        about = (known.organization, usage.namespace, usage.name)
        of = (entity.id, entity.name, entity.type.value, entity.path)
        when = (rfc3339(use.at), use.region or None, *by, use.accounts)
        yield dict(zip(USES, (*about, *of, *when), strict=True))


def usage_document(known: Known, usages: Iterable[Usage]) -> dict[str, Any]:
    """All of it; the entities that may use a service and never did by their ids."""
    return {
        "organization": known.organization,
        "services": [
            {
                "service_namespace": usage.namespace,
                "service_name": usage.name,
                "uses": [_without(row, *USES[:3]) for row in usage_rows(known, usage)],
                "never_used": [entity.id for entity in usage.idle],
            }
            for usage in usages
        ],
    }


def _usage(known: Known, usage: Usage, now: float) -> Iterator[RenderableType]:
    called = f"{usage.namespace} ({usage.name})" if usage.name else usage.namespace
    users = f"used by {_entities(usage.uses)}" if usage.uses else "used by nobody, as far as is known"
    idle = f"; {_entities(usage.idle)} may use it and never did" if usage.idle else ""
    yield Prose(f"{called}: {users}{idle}", "bold")
    if usage.uses:
        heads = ("ENTITY", "NAME", "LAST USED", "REGION", "ACCOUNTS", "BY ACCOUNT", "BY NAME")
        found = Table(*heads)
        for use in usage.uses:
            found.add_row(use.entity.id, use.entity.name, _when(use, now), *_where(known, use))
        yield found
    yield Text()


def _when(use: ServiceUse, now: float) -> str | Text:
    if use.at is None:
        return "not known"
    day = (rfc3339(math.floor(use.at)) or "at no date").partition("T")[0]
    return Text(day, style=used_style(now - use.at))


def _where(known: Known, use: ServiceUse) -> tuple[str, ...]:
    name = known.names.get(use.account_id, "")
    return use.region, _count(use.accounts), use.account_id, name if use.account_id != use.entity.id else ""


def _entities(those: Sequence[ServiceUse | Entity]) -> str:
    return f"{len(those)} {'entity' if len(those) == 1 else 'entities'}"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
