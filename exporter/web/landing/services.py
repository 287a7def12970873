"""``/services`` and ``/services/<namespace>`` as HTML: what is used in an organization, and by whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from exporter.hypertext import NONE, code, day, facts, name, text, used
from exporter.inventory import Known, ServiceUse, Usage, usage
from exporter.model import UNTOLD, Entity, News, OrganizationView, Snapshot, Subject
from exporter.told import KINDS as NEWS_KINDS
from exporter.web.landing import finding, markup
from exporter.web.landing.columns import Choice, Column, ordered, row, table
from exporter.web.landing.finding import Service
from exporter.web.landing.markup import KINDS
from exporter.web.places import SERVICE, Places

_MOST = 1000  # rows of entities on a page; the rest is told to be there

COLUMNS = {
    "service": Column("Service", lambda each: (each.name or each.namespace).casefold()),
    "namespace": Column("Namespace", lambda each: each.namespace),
    "used": Column("Last used", lambda each: each.at or 0.0, falling=True),
    "accounts": Column("Accounts", lambda each: each.accounts or 0, falling=True, number=True),
    "region": Column("Region", lambda each: each.region),
    "by": Column("Last used by", lambda each: each.account_id),
}
USERS = {
    "entity": Column("Entity", lambda use: use.entity.name.casefold()),
    "id": Column("Id", lambda use: use.entity.id),
    "type": Column("Type", lambda use: KINDS[use.entity.type]),
    "used": Column("Last used", lambda use: use.at or 0.0, falling=True),
    "accounts": Column("Accounts", lambda use: use.accounts or 0, falling=True, number=True),
    "region": Column("Region", lambda use: use.region),
    "by": Column("Last used by", lambda use: use.account_id),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What every part of a page is made with."""

    where: Places
    now: float
    choice: Choice


def render_services(snapshot: Snapshot, where: Places, now: float, choice: Choice) -> str:
    page = Page(where, now, choice)
    sections = "".join(_services(view, page) for view in snapshot.organizations)
    box = markup.filter_box(choice.only, "service, namespace or Region", choice.kept())
    head = markup.header("Services", where, now, [(where.link("/export.csv"), "Everything as CSV")])
    return markup.document("Services", head, f"{box}\n{sections or markup.NOTHING}")


def _services(view: OrganizationView, page: Page) -> str:
    found, names = finding.services(view), markup.names(view)
    rows = [each for each in found.values() if page.choice.among(each.name, each.namespace, each.region)]
    body = table(
        COLUMNS, page.choice, (_service(each, names, page) for each in ordered(rows, COLUMNS, page.choice))
    )
    used = sum(each.at is not None for each in found.values())
    said = f"{used} of {len(found)} services are used" if found else "no report yet"
    head = f'<div class="head"><h2>{name(view.name)}</h2><span class="soft">{said}</span></div>'
    return markup.section("services", f"{head}\n{body if found else ''}")


def _service(each: Service, names: Mapping[str, str], page: Page) -> str:
    cells = (
        service_link(page.where, each.namespace, each.name),
        code(each.namespace),
        used(each.at, page.now),
        NONE if each.accounts is None else str(each.accounts),
        text(each.region) or NONE,
        markup.entity_link(page.where, each.account_id, names),
    )
    return row(COLUMNS, cells, "" if each.at is not None else "unused")


def service_link(where: Places, namespace: str, called: str) -> str:
    """A service by its name, as far as it has one, with the way to its page."""
    address = where.link(f"/services/{quote(namespace, safe='', errors='replace')}")
    return f'<a href="{text(address)}">{name(called or namespace)}</a>'


def render_service(
    snapshot: Snapshot, namespace: str, where: Places, now: float, choice: Choice
) -> str | None:
    """The page of one service; None if no report lists it."""
    page = Page(where, now, choice)
    parts = [(view, found) for view in snapshot.organizations if (found := _usage(view, namespace))]
    if not parts:
        return None
    title = next((found.name for _, found in parts if found.name), namespace)
    head = markup.header(name(title), where, now, list(_links(namespace, where)), plain=title)
    box = markup.filter_box(choice.only, "entity, id or Region", choice.kept())
    sections = "".join(_organization(view, found, page) for view, found in parts)
    return markup.document(title, head, f"{box}\n{sections}")


