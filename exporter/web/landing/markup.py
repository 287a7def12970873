"""Pieces of the pages, with their style and script. No state is told by colour alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import quote

from exporter import __version__
from exporter.hypertext import NONE, code, name, source_of, text
from exporter.model import EntityType, OrganizationView, ReportState
from exporter.web.landing.tree import Line
from exporter.web.places import Places

_HERE = files(__package__)
STYLE = _HERE.joinpath("style.css").read_text("utf-8")
SCRIPT = _HERE.joinpath("script.js").read_text("utf-8")

POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {source_of(STYLE)}",
        f"script-src {source_of(SCRIPT)}",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The pages' Content-Security-Policy: this style, this script, and nothing from elsewhere."""


NOTHING = "<p>No organization is configured.</p>"

KINDS = {
    EntityType.ROOT: "root",
    EntityType.ORGANIZATIONAL_UNIT: "organizational unit",
    EntityType.MANAGEMENT_ACCOUNT: "management account",
    EntityType.ACCOUNT: "account",
}


def names(view: OrganizationView) -> dict[str, str]:
    """What the entities of an organization are called, by their ids."""
    return {entity.id: entity.name for entity in view.discovery.entities} if view.discovery else {}


def entity_link(where: Places, entity_id: str, known: Mapping[str, str], *, with_id: bool = True) -> str:
    """An entity by its name, as far as that is known, and its id."""
    if not entity_id:
        return NONE
    called = known.get(entity_id)
    shown = name(called) if called else code(entity_id)
    own = f" {code(entity_id)}" if called and with_id else ""
    return f'<a href="{page_of_entity(where, entity_id)}">{shown}</a>{own}'


def badge(state: str, shown: str = "") -> str:
    """A state, told by shape, colour and word."""
    return f'<span class="badge {state}">{shown or state}</span>'


def state_badge(line: Line) -> str:
    return badge(line.state.value, f"{line.state.value}{' (running)' if line.running else ''}")


def bar(parts: Iterable[tuple[str, float]], kind: str = "bar") -> str:
    """A bar of parts (class, percent). It says nothing that is not also said in words."""
    drawn, start = "", 0.0
    for part, width in parts:
        drawn += f'<rect class="{part}" x="{start:.1f}" width="{width:.1f}" height="6"/>'
        start += width
    return (
        f'<svg class="{kind}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
    )


def use_bar(line: Line) -> str:
    """How much of what may be used is used; empty where that is unknown or makes no sense."""
    accessible, unused = line.accessible, line.not_accessed
    if not accessible or unused is None or not 0 <= unused <= accessible:
        return '<span class="use"></span>'
    return bar([("used", 100 * (accessible - unused) / accessible)], "use")


def counts_bar(counts: dict[ReportState, int]) -> str:
    """How many reports are fresh, stale, failed and pending."""
    whole = sum(counts.values()) or 1
    return bar((state.value, 100 * count / whole) for state, count in counts.items())


def section(key: str, content: str, *, pending: bool = False) -> str:
    """A part of the page, which the script renews; ``pending``: it will soon be another."""
    mark = " data-pending" if pending else ""
    return f'<section data-live="{key}"{mark}>\n{content}</section>\n'


def filter_box(wanted: str, hint: str, kept: Mapping[str, str] = MappingProxyType({})) -> str:
    """A form that works without the script, which makes it filter while one types.

    ``kept`` are the other parameters of the page.
    """
    hidden = "".join(f'<input type="hidden" name="{key}" value="{value}">' for key, value in kept.items())
    return (
        f'<form role="search" aria-label="On this page" method="get">{hidden}<label>Filter '
        f'<input type="search" name="filter" value="{text(wanted)}" autocomplete="off" spellcheck="false" '
        f'placeholder="{hint}"></label><output aria-live="polite"></output></form>'
    )


def path_of_entity(entity_id: str) -> str:
    """Where the page of an entity is, below all prefixes."""
    return f"/entities/{quote(entity_id, safe='', errors='replace')}"


def page_of_entity(where: Places, entity_id: str) -> str:
    """The address of an entity's page, as an attribute's value."""
    return text(where.link(path_of_entity(entity_id)))


def document(title: str, head: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<link rel="icon" href="data:,">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n{head}\n</header>\n<main>\n{body}\n</main>\n"
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


EVERY = 30  # s after which a page that is looked at asks for itself again


def version(now: float) -> str:
    """Which program made the page, and when; what the script has to say about that."""
    at = datetime.fromtimestamp(now, UTC)
    return (
        f'<p class="soft">org-access-exporter {text(__version__)}, as of '
        f'<time class="as-of" data-as-of="{now:.3f}" data-every="{EVERY}" '
        f'datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M:%S} UTC</time> '
        '<span role="status"></span></p>'
    )


def header(
    title: str, where: Places, now: float, links: Sequence[tuple[str, str]] = (), *, plain: str = ""
) -> str:
    """The head of every page but the first: ``title`` as HTML, the ways from here, and the search.

    ``links`` (address, name) take the place of the general way of that name.
    """
    taken = {label for _, label in links} | {plain or title}
    general = [(where.link(path), label) for path, label in _WAYS if label not in taken]
    return f"<h1>{title}</h1>\n{version(now)}\n{navigation([*general, *links])}\n{search(where)}"


_WAYS = (("/", "All entities"), ("/services", "Services"), ("/news", "What changed"))


def search(where: Places) -> str:
    """The box that finds an entity or a service from any page."""
    return (
        '<form role="search" aria-label="Everywhere" class="find" method="get" '
        f'action="{text(where.link("/"))}">'
        '<label>Find <input name="filter" autocomplete="off" spellcheck="false" '
        'placeholder="entity or service"></label></form>'
    )


def navigation(links: Iterable[tuple[str, str]]) -> str:
    """Links (address, name)."""
    items = "".join(f'<li><a href="{text(address)}">{shown}</a></li>' for address, shown in links)
    return f'<nav aria-label="Endpoints"><ul>{items}</ul></nav>'


def render_error(where: Places, said: str) -> str:
    """A page with the line that programs get, and ways on."""
    title = "There is no such page" if said.startswith(("404", "no ")) else "This cannot be shown"
    general = navigation((where.link(path), label) for path, label in _WAYS)
    head = f"<h1>{title}</h1>\n{general}\n{search(where)}"
    ways = "The box above finds an entity or a service by its name or id."
    body = f'<p class="nothing">{name(said.strip())}</p><p class="nothing soft">{ways}</p>'
    return document(title, head, f"<section>{body}</section>")
