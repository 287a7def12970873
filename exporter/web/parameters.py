"""Query parameters: which there are, and what they choose."""

from collections.abc import Iterable

from aiohttp import web
from multidict import MultiMapping

from exporter.families import Group

COLLECT, EXCLUDE = "collect[]", "exclude[]"
_GROUPS = ", ".join(Group)


def check(query: Iterable[str], known: frozenset[str]) -> None:
    """Refuse a query that has a parameter we do not know: it would be misunderstood in silence."""
    for name in query:
        if name not in known:
            has = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise web.HTTPBadRequest(text=f"unknown parameter {name!r}: {has}\n")


def single(query: MultiMapping[str], name: str) -> str | None:
    """The one value of a parameter, or None."""
    values = query.getall(name, ())
    if len(values) > 1:
        raise web.HTTPBadRequest(text=f"{name} is given {len(values)} times, and may be once\n")
    return values[0] if values else None


def one_of(query: MultiMapping[str], name: str, words: tuple[str, ...]) -> str | None:
    """The one value of a parameter, which has to be one of these words, or None."""
    value = single(query, name)
    if value is not None and value not in words:
        raise web.HTTPBadRequest(text=f"{name}={value!r} is none of {', '.join(words)}\n")
    return value


def number(query: MultiMapping[str], name: str) -> int:
    """The one value of a parameter, which has to be a whole number from zero on; zero without it."""
    value = single(query, name) or "0"
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise web.HTTPBadRequest(text=f"{name}={value!r} is no number from 0 on\n")
    return int(value)


def groups(query: MultiMapping[str]) -> frozenset[Group]:
    """The family groups that ``collect[]`` or ``exclude[]`` leave: all of them with neither."""
    if COLLECT in query and EXCLUDE in query:
        raise web.HTTPBadRequest(text=f"{COLLECT} and {EXCLUDE} exclude each other\n")
    if COLLECT in query:
        return frozenset(map(_group, query.getall(COLLECT)))
    return frozenset(Group) - frozenset(map(_group, query.getall(EXCLUDE, ())))


def _group(name: str) -> Group:
    try:
        return Group(name)
    except ValueError:
        raise web.HTTPBadRequest(text=f"unknown group {name!r}: the groups are {_GROUPS}\n") from None
