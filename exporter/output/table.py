"""Pages for people: tables and paragraphs in which no key is cut, whatever the terminal's width."""

import sys
from collections.abc import Container
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from exporter.output.layout import Grid, broken

_PIPE_WIDTH = 160  # where no terminal says how wide a line may be
_INDENT = 2
_NAMES = {"NAME", "BY NAME"}


class Sheet(Console):
    """Where pages go. Nothing is cropped: what is wider than the terminal, the terminal wraps."""

    def print(self, *objects: Any, **settings: Any) -> None:
        """See rich; written out at once."""
        super().print(*objects, **{"crop": False, **settings})


def console(stream: TextIO | None = None) -> Sheet:
    """Where tables go: colours only on a terminal, and not there if NO_COLOR is set."""
    stream = stream or sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Sheet(file=stream, width=width, highlight=False, emoji=False, markup=False)


class Prose:
    """A paragraph, broken between words alone; lines after the first begin ``hanging`` further in."""

    def __init__(self, text: str | Text, style: str = "", *, indent: int = 0, hanging: int = 0) -> None:
        told = text if isinstance(text, Text) else Text("\n".join(map(printable, text.split("\n"))), style)
        self._paragraphs = told.split("\n", allow_blank=True)
        self._indent = indent
        self._hanging = hanging

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(options.max_width - self._indent - self._hanging, 1)
        for paragraph in self._paragraphs:
            for number, line in enumerate(broken(paragraph, room)):
                yield _line(line, self._indent + (self._hanging if number else 0))


class Table:
    """A table without lines; what stands under the heads in ``prose``, and names, are no keys.

    Prose may have keys among its words: none is broken. A name is broken anywhere if it has to be.
    """

    def __init__(self, *heads: str, prose: Container[str] = (), indent: int = _INDENT) -> None:
        self._heads = heads
        told = frozenset(number for number, head in enumerate(heads) if head in prose)
        self._prose = told | {number for number, head in enumerate(heads) if head in _NAMES}
        self._whole = told
        self._rows: list[tuple[Text, ...]] = []
        self._indent = indent

    def add_row(self, *cells: str | Text) -> None:
        """A cell for each head."""
        self._rows.append(tuple(_cell(cell) for cell in cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        grid = Grid(self._heads, tuple(self._rows), self._prose, self._whole)
        for line in grid.lines(max(options.max_width - self._indent, 1)):
            yield _line(line, self._indent)


def titled(title: str, inner: RenderableType) -> Group:
    """A part of a page."""
    return Group(Prose(f"\n{title}", "bold"), inner)


def printable(text: str) -> str:
    """What others named may hold anything, and a terminal obeys some of it."""
    return "".join(letter if letter.isprintable() else _instead(letter) for letter in text)


def _instead(letter: str) -> str:
    return " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}"


def _cell(cell: str | Text) -> Text:
    if isinstance(cell, Text):
        return Text(printable(cell.plain).strip(), style=cell.style)
    return Text(printable(cell).strip())


def _line(text: Text, indent: int) -> Text:
    return Text.assemble(" " * indent, text, no_wrap=True, overflow="ignore")