def _links(namespace: str, where: Places) -> Iterator[tuple[str, str]]:
    yield where.link(f"/news?{urlencode({'service': namespace}, errors='replace')}"), "What changed"
    yield where.link("/export.csv"), "Everything as CSV"
    if board := where.dashboard(SERVICE, service=namespace):
        yield board, "Dashboard"


def _usage(view: OrganizationView, namespace: str) -> Usage | None:
    if view.discovery is None:
        return None
    whole = finding.services(view).get(namespace)
    found = usage(Known(view.name, view.discovery, view.standings), namespace, whole.name if whole else "")
    return found if whole or found.uses or found.idle else None


def _organization(view: OrganizationView, found: Usage, page: Page) -> str:
    names, users = markup.names(view), len(found.uses)
    known = facts(
        (
            ("Namespace", code(found.namespace)),
            ("Used by", f"{users} {_entities(users)}"),
            ("Allowed and not used by", f"{len(found.idle)} {_entities(len(found.idle))}"),
            ("Last used", _at(found.uses[0], page.now) if found.uses else "never"),
        )
    )
    return markup.section(
        "services",
        f'<div class="head"><h2>{name(view.name)}</h2></div>\n{known}'
        f"{_users(view, found, names, page)}{_idle(found.idle, page)}",
    )


def _entities(count: int) -> str:
    return "entity" if count == 1 else "entities"


def _users(view: OrganizationView, found: Usage, names: Mapping[str, str], page: Page) -> str:
    chosen = [use for use in found.uses if page.choice.among(use.entity.name, use.entity.id, use.region)]
    if not chosen:
        return f'<p class="nothing">{"None of them fits." if found.uses else "Nobody has used it."}</p>'
    rows = (
        _use(use, _since(view, use, found.namespace), names, page)
        for use in ordered(chosen, USERS, page.choice)[:_MOST]
    )
    return f"<h3>Who uses it</h3>{table(USERS, page.choice, rows)}{_more(chosen)}"


def _use(use: ServiceUse, since: str, names: Mapping[str, str], page: Page) -> str:
    entity = use.entity
    remembered = ' <span class="soft">(no longer in the report)</span>' if use.remembered else ""
    cells = (
        markup.entity_link(page.where, entity.id, names, with_id=False),
        code(entity.id),
        KINDS[entity.type],
        f"{_at(use, page.now)}{since}{remembered}",
        NONE if use.accounts is None else str(use.accounts),
        text(use.region) or NONE,
        markup.entity_link(page.where, use.account_id, names),
    )
    return row(USERS, cells)


def _at(use: ServiceUse, now: float) -> str:
    return used(UNTOLD if use.at is None else use.at, now)


def _since(view: OrganizationView, use: ServiceUse, namespace: str) -> str:
    """Since when, where that was news."""
    told: Iterator[News] = (
        piece
        for piece in view.news.get(Subject(use.entity.id), ())
        if piece.namespace == namespace and piece.kind.is_use
    )
    piece = next(told, None)
    return f'<br><span class="soft">{NEWS_KINDS[piece.kind]} {day(piece.at)}</span>' if piece else ""


def _idle(idle: Sequence[Entity], page: Page) -> str:
    chosen = [entity for entity in idle if page.choice.among(entity.name, entity.id)]
    if not chosen:
        return ""
    items = "".join(
        f'<li><a href="{markup.page_of_entity(page.where, entity.id)}">{name(entity.name)}</a> '
        f"{code(entity.id)} <span class=soft>{KINDS[entity.type]}</span></li>"
        for entity in chosen[:_MOST]
    )
    return f'<h3>Who may use it and never did</h3><ul class="names">{items}</ul>{_more(chosen)}'


def _more(those: Sequence[object]) -> str:
    rest = len(those) - _MOST
    return f'<p class="nothing soft">{rest} more: filter them, or take the CSV.</p>' if rest > 0 else ""
