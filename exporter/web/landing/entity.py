"""The page of one entity as HTML: where it stands, how its reports stand, and their services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from exporter.hypertext import NONE, code, day, facts, moment, name, text, used
from exporter.model import (
    Entity,
    EntityType,
    OrganizationView,
    Report,
    ServiceAccess,
    Snapshot,
    Standing,
    Subject,
    Work,
)
from exporter.web.landing import markup
from exporter.web.landing.attached import render_attached
from exporter.web.landing.columns import Column, ordered, row, table
from exporter.web.landing.markup import KINDS
from exporter.web.landing.services import Page, service_link
from exporter.web.landing.tree import Line, Node, all_lines, forest, found, line
from exporter.web.places import ENTITY, Places

COLUMNS = {
    "service": Column("Service", lambda row: (row.name or row.namespace).lower()),
    "namespace": Column("Namespace", lambda row: row.namespace),
    "used": Column("Last used", lambda row: row.used or 0.0, falling=True),
    "accounts": Column("Accounts", lambda row: row.authenticated_entities or 0, falling=True, number=True),
    "region": Column("Region", lambda row: row.region),
    "by": Column("Last used by", lambda row: row.entity_path),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one organization knows under an id: an entity, or the id of a job made elsewhere."""

    view: OrganizationView
    entity: Entity | None
    work: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class EntityPage(Page):
    """What the page is made with; ``advice`` has HTML by organization and entity id, as far as it is made.

    ``names`` are those of an organization's entities, for what is made of that one.
    """

    advice: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def find(snapshot: Snapshot, entity_id: str) -> list[Found]:
    """Every organization that knows an id."""
    return [each for view in snapshot.organizations if (each := _in(view, entity_id))]


def _in(view: OrganizationView, entity_id: str) -> Found | None:
    entities = view.discovery.entities if view.discovery else ()
    entity = next((one for one in entities if one.id == entity_id), None)
    work = tuple(item for item in view.work if item.subject.entity_id == entity_id)
    return Found(view, entity, work) if entity or work else None


def render_entity(found: list[Found], entity_id: str, page: EntityPage) -> str:
    """The whole page. ``found`` is not empty."""
    where, now = page.where, page.now
    title = next((each.entity.name for each in found if each.entity), entity_id)
    head = markup.header(name(title), where, now, list(_links(found, entity_id, where)), plain=title)
    sections = "".join(_organization(each, replace(page, names=markup.names(each.view))) for each in found)
    return markup.document(title, f"{_way(found, where)}{head}", sections)


def _links(found: list[Found], entity_id: str, where: Places) -> Iterator[tuple[str, str]]:
    asked = urlencode({"entity": entity_id}, errors="replace")
    yield where.link(f"/news?{asked}"), "What changed"
    yield where.link(markup.path_of_entity(entity_id).replace("/entities/", "/api/v1/reports/", 1)), "As JSON"
    board = where.dashboard(ENTITY, organization=found[0].view.name, entity=entity_id)
    if board:
        yield board, "Dashboard"


def _way(found: list[Found], where: Places) -> str:
    """The way down to the entity, by names."""
    return "".join(
        f'<nav aria-label="Way" class="way"><ol>{"".join(_steps(each.view, each.entity, where))}</ol></nav>'
        for each in found
        if each.entity
    )


def _steps(view: OrganizationView, entity: Entity, where: Places) -> Iterator[str]:
    names = markup.names(view)
    yield f'<li><a href="{text(where.link("/"))}">{name(view.name)}</a></li>'
    for entity_id in entity.path.split("/")[1:-1]:
        if entity_id in names:
            yield f"<li>{markup.entity_link(where, entity_id, names, with_id=False)}</li>"
    yield f'<li aria-current="page">{name(entity.name)}</li>'


def _organization(found: Found, page: EntityPage) -> str:
    own, *others = found.work or (None,)
    parts = "".join(_part(found, item, page) for item in others)
    return (
        f"{_head(found, own, page)}{_advice(found, page)}{_attached(found, page)}{_children(found, page)}"
        f"{_table(found, own, page)}{parts}"
    )


def _head(found: Found, item: Work | None, page: EntityPage) -> str:
    """The entity itself, and how its report stands."""
    if item is None:
        state, body = markup.badge("none", "not collected"), _facts(found, None, page)
    else:
        stands = line(found.view, item, page.now)
        state = markup.state_badge(stands)
        body = f"{_facts(found, stands, page)}{_trouble(stands)}{markup.use_bar(stands)}"
    title = f"{name(found.view.name)}{_under(found.view, item)}"
    return markup.section("entity", f'<div class="head"><h2>{title}</h2>{state}</div>\n{body}')


def _part(found: Found, item: Work, page: EntityPage) -> str:
    """The entity as it is seen through one SCP."""
    return f"{_head(found, item, page)}{_table(found, item, page)}"


