"""Checks for people: ticks, and what to do about each cross."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from exporter.output import Prose
from exporter.preflight.check import Check, Result

_INDENT = 2
_MARKS = {
    Result.OK: ("\N{CHECK MARK}", "ok", "green"),
    Result.NOTE: ("-", "note", "dim"),
    Result.WARNING: ("!", "warn", "yellow"),
    Result.UNKNOWN: ("?", "?", "yellow"),
    Result.FAILED: ("\N{BALLOT X}", "FAIL", "red"),
}


def tick(check: Check, encoding: str) -> Iterator[RenderableType]:
    """How it ended, and what to do about it; where ``encoding`` has no ticks, words."""
    words = not encoding.lower().startswith("utf")
    mark, word, style = _MARKS[check.result]
    shown = f"{word:4} " if words else f"{mark} "
    told = "not checked: " if check.result is Result.UNKNOWN else ""
    line = Text.assemble((shown, style), f"{check.name}: {told}", _printable(check.detail))
    yield Prose(line, indent=_INDENT, hanging=len(shown))
    if check.remedy:
        yield Prose(f"-> {_printable(check.remedy)}", style, indent=_INDENT + len(shown), hanging=3)


def _printable(text: str) -> str:
    """What an endpoint says may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
