"""The landing page as HTML: what the reports say, the tree, and how the collection stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from exporter.hypertext import code, name
from exporter.model import OrganizationView, Snapshot
from exporter.web.landing import finding, markup
from exporter.web.landing.branches import render_choice, render_tree, row
from exporter.web.landing.collector import render_collector, render_troubles, warnings
from exporter.web.landing.highlights import render_changes, render_figures, render_gaps, render_services
from exporter.web.landing.services import service_link
from exporter.web.landing.tree import Line, Wish, all_lines, chosen, foreign, forest, found, uses_of
from exporter.web.places import OVERVIEW, Places

_ALL = Wish()


def render(snapshot: Snapshot, where: Places, now: float, wish: Wish = _ALL) -> str:
    """The whole page, or what is wanted of it."""
    part = _part if wish.below or wish.start else _organization
    sections = "".join(part(view, where, now, wish) for view in snapshot.organizations)
    body = f"{render_choice(wish)}\n{sections}" if snapshot.organizations else markup.NOTHING
    return markup.document("org-access-exporter", _header(where, now), body)


def _header(where: Places, now: float) -> str:
    links = (
        ("/", "All entities"),
        ("/services", "Services"),
        ("/news", "What changed"),
        ("/export.csv", "Everything as CSV"),
        (where.telemetry, "Metrics"),
        ("/config", "Configuration"),
        ("/sd", "Service discovery"),
        ("/api/v1/entities", "Entities as JSON"),
        ("/-/healthy", "Healthy"),
        ("/-/ready", "Ready"),
    )
    shown = [(where.link(path), label) for path, label in links]
    board = where.dashboard(OVERVIEW)
    navigation = markup.navigation([*shown, *([(board, "Dashboards")] if board else [])])
    return f"<h1>AWS Organizations access reports</h1>\n{markup.version(now)}\n{navigation}"


def _head(view: OrganizationView) -> str:
    up = markup.badge("up" if view.up else "down")
    why = "".join(f'<p class="trouble">{name(said)}</p>\n' for said in warnings(view))
    return f'<div class="head"><h2>{name(view.name)}</h2>{up}</div>\n{why}'


def _organization(view: OrganizationView, where: Places, now: float, wish: Wish) -> str:
    lines = all_lines(view, now)
    answers = "" if wish.only or wish.show or wish.service else _answers(view, lines, where, now)
    services = render_services(view, wish.only, where) if wish.only else ""
    troubles = render_troubles(view, lines, where, now)
    return (
        f"<section>\n{_live('head', _head(view))}{answers}{services}{_live('troubles', troubles)}"
        f"{_tree(view, lines, where, now, wish)}{_foreign(view, lines, where, now)}"
        f"{_live('collector', render_collector(view, lines, now))}</section>\n"
    )


def _live(key: str, content: str) -> str:
    """A part that the script renews; empty ones too, since they may fill."""
    return f'<div data-live="{key}">{content}</div>'


def _answers(view: OrganizationView, lines: Sequence[Line], where: Places, now: float) -> str:
    names = markup.names(view)
    changes, gaps = render_changes(view, names, where), render_gaps(view, lines, names, where)
    beside = f'<div class="beside">{changes}{gaps}</div>' if changes or gaps else ""
    return f"{_live('figures', render_figures(view, where, now))}{_live('news', beside)}"


def _part(view: OrganizationView, where: Places, now: float, wish: Wish) -> str:
    """The children of one entity alone, or the rest of a long list; empty where there is no such entity."""
    uses = _uses(view, wish)
    tops = chosen(view, forest(view, all_lines(view, now)), wish, now, uses)
    node = found(tops, wish.below)
    if wish.below and node is None:
        return ""
    here, depth = (node.children, node.entity.depth + 1) if node else (tops, 0)
    title = f"Below {name(node.entity.name)}" if node else name(view.name)
    tree = render_tree(here, where, now, replace(wish, depth=depth), uses)
    return f'<section>\n<div class="head"><h2>{title}</h2></div>\n{tree}</section>\n'


def _tree(view: OrganizationView, lines: Sequence[Line], where: Places, now: float, wish: Wish) -> str:
    tops = forest(view, lines)
    if not tops:
        return ""
    uses = _uses(view, wish)
    tree = render_tree(chosen(view, tops, wish, now, uses), where, now, wish, uses)
    return f"<h3>{_title(view, wish, where)}</h3>{tree}"


def _title(view: OrganizationView, wish: Wish, where: Places) -> str:
    if not wish.service:
        return "All entities"
    found = finding.meant(view, wish.service)
    if found is None:
        return f"No report lists a service {name(wish.service)}"
    return f"Entities that may use {service_link(where, found.namespace, found.name)}"


def _uses(view: OrganizationView, wish: Wish) -> Mapping[str, float | None]:
    """Of the service that is asked about; empty where none is, or there is none of that name."""
    found = finding.meant(view, wish.service) if wish.service else None
    return uses_of(view, found.namespace) if found else {}


def _foreign(view: OrganizationView, lines: Sequence[Line], where: Places, now: float) -> str:
    rows = "".join(_rows_of_jobs(foreign(view, lines), where, now))
    return f'<h3>Reports made elsewhere</h3><ul class="tree">{rows}</ul>' if rows else ""


def _rows_of_jobs(lines: Iterable[Line], where: Places, now: float) -> Iterator[str]:
    for line in lines:
        job_id = line.subject.entity_id
        title = f'<a href="{markup.page_of_entity(where, job_id)}">{code(job_id)}</a>'
        yield f"<li>{row(title, line, 0, now)}</li>\n"
