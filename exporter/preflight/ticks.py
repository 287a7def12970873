"""Checks for people: ticks, and what to do about each cross."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from exporter.preflight.check import Check, Result

_MARKS = {
    Result.OK: ("\N{CHECK MARK}", "ok", "green"),
    Result.NOTE: ("-", "note", "dim"),
    Result.WARNING: ("!", "warn", "yellow"),
    Result.UNKNOWN: ("?", "?", "yellow"),
    Result.FAILED: ("\N{BALLOT X}", "FAIL", "red"),
}


def ticks(title: str, checks: Iterable[Check], encoding: str) -> RenderableType:
    """One line per check; where ``encoding`` has no ticks, words."""
    words = not encoding.lower().startswith("utf")
    lines: list[RenderableType] = [Text(title, style="bold")]
    for check in checks:
        mark, word, style = _MARKS[check.result]
        shown = f"{word:4} " if words else f"{mark} "
        told = "not checked: " if check.result is Result.UNKNOWN else ""
        line = Text.assemble((shown, style), f"{check.name}: {told}", _printable(check.detail))
        lines.append(Padding(line, (0, 0, 0, 2), expand=False))
        if check.remedy:
            lines.append(
                Padding(Text(f"-> {check.remedy}", style=style), (0, 0, 0, 2 + len(shown)), expand=False)
            )
    return Group(*lines)


def _printable(text: str) -> str:
    """What an endpoint says may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
