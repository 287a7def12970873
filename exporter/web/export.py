"""Everything that the reports say as CSV for a spreadsheet: a row per service of each entity.

A spreadsheet computes what it takes for a formula and makes numbers of digits. Names come from AWS, and thus
from anybody who may name an account; ids of accounts begin with zeros. An apostrophe in front of such a cell
says that it is text. Programs find the same without any as JSON.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from exporter.model import Entity, OrganizationView, ServiceAccess, Snapshot, Standing, Work
from exporter.times import rfc3339

COLUMNS = (
    "organization",
    "entity_id",
    "entity_name",
    "entity_type",
    "entity_path",
    "policy_id",
    "report_created",
    "service_namespace",
    "service_name",
    "last_used",
    "last_known",
    "region",
    "account_id",
    "account_name",
    "accounts",
)
_LINES = 5000  # at once

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
# At the start, or where a program that separates by something else would have a cell start. The wide forms
# are taken for the narrow ones by some.
_FORMULA = re.compile(r"(\A|[;|])([\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[\s0-9.,:/()%-]*[0-9][\s0-9.,:/()%eE+-]*")


def pieces(snapshot: Snapshot) -> Iterator[str]:
    """The whole file in pieces of some thousand lines."""
    lines = ["\ufeff" + ",".join(map(_quoted, COLUMNS))]  # without the mark Excel reads no UTF-8
    for view in snapshot.organizations:
        for line in _lines(view):
            lines.append(line)
            if len(lines) >= _LINES:
                yield _ended(lines)
                lines = []
    yield _ended(lines)


def _ended(lines: Iterable[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)


@lru_cache(maxsize=4096)
def cell(value: str) -> str:
    """Text as a cell that no spreadsheet takes for anything else, in quotes and on one line."""
    safe = _FORMULA.sub(r"\g<1>'\g<2>", _CONTROL.sub(" ", value))
    return _quoted(f"'{safe}" if _NUMBER.fullmatch(safe) else safe)


def _quoted(value: str) -> str:
    return f'"{value.replace(chr(34), chr(34) * 2)}"'


def _lines(view: OrganizationView) -> Iterator[str]:
    entities = {entity.id: entity for entity in view.discovery.entities} if view.discovery else {}
    worked = {item.subject.entity_id for item in view.work}
    for entity in entities.values():
        if entity.id not in worked:
            yield _about(view, entity, entity.id) + "," * (len(COLUMNS) - 5)
    for item in view.work:
        yield from _of_subject(view, item, entities)


def _of_subject(view: OrganizationView, item: Work, entities: dict[str, Entity]) -> Iterator[str]:
    standing = view.standings.get(item.subject) or Standing(item.subject)
    about = f"{_about(view, item.entity, item.subject.entity_id)},{cell(item.subject.policy_id)}"
    if standing.report is None:
        yield about + "," * (len(COLUMNS) - 6)
        return
    about += f",{_date(standing.report.created)}"
    for row in standing.report.services:
        yield f"{about},{_service(row, standing, entities)}"


def _about(view: OrganizationView, entity: Entity | None, entity_id: str) -> str:
    called = (entity.name, entity.type.value, entity.path) if entity else ("", "", "")
    return ",".join(map(cell, (view.name, entity_id, *called)))


def _service(row: ServiceAccess, standing: Standing, entities: dict[str, Entity]) -> str:
    known = standing.last_known.get(row.namespace)
    start = f"{cell(row.namespace)},{cell(row.name)}"
    count = "" if row.authenticated_entities is None else str(row.authenticated_entities)
    if row.last_authenticated is None:
        return f"{start},,{_date(known)},,,,{count}"
    by = entities.get(row.account_id)
    where = ",".join(map(cell, (row.region, row.account_id, by.name if by else "")))
    return f"{start},{_date(row.last_authenticated)},{_date(known)},{where},{count}"


@lru_cache(maxsize=4096)
def _date(at: float | None) -> str:
    return rfc3339(at) or ""
