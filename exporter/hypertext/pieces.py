"""Pieces of HTML. Names come from AWS, and thus from anybody who may name an account."""

import base64
import hashlib
import html
from collections.abc import Iterable

from exporter.times import rfc3339, spoken

NONE = "\N{EN DASH}"


def text(value: str) -> str:
    """Text, or an attribute's value. NUL has no place in HTML at all."""
    return html.escape(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def name(value: str) -> str:
    """A name from outside: kept from turning the line around with marks of writing direction."""
    return f"<bdi>{text(value)}</bdi>"


def code(value: str) -> str:
    """An identifier."""
    return f"<code>{text(value)}</code>"


def age(at: float, now: float) -> str:
    """How long ago something was; the script keeps it true while the page is looked at."""
    return f'<span class="age" data-at="{int(at)}">{spoken(now - at)} ago</span>'


def ago(at: float, now: float) -> str:
    """A time, told as how long ago it was."""
    return f'<time datetime="{rfc3339(at) or ""}">{age(at, now)}</time>'


def day(at: float) -> str:
    """A time, told as its day."""
    when = rfc3339(int(at))
    return f'<time datetime="{when}">{when[:10]}</time>' if when else NONE


def minute(at: float) -> str:
    """A time to the minute."""
    when = rfc3339(int(at))
    return f'<time datetime="{when}">{when[:10]} {when[11:16]} UTC</time>' if when else NONE


def moment(at: float, now: float) -> str:
    """A time to the minute, and on a screen how long ago that is."""
    told = minute(at)
    return NONE if told == NONE else f"{told} {age(at, now)}"


def used(at: float | None, now: float, unknown: str = "never") -> str:
    """When something was used: the day, and on a screen how long ago that is."""
    return unknown if at is None else f"{day(at)} {age(at, now)}"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of what is known, as HTML by its name."""
    items = "".join(f"<div><dt>{term}</dt><dd>{said}</dd></div>" for term, said in pairs)
    return f'<dl class="facts">{items}</dl>'


def source_of(content: str) -> str:
    """A style or a script as a Content-Security-Policy lists it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
