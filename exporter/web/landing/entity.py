"""The page of one entity as HTML: how its reports stand, and their services."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from exporter.model import Entity, OrganizationView, Report, ServiceAccess, Snapshot, Work
from exporter.times import rfc3339
from exporter.web.landing import markup
from exporter.web.landing.markup import NONE, code, name, text
from exporter.web.landing.page import KINDS
from exporter.web.landing.tree import Line, line
from exporter.web.places import Places


@dataclass(frozen=True, slots=True)
class Column:
    """What to sort by; ``key`` puts the unknown first, ``falling`` is the order that one wants first."""

    title: str
    key: Callable[[ServiceAccess], Any]
    falling: bool = False
    number: bool = False


COLUMNS = {
    "service": Column("Service", lambda row: (row.name or row.namespace).lower()),
    "namespace": Column("Namespace", lambda row: row.namespace),
    "used": Column("Last used", lambda row: row.last_authenticated or 0.0, falling=True),
    "accounts": Column("Accounts", lambda row: row.authenticated_entities or 0, falling=True, number=True),
    "region": Column("Region", lambda row: row.region),
    "by": Column("Last used by", lambda row: row.entity_path),
}
DEFAULT = "used"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which services in which order: ``column`` is a key of ``COLUMNS``; all have ``only`` in them."""

    column: str = DEFAULT
    falling: bool = True
    only: str = ""

    def has(self, row: ServiceAccess) -> bool:
        """Whether a service is one of them."""
        return any(self.only.casefold() in word.casefold() for word in (row.name, row.namespace, row.region))


@dataclass(frozen=True, slots=True)
class Found:
    """What one organization knows under an id: an entity, or the id of a job made elsewhere."""

    view: OrganizationView
    entity: Entity | None
    work: tuple[Work, ...]


def find(snapshot: Snapshot, entity_id: str) -> list[Found]:
    """Every organization that knows an id."""
    return [each for view in snapshot.organizations if (each := _in(view, entity_id))]


def _in(view: OrganizationView, entity_id: str) -> Found | None:
    entities = view.discovery.entities if view.discovery else ()
    entity = next((one for one in entities if one.id == entity_id), None)
    work = tuple(item for item in view.work if item.subject.entity_id == entity_id)
    return Found(view, entity, work) if entity or work else None


def render_entity(found: list[Found], entity_id: str, where: Places, now: float, choice: Choice) -> str:
    """The whole page. ``found`` is not empty."""
    title = next((each.entity.name for each in found if each.entity), entity_id)
    head = f"<h1>{name(title)}</h1>\n{markup.version(now)}\n{_links(entity_id, where)}"
    kept = {"sort": choice.column, "order": _ORDERS[choice.falling]}
    box = markup.filter_box(choice.only, "service or region", kept)
    sections = "".join(_organization(each, where, now, choice) for each in found)
    return markup.document(title, head, f"{box}\n{sections}")


_ORDERS = {False: "ascending", True: "descending"}


def _links(entity_id: str, where: Places) -> str:
    reports = markup.page_of_entity(where, entity_id).replace("/entities/", "/api/v1/reports/", 1)
    return (
        f'<nav aria-label="Endpoints"><ul><li><a href="{text(where.link("/"))}">All entities</a></li>'
        f'<li><a href="{reports}">As JSON</a></li></ul></nav>'
    )


def _organization(found: Found, where: Places, now: float, choice: Choice) -> str:
    return "".join(
        f'<section>\n<div class="head"><h2>{title}</h2>{state}</div>\n{body}</section>\n'
        for title, state, body in _parts(found, where, now, choice)
    )


def _parts(found: Found, where: Places, now: float, choice: Choice) -> Iterator[tuple[str, str, str]]:
    """Title, state and content of each section: the entity itself, and each SCP that it is seen through."""
    for item in found.work:
        stands = line(found.view, item, now)
        under = f" under {code(item.subject.policy_id)}" if item.subject.policy_id else ""
        standing = found.view.standings.get(item.subject)
        report = standing.report if standing else None
        table = _services(report, where, now, choice) if report else ""
        body = f"{_facts(found, stands, now)}{_trouble(stands)}{markup.use_bar(stands)}{table}"
        yield f"{name(found.view.name)}{under}", markup.state_badge(stands), body
    if not found.work:
        yield name(found.view.name), markup.badge("none", "not collected"), _facts(found, None, now)


def _facts(found: Found, stands: Line | None, now: float) -> str:
    return markup.facts((*_identity(found.entity), *(_report(stands, now) if stands else ())))


def _identity(entity: Entity | None) -> Iterator[tuple[str, str]]:
    if entity is None:
        yield "Made elsewhere", "a job of the same principal"
        return
    yield KINDS[entity.type].capitalize(), code(entity.id)
    yield "Path", code(entity.path)
    if entity.state:
        yield "Account state", text(entity.state)


def _report(stands: Line, now: float) -> Iterator[tuple[str, str]]:
    yield "Report", markup.ago(now - stands.age, now) if stands.age is not None else "none yet"
    if stands.accessible is not None:
        yield "Accessible", f"{stands.accessible} services"
    if stands.not_accessed is not None:
        yield "Not accessed", f"{stands.not_accessed} services"
    if stands.job:
        yield "Newest job", text(stands.job)


def _trouble(stands: Line) -> str:
    return f'<p class="trouble">{name(stands.trouble)}</p>' if stands.trouble else ""


def _services(report: Report, where: Places, now: float, choice: Choice) -> str:
    rows = sorted(filter(choice.has, report.services), key=lambda row: row.namespace)
    rows.sort(key=COLUMNS[choice.column].key, reverse=choice.falling)
    heads = "".join(_head(key, column, choice) for key, column in COLUMNS.items())
    body = "\n".join(_service(row, where, now) for row in rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _head(key: str, column: Column, choice: Choice) -> str:
    """A link that sorts by this column or, where it is sorted by, turns the order around."""
    here = key == choice.column
    falling = not choice.falling if here else column.falling
    asked = {"sort": key, "order": _ORDERS[falling], **({"filter": choice.only} if choice.only else {})}
    now = f' aria-sort="{_ORDERS[choice.falling]}"' if here else ""
    kind = ' class="n"' if column.number else ""
    link = text(f"?{urlencode(asked, errors='replace')}")
    return f'<th scope="col"{kind}{now}><a href="{link}">{column.title}</a></th>'


def _service(row: ServiceAccess, where: Places, now: float) -> str:
    at = row.last_authenticated
    when = f'<span title="{rfc3339(at)}">{markup.ago(at, now)}</span>' if at is not None else "never"
    count = NONE if row.authenticated_entities is None else str(row.authenticated_entities)
    cells: Iterable[str] = (
        f"<td>{name(row.name or row.namespace)}</td>",
        f"<td>{code(row.namespace)}</td>",
        f"<td>{when}</td>",
        f'<td class="n">{count}</td>',
        f"<td>{text(row.region) or NONE}</td>",
        f"<td>{_by(row.entity_path, where)}</td>",
    )
    return f"<tr{' class=unused' if at is None else ''}>{''.join(cells)}</tr>"


def _by(path: str, where: Places) -> str:
    last = path.rpartition("/")[2]
    return f'<a href="{markup.page_of_entity(where, last)}">{code(last)}</a>' if last else NONE
