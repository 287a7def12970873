"""What the reports say about an organization, first and in large: as HTML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from urllib.parse import urlencode

from exporter.hypertext import code, day, moment, text
from exporter.model import EntityType, News, NewsKind, OrganizationView
from exporter.told import KINDS as NEWS_KINDS
from exporter.web.landing import finding, markup
from exporter.web.landing.services import service_link
from exporter.web.landing.tree import Line
from exporter.web.places import Places

_WEEK = 7 * 86_400.0
_MOST = 5


def render_figures(view: OrganizationView, where: Places, now: float) -> str:
    """Allowed, used and never used, with what the week brought; empty before there is a report."""
    found = finding.figures(view)
    if found is None:
        return ""
    came, opened = _this_week(view, now)
    services = text(where.link("/services"))
    shown = (
        ("allowed", found.allowed, _trend(opened, "newly allowed")),
        ("used", found.used, _trend(came, "came into use")),
        ("never used", found.unused, "in AWS's tracking period"),
    )
    items = "".join(
        f'<li><a href="{services}"><b>{count}</b> {label}</a><span class="soft">{more}</span></li>'
        for label, count, more in shown
    )
    bar = markup.bar([("used", 100 * found.used / found.allowed)], "use") if found.allowed else ""
    return (
        f'<ul class="figures" aria-label="Services">{items}</ul>{bar}'
        f'<p class="nothing soft">Services, by the report of {moment(found.at, now)}</p>'
    )


def _trend(count: int, what: str) -> str:
    return f"{count} {what} in 7 days" if count else "none new in 7 days"


def _this_week(view: OrganizationView, now: float) -> tuple[int, int]:
    """How many services came into use, and how many were allowed, anywhere in the organization."""
    recent = [piece for piece in _pieces(view) if piece.told >= now - _WEEK]
    came = {piece.namespace for piece in recent if piece.kind.is_use}
    opened = {piece.namespace for piece in recent if piece.kind is NewsKind.NEWLY_ACCESSIBLE}
    return len(came), len(opened)


def _pieces(view: OrganizationView) -> Iterator[News]:
    return (piece for pieces in view.news.values() for piece in pieces)


def render_changes(view: OrganizationView, names: Mapping[str, str], where: Places) -> str:
    """The newest of what changed: each service once, where it was seen closest."""
    found = _newest(view)
    if not found:
        return ""
    items = "".join(_change(piece, names, where) for piece in found[:_MOST])
    more = f'<p class="nothing"><a href="{text(where.link("/news"))}">All that changed</a></p>'
    return f'<div><h3>What changed lately</h3><ul class="brief">{items}</ul>{more}</div>'


def _newest(view: OrganizationView) -> list[News]:
    depth = {entity.id: entity.depth for entity in view.discovery.entities} if view.discovery else {}
    order = sorted(_pieces(view), key=lambda piece: (-piece.at, -depth.get(piece.subject.entity_id, 0)))
    seen: dict[tuple[str, NewsKind], News] = {}
    for piece in order:
        seen.setdefault((piece.namespace, piece.kind), piece)
    return list(seen.values())


def _change(piece: News, names: Mapping[str, str], where: Places) -> str:
    service = service_link(where, piece.namespace, piece.name)
    entity = markup.entity_link(where, piece.subject.entity_id, names, with_id=False)
    return (
        f"<li>{service} <b>{NEWS_KINDS[piece.kind]}</b> {entity} "
        f'<span class="soft">{day(piece.at)}</span></li>'
    )


def render_gaps(
    view: OrganizationView, lines: Iterable[Line], names: Mapping[str, str], where: Places
) -> str:
    """Organizational units and accounts by how many services they may use and never did."""
    entities = view.discovery.entities if view.discovery else ()
    roots = {entity.id for entity in entities if entity.type is EntityType.ROOT}
    found = nlargest(
        _MOST,
        (
            each
            for each in lines
            if each.not_accessed and not each.subject.policy_id and each.subject.entity_id not in roots
        ),
        key=lambda each: (each.not_accessed or 0, -(each.accessible or 0)),
    )
    if not found:
        return ""
    items = "".join(
        f"<li>{markup.entity_link(where, each.subject.entity_id, names, with_id=False)} "
        f"{code(each.subject.entity_id)} "
        f'<span class="soft"><b>{each.not_accessed}</b> of {each.accessible} never used</span></li>'
        for each in found
    )
    more = text(f"{where.link('/')}?{urlencode({'sort': 'unused', 'order': 'descending'})}")
    ranked = f'<p class="nothing"><a href="{more}">All, the widest first</a></p>'
    return f'<div><h3>Widest gaps</h3><ol class="brief">{items}</ol>{ranked}</div>'


def render_services(view: OrganizationView, words: str, where: Places) -> str:
    """The services that somebody who looks for these words may mean."""
    found: Sequence[finding.Service] = finding.matching(finding.services(view).values(), words)
    if not found:
        return ""
    items = "".join(
        f"<li>{service_link(where, each.namespace, each.name)} {code(each.namespace)} "
        f'<span class="soft">{f"last used {day(each.at)}" if each.at is not None else "never used"}'
        "</span></li>"
        for each in found[:30]
    )
    return f'<h3>Services: {len(found)}</h3><ul class="names">{items}</ul>'
