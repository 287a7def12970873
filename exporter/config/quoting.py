"""How a piece of somebody's file is shown in a message: quoted, on one line, not too long."""

from typing import Any

_MOST = 60
_KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a mapping",
}


def quote(text: str) -> str:
    """``text`` in double quotes, cut after 60 characters, with everything unprintable escaped."""
    return f'"{escape(text if len(text) <= _MOST else text[:_MOST] + "…")}"'


def escape(text: str) -> str:
    """``text`` with everything unprintable as Python's escapes, so that it is one line."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def describe(value: Any) -> str:
    """A value of a document in a message: text as it is, of anything else the kind."""
    if isinstance(value, str):
        return quote(value)
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "null")
