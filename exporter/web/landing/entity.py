"""The page of one entity as HTML: where it stands, how its reports stand, and their services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from exporter.model import Entity, OrganizationView, Report, ServiceAccess, Snapshot, Standing, Work
from exporter.web.landing import markup
from exporter.web.landing.columns import Choice, Column, ordered, row, table
from exporter.web.landing.markup import KINDS, NONE, code, name, text
from exporter.web.landing.services import page_of_service
from exporter.web.landing.tree import Line, Node, all_lines, forest, found, line
from exporter.web.places import Places

COLUMNS = {
    "service": Column("Service", lambda row: (row.name or row.namespace).lower()),
    "namespace": Column("Namespace", lambda row: row.namespace),
    "used": Column("Last used", lambda row: row.last_authenticated or 0.0, falling=True),
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
class Page:
    """What every part of the page is made with; ``names`` are those of the organization's entities."""

    where: Places
    now: float
    choice: Choice
    names: Mapping[str, str]


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
    reports = markup.path_of_entity(entity_id).replace("/entities/", "/api/v1/reports/", 1)
    asked = urlencode({"entity": entity_id}, errors="replace")
    links = [(f"/news?{asked}", "What changed"), (reports, "As JSON")]
    head = markup.header(name(title), where, now, links, plain=title)
    box = markup.filter_box(choice.only, "service or Region", choice.kept())
    sections = "".join(
        _organization(each, Page(where, now, choice, markup.names(each.view))) for each in found
    )
    return markup.document(title, f"{_way(found, where)}{head}", f"{box}\n{sections}")


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


def _organization(found: Found, page: Page) -> str:
    parts = "".join(
        f'<section>\n<div class="head"><h2>{title}</h2>{state}</div>\n{body}</section>\n'
        for title, state, body in _parts(found, page)
    )
    return f"{_children(found, page)}{parts}"


def _children(which: Found, page: Page) -> str:
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


def _child(node: Node, page: Page) -> str:
    own, said = node.own, KINDS[node.entity.type]
    if own and own.accessible is not None and own.not_accessed is not None:
        said += f", {own.not_accessed} of {own.accessible} services never used"
    if own and own.trouble:
        said += f", {own.state.value}"
    link = markup.entity_link(page.where, node.entity.id, page.names)
    return f'<li>{link} <span class="soft">{said}</span></li>'


def _parts(found: Found, page: Page) -> Iterator[tuple[str, str, str]]:
    """Title, state and content of each section: the entity itself, and each SCP that it is seen through."""
    for item in found.work:
        stands = line(found.view, item, page.now)
        under = f" under {code(item.subject.policy_id)}" if item.subject.policy_id else ""
        standing = found.view.standings.get(item.subject)
        report = standing.report if standing else None
        rows = _services(report, standing, page) if report and standing else ""
        body = f"{_facts(found, stands, page)}{_trouble(stands)}{markup.use_bar(stands)}{rows}"
        yield f"{name(found.view.name)}{under}", markup.state_badge(stands), body
    if not found.work:
        yield name(found.view.name), markup.badge("none", "not collected"), _facts(found, None, page)


def _facts(found: Found, stands: Line | None, page: Page) -> str:
    return markup.facts((*_identity(found.entity), *(_report(stands, page.now) if stands else ())))


def _identity(entity: Entity | None) -> Iterator[tuple[str, str]]:
    if entity is None:
        yield "Made elsewhere", "a job of the same principal"
        return
    yield KINDS[entity.type].capitalize(), code(entity.id)
    yield "Path", code(entity.path)
    if entity.state:
        yield "Account state", text(entity.state)


def _report(stands: Line, now: float) -> Iterator[tuple[str, str]]:
    yield "Report", markup.moment(now - stands.age, now) if stands.age is not None else "none yet"
    if stands.accessible is not None:
        yield "Accessible", f"{stands.accessible} services"
    if stands.not_accessed is not None:
        yield "Not accessed", f"{stands.not_accessed} services"
    if stands.job:
        yield "Newest job", text(stands.job)


def _trouble(stands: Line) -> str:
    return f'<p class="trouble">{name(stands.trouble)}</p>' if stands.trouble else ""


def _services(report: Report, standing: Standing, page: Page) -> str:
    choice = page.choice
    rows = sorted(
        (each for each in report.services if choice.among(each.name, each.namespace, each.region)),
        key=lambda each: each.namespace,
    )
    shown = (_service(each, standing, page) for each in ordered(rows, COLUMNS, choice))
    return table(COLUMNS, choice, shown)


def _service(each: ServiceAccess, standing: Standing, page: Page) -> str:
    count = each.authenticated_entities
    link = page_of_service(page.where, each.namespace)
    cells = (
        f'<a href="{link}">{name(each.name or each.namespace)}</a>',
        code(each.namespace),
        _used(each, standing, page.now),
        NONE if count is None else str(count),
        text(each.region) or NONE,
        markup.entity_link(page.where, each.account_id, page.names),
    )
    return row(COLUMNS, cells, "" if each.last_authenticated is not None else "unused")


def _used(each: ServiceAccess, standing: Standing, now: float) -> str:
    """A use that only an earlier report told of is not the same as never."""
    earlier = standing.last_known.get(each.namespace)
    if each.last_authenticated is None and earlier is not None:
        return f"not since {markup.day(earlier)}"
    return markup.used(each.last_authenticated, now)
