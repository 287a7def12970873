"""Where the cells of a table go on lines of a given width. Pure: the same cells and width, the same lines.

Ids, namespaces, Regions and the like are keys: somebody copies them, or looks for them, so none is ever cut
or broken. What is prose may be broken between words. Where a line is too narrow, prose gives way first (it
becomes narrower, then moves below its row), then the keys of a row fold too. A key that is wider than the
whole line stays on it whole: the terminal wraps it, and gives it back whole when it is copied.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.text import Text

_GAP = 2
_DEEPER = 4  # of prose below its row
_WORD = 40  # a longer word of prose may be broken
_FIRST = 12  # at least for the first key; a longer one takes a line of its own
_WORDS = re.compile(r"\S+\s*")

Cells = Sequence[Text]


def broken(text: Text, width: int, *, longest: int | None = None) -> list[Text]:
    """``text`` in lines of at most ``width``, by words; one up to ``longest`` (None: any) stays whole."""
    breaks, left = [], width
    for found in _WORDS.finditer(text.plain):
        word = found[0].rstrip()
        size = cell_len(word)
        if size > left and left < width:
            breaks.append(found.start())
            left = width
        if longest is not None and size > max(longest, width):
            pieces = chop_cells(word, width)
            at = found.start()
            for piece in pieces[:-1]:
                at += len(piece)
                breaks.append(at)
            left = width - cell_len(pieces[-1]) - (len(found[0]) - len(word))
        else:
            left -= cell_len(found[0])
    lines = list(text.divide(breaks))
    for line in lines:
        line.rstrip()
    return lines


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a table; ``prose`` are the columns that are no keys, and never the first."""

    heads: tuple[str, ...]
    rows: tuple[Cells, ...]
    prose: frozenset[int]

    def lines(self, width: int) -> list[Text]:
        """Head and rows for a line of ``width``."""
        if beside := self._beside(width):
            return list(self._aligned(beside))
        first = self._first(width)
        return list(self._below(width, first) if first else self._folded(width))

    def _beside(self, width: int) -> list[int]:
        """The columns' widths with all of them side by side; empty if they do not fit."""
        widths = [self._natural(column) for column in range(len(self.heads))]
        narrowest = {column: self._narrowest(column) for column in self.prose}
        for _ in range(sum(widths) + _GAP * (len(widths) - 1) - width):
            giving = [column for column, least in narrowest.items() if widths[column] > least]
            if not giving:
                return []
            widths[max(giving, key=lambda column: widths[column])] -= 1
        return widths

    def _natural(self, column: int) -> int:
        return max(cell_len(self.heads[column]), *(row[column].cell_len for row in self.rows), 0)

    def _narrowest(self, column: int) -> int:
        words = (cell_len(word) for row in self.rows for word in row[column].plain.split())
        return max(cell_len(self.heads[column]), min(_WORD, max(words, default=0)))

    def _aligned(self, widths: Sequence[int]) -> Iterator[Text]:
        for row in (self._head(), *self.rows):
            cells = [
                broken(cell, widths[column], longest=_WORD) if column in self.prose else [cell]
                for column, cell in enumerate(row)
            ]
            for number in range(max(map(len, cells))):
                part = [lines[number] if number < len(lines) else Text() for lines in cells]
                yield _joined(part, widths)

    def _keys(self) -> list[int]:
        return [column for column in range(len(self.heads)) if column not in self.prose]

    def _first(self, width: int) -> int:
        """The first column's width where only the keys are side by side; 0 if not even they fit."""
        first, *others = self._keys()
        room = width - sum(self._natural(column) + _GAP for column in others)
        natural = self._natural(first)
        return min(natural, room) if room >= min(natural, _FIRST) else 0

    def _below(self, width: int, first: int) -> Iterator[Text]:
        """The keys side by side, prose below its row."""
        keys = self._keys()
        widths = [first, *(self._natural(column) for column in keys[1:])]
        head = self._head()
        yield _joined([head[column] for column in keys], widths)
        for row in self.rows:
            cells = [row[column] for column in keys]
            if cells[0].cell_len > first:
                yield cells[0]
                cells[0] = Text()
            if any(cell.plain for cell in cells):
                yield _joined(cells, widths)
            yield from self._told(row, width)

    def _folded(self, width: int) -> Iterator[Text]:
        """Everything of a row below its first key, as many to a line as there is room for."""
        first, *others = self._keys()
        for row in self.rows:
            yield row[first]
            line = Text()
            for item in (self._labelled(row, column) for column in others if row[column].plain):
                if line.plain and _DEEPER + line.cell_len + _GAP + item.cell_len > width:
                    yield _indented(line, _DEEPER)
                    line = Text()
                line = Text.assemble(line, " " * _GAP if line.plain else "", item)
            if line.plain:
                yield _indented(line, _DEEPER)
            yield from self._told(row, width)

    def _told(self, row: Cells, width: int) -> Iterator[Text]:
        """Prose below its row; with its head where it is not the only one."""
        for column in sorted(self.prose):
            if row[column].plain:
                cell = self._labelled(row, column) if len(self.prose) > 1 else row[column]
                room = max(width - _DEEPER, 1)
                yield from (_indented(line, _DEEPER) for line in broken(cell, room, longest=_WORD))

    def _labelled(self, row: Cells, column: int) -> Text:
        return Text.assemble((self.heads[column], "dim"), " ", row[column])

    def _head(self) -> list[Text]:
        return [Text(head, style="dim") for head in self.heads]


def _joined(cells: Cells, widths: Sequence[int]) -> Text:
    line = Text()
    for cell, width in zip(cells, widths, strict=True):
        line = Text.assemble(line, cell, " " * (width - cell.cell_len + _GAP))
    line.rstrip()
    return line


def _indented(line: Text, by: int) -> Text:
    return Text.assemble(" " * by, line)