def _under(view: OrganizationView, item: Work | None) -> str:
    if item is None or not item.subject.policy_id:
        return ""
    policies = view.discovery.policies if view.discovery else ()
    called = next((one.name for one in policies if one.id == item.subject.policy_id), "")
    return (
        f" under {name(called)} {code(item.subject.policy_id)}"
        if called
        else f" under {code(item.subject.policy_id)}"
    )


def _advice(found: Found, page: EntityPage) -> str:
    """The recommended policy, as soon as there is one."""
    entity = found.entity
    standing = entity and found.view.standings.get(Subject(entity.id))
    if not entity or not (standing and standing.report) or entity.type is EntityType.MANAGEMENT_ACCOUNT:
        return ""
    made = page.advice.get((found.view.name, entity.id))
    title = '<div class="head"><h2>Recommended service control policy</h2></div>'
    if made is None:
        here = text(page.where.link(markup.path_of_entity(entity.id)))
        body = f'<p class="nothing">It is being worked out: <a href="{here}">look again</a>.</p>'
        return markup.section("advice", f"{title}{body}", pending=True)
    return markup.section("advice", f"{title}{made}") if made else ""


def _attached(found: Found, page: EntityPage) -> str:
    discovery, entity = found.view.discovery, found.entity
    return render_attached(discovery, entity, page.names, page.where) if discovery and entity else ""


def _table(found: Found, item: Work | None, page: EntityPage) -> str:
    """The services, with a box that filters them."""
    standing = item and found.view.standings.get(item.subject)
    if not (standing and standing.report):
        return ""
    box = markup.filter_box(page.choice.only, "service or Region", page.choice.kept())
    title = f'<div class="head"><h2>Services{_under(found.view, item)}</h2></div>'
    return markup.section("services", f"{title}{box}{_services(standing.report, standing, page)}")


def _children(which: Found, page: EntityPage) -> str:
    """What is directly below, with its figures."""
    if not which.entity:
        return ""
    view = which.view
    node = found(forest(view, all_lines(view, page.now)), which.entity.id)
    if not node or not node.children:
        return ""
    items = "".join(_child(child, page) for child in node.children)
    return (
        f'<section>\n<details class="children"{" open" if len(node.children) <= _SHOWN else ""}>'
        f"<summary><h2>Below it: {len(node.children)} of {node.size()} in all</h2></summary>\n"
        f'<ul class="names">{items}</ul></details></section>\n'
    )


_SHOWN = 30  # children; more are closed at first


def _child(node: Node, page: EntityPage) -> str:
    own, said = node.own, KINDS[node.entity.type]
    if own and own.accessible is not None and own.not_accessed is not None:
        said += f", {own.not_accessed} of {own.accessible} services never used"
    if own and own.trouble:
        said += f", {own.state.value}"
    link = markup.entity_link(page.where, node.entity.id, page.names)
    return f'<li>{link} <span class="soft">{said}</span></li>'


def _facts(found: Found, stands: Line | None, page: EntityPage) -> str:
    return facts((*_identity(found.entity), *(_report(stands, page.now) if stands else ())))


def _identity(entity: Entity | None) -> Iterator[tuple[str, str]]:
    if entity is None:
        yield "Made elsewhere", "a job of the same principal"
        return
    yield KINDS[entity.type].capitalize(), code(entity.id)
    yield "Path", code(entity.path)
    if entity.state:
        yield "Account state", text(entity.state)


def _report(stands: Line, now: float) -> Iterator[tuple[str, str]]:
    yield "Report", moment(now - stands.age, now) if stands.age is not None else "none yet"
    if stands.accessible is not None:
        yield "Accessible", f"{stands.accessible} services"
    if stands.not_accessed is not None:
        yield "Not accessed", f"{stands.not_accessed} services"
    if stands.job:
        yield "Newest job", text(stands.job)


def _trouble(stands: Line) -> str:
    return f'<p class="trouble">{name(stands.trouble)}</p>' if stands.trouble else ""


def _services(report: Report, standing: Standing, page: EntityPage) -> str:
    choice = page.choice
    rows = sorted(
        (each for each in report.services if choice.among(each.name, each.namespace, each.region)),
        key=lambda each: each.namespace,
    )
    shown = (_service(each, standing, page) for each in ordered(rows, COLUMNS, choice))
    return table(COLUMNS, choice, shown)


def _service(each: ServiceAccess, standing: Standing, page: EntityPage) -> str:
    count = each.authenticated_entities
    cells = (
        service_link(page.where, each.namespace, each.name),
        code(each.namespace),
        _used(each, standing, page.now),
        NONE if count is None else str(count),
        text(each.region) or NONE,
        markup.entity_link(page.where, each.account_id, page.names),
    )
    return row(COLUMNS, cells, "" if each.used is not None else "unused")


def _used(each: ServiceAccess, standing: Standing, now: float) -> str:
    """A use that only an earlier report told of is not the same as never."""
    earlier = standing.last_known.get(each.namespace)
    if each.used is None and earlier is not None:
        return f"not since {day(earlier)}"
    return used(each.used, now)
