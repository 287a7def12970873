"""Where the cells of a table go on lines of a given width. Pure: the same cells and width, the same lines.

Ids, namespaces, Regions and the like are keys: somebody copies them, or looks for them, so none is ever cut
or broken. What is prose may be broken between words. Where a line is too narrow, prose gives way first (it
becomes narrower, then moves below its row), then the keys of a row fold too. A key that is wider than the
whole line stays on it whole: the terminal wraps it, and gives it back whole when it is copied.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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
    """The cells of a table; ``prose`` are the columns that are no keys, and never the first.

    No word of those in ``whole`` is broken, however long.
    """

    heads: tuple[str, ...]
    rows: tuple[Cells, ...]
    prose: frozenset[int]
    whole: frozenset[int] = frozenset()

    def lines(self, width: int) -> list[Text]:
        """Head and rows for a line of ``width``."""
        for below in self._lowered():
            if beside := self._beside(width, below):
                return list(self._aligned(beside, below, width))
        first = self._first(width)
        return list(self._below(width, first) if first else self._folded(width))

    def _lowered(self) -> Iterator[list[int]]:
        """What may go below its row: nothing, then the last prose, then the last two, and so on."""
        prose = sorted(self.prose)
        yield from (prose[len(prose) - number :] for number in range(len(prose) + 1))

    def _beside(self, width: int, below: Sequence[int]) -> dict[int, int]:
        """The widths of the columns but those ``below``, side by side; empty if they do not fit."""
        columns = [column for column in range(len(self.heads)) if column not in below]
        widths = {column: self._natural(column) for column in columns}
        narrowest = {column: self._narrowest(column) for column in self.prose - set(below)}
        for _ in range(sum(widths.values()) + _GAP * (len(widths) - 1) - width):
            giving = [column for column, least in narrowest.items() if widths[column] > least]
            if not giving:
                return {}
            widths[max(giving, key=lambda column: widths[column])] -= 1
        return widths

    def _natural(self, column: int) -> int:
        return max(cell_len(self.heads[column]), *(row[column].cell_len for row in self.rows), 0)

    def _narrowest(self, column: int) -> int:
        words = (cell_len(word) for row in self.rows for word in row[column].plain.split())
        longest = max(words, default=0)
        return max(cell_len(self.heads[column]), longest if column in self.whole else min(_WORD, longest))

    def _aligned(self, widths: Mapping[int, int], below: Sequence[int], width: int) -> Iterator[Text]:
        yield from self._row(self._head(), widths)
        for row in self.rows:
            yield from self._row(row, widths)
            yield from self._told(row, below, width)

    def _row(self, row: Cells, widths: Mapping[int, int]) -> Iterator[Text]:
        """The cells of these columns side by side, prose on as many lines as it takes."""
        cells = [
            self._broken(row[column], column, width) if column in self.prose else [row[column]]
            for column, width in widths.items()
        ]
        for number in range(max(map(len, cells))):
            part = [lines[number] if number < len(lines) else Text() for lines in cells]
            yield _joined(part, list(widths.values()))

    def _broken(self, cell: Text, column: int, width: int) -> list[Text]:
        return broken(cell, width, longest=None if column in self.whole else _WORD)

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
            yield from self._told(row, sorted(self.prose), width)

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
            yield from self._told(row, sorted(self.prose), width)

    def _told(self, row: Cells, columns: Sequence[int], width: int) -> Iterator[Text]:
        """Prose below its row; with its head where it is not the only one."""
        for column in columns:
            if row[column].plain:
                cell = self._labelled(row, column) if len(columns) > 1 else row[column]
                room = max(width - _DEEPER, 1)
                yield from (_indented(line, _DEEPER) for line in self._broken(cell, column, room))

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
