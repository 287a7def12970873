"""Pieces of HTML. Names come from AWS, and thus from anybody who may name an account."""

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import quote

from exporter import __version__
from exporter.model import EntityType, OrganizationView, ReportState
from exporter.times import rfc3339, spoken
from exporter.web.landing.assets import SCRIPT, STYLE
from exporter.web.landing.tree import Line
from exporter.web.places import Places

NONE = "\N{EN DASH}"
NOTHING = "<p>No organization is configured.</p>"

KINDS = {
    EntityType.ROOT: "root",
    EntityType.ORGANIZATIONAL_UNIT: "organizational unit",
    EntityType.MANAGEMENT_ACCOUNT: "management account",
    EntityType.ACCOUNT: "account",
}


def text(value: str) -> str:
    """Text, or an attribute's value. NUL has no place in HTML at all."""
    return html.escape(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def name(value: str) -> str:
    """A name from outside: kept from turning the line around with marks of writing direction."""
    return f"<bdi>{text(value)}</bdi>"


def code(value: str) -> str:
    """An identifier."""
    return f"<code>{text(value)}</code>"


def ago(at: float, now: float) -> str:
    """A time, told as how long ago it was."""
    return f'<time datetime="{rfc3339(at) or ""}">{spoken(now - at)} ago</time>'


def day(at: float) -> str:
    """A time, told as its day."""
    when = rfc3339(int(at))
    return f'<time datetime="{when}">{when[:10]}</time>' if when else NONE


def moment(at: float, now: float) -> str:
    """A time to the minute, and on a screen how long ago that is."""
    when = rfc3339(int(at))
    if not when:
        return NONE
    shown = f"{when[:10]} {when[11:16]} UTC"
    return f'<time datetime="{when}">{shown}</time> <span class="age">{spoken(now - at)} ago</span>'


def used(at: float | None, now: float, unknown: str = "never") -> str:
    """When something was used: the day, and on a screen how long ago that is."""
    return unknown if at is None else f'{day(at)} <span class="age">{spoken(now - at)} ago</span>'


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
    """How a subject stands."""
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


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of what is known, as HTML by its name."""
    items = "".join(f"<div><dt>{term}</dt><dd>{said}</dd></div>" for term, said in pairs)
    return f'<dl class="facts">{items}</dl>'


def filter_box(wanted: str, hint: str, kept: Mapping[str, str] = MappingProxyType({})) -> str:
    """A form that works without the script, which makes it filter while one types.

    ``kept`` are the other parameters of the page.
    """
    hidden = "".join(f'<input type="hidden" name="{key}" value="{value}">' for key, value in kept.items())
    return (
        f'<form role="search" method="get">{hidden}<label>Filter '
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
    """A whole page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<link rel="icon" href="data:,">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n{head}\n</header>\n<main>\n{body}\n</main>\n"
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def version(now: float) -> str:
    """Which program made the page, and when."""
    at = datetime.fromtimestamp(now, UTC)
    return (
        f'<p class="soft">org-access-exporter {text(__version__)}, as of '
        f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M:%S} UTC</time></p>'
    )


def header(
    title: str, where: Places, now: float, links: Sequence[tuple[str, str]] = (), *, plain: str = ""
) -> str:
    """The head of every page but the first: ``title`` as HTML, the ways from here, and the search."""
    taken = {label for _, label in links} | {plain or title}
    shown = navigation(
        (where.link(path), label)
        for path, label in (*_WAYS, *links)
        if (path, label) in links or label not in taken
    )
    return f"<h1>{title}</h1>\n{version(now)}\n{shown}\n{search(where)}"


_WAYS = (("/", "All entities"), ("/services", "Services"), ("/news", "What changed"))


def ways(where: Places) -> str:
    """The ways from anywhere."""
    return navigation((where.link(path), label) for path, label in _WAYS)


def search(where: Places) -> str:
    """The box that finds an entity or a service from any page."""
    return (
        f'<form role="search" class="find" method="get" action="{text(where.link("/"))}">'
        '<label>Find <input name="filter" autocomplete="off" spellcheck="false" '
        'placeholder="entity or service"></label></form>'
    )


def navigation(links: Iterable[tuple[str, str]]) -> str:
    """Links (address, name)."""
    items = "".join(f'<li><a href="{text(address)}">{shown}</a></li>' for address, shown in links)
    return f'<nav aria-label="Endpoints"><ul>{items}</ul></nav>'
