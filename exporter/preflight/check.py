"""What was looked at, what came of it, and how people are told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rich.console import RenderableType
from rich.text import Text

from exporter.output import Prose


class Result(StrEnum):
    """How a check ended. ``NOTE`` is of something that is not needed.

    ``UNKNOWN`` is a check that could not be made: it says nothing either way, and so passes nothing.
    """

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    UNKNOWN = "not checked"
    FAILED = "failed"


_IN_THE_WAY = {Result.FAILED, Result.UNKNOWN}
_INDENT = 2
_MARKS = {
    Result.OK: ("\N{CHECK MARK}", "ok", "green"),
    Result.NOTE: ("-", "note", "dim"),
    Result.WARNING: ("!", "warn", "yellow"),
    Result.UNKNOWN: ("?", "?", "yellow"),
    Result.FAILED: ("\N{BALLOT X}", "FAIL", "red"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, and what to do about it. ``permission`` is the one that it is about."""

    name: str
    result: Result
    detail: str
    remedy: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: for each organization by its name, and for the state."""

    organizations: Mapping[str, tuple[Check, ...]]
    state: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Everything that is needed was checked, and nothing failed."""
        return all(passed(checks) for checks in (*self.organizations.values(), self.state))


def missing(checks: tuple[Check, ...]) -> tuple[str, ...]:
    """The permissions that are known to be missing."""
    return tuple(check.permission for check in checks if check.permission and check.result is Result.FAILED)


def passed(checks: tuple[Check, ...]) -> bool:
    """Everything that is needed was checked, and nothing failed."""
    return not any(check.result in _IN_THE_WAY for check in checks)


def tick(check: Check, encoding: str) -> Iterator[RenderableType]:
    """How a check ended, with a tick, and what to do about a cross; words where ``encoding`` has no ticks."""
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
