"""Tables that are sorted and filtered by links and a form, without any script."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from exporter.hypertext import text

ORDERS = {False: "ascending", True: "descending"}


@dataclass(frozen=True, slots=True)
class Column:
    """What to sort by; ``key`` puts the unknown first, ``falling`` is the order that one wants first."""

    title: str
    key: Callable[[Any], Any]
    falling: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows in which order: ``column`` is a key of the table's columns; all have ``only`` in them."""

    column: str = "used"
    falling: bool = True
    only: str = ""

    def among(self, *words: str) -> bool:
        """Whether a row with these words is one of them."""
        return any(self.only.casefold() in word.casefold() for word in words)

    def kept(self) -> dict[str, str]:
        """What the filter's form has to ask for again."""
        return {"sort": self.column, "order": ORDERS[self.falling]}


def ordered(rows: Iterable[Any], columns: Mapping[str, Column], choice: Choice) -> list[Any]:
    """The rows by the chosen column; equal ones stay as they were."""
    return sorted(rows, key=columns[choice.column].key, reverse=choice.falling)


def table(columns: Mapping[str, Column], choice: Choice, rows: Iterable[str]) -> str:
    """A table with a head that sorts, of rows as HTML."""
    heads = "".join(_head(key, column, choice) for key, column in columns.items())
    body = "\n".join(rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def row(columns: Mapping[str, Column], cells: Iterable[str], kind: str = "") -> str:
    """A row; each cell tells its column, for where there is no room for heads."""
    marked = "".join(
        f'<td{" class=n" if column.number else ""} data-of="{column.title}">{cell}</td>'
        for column, cell in zip(columns.values(), cells, strict=True)
    )
    return f"<tr{f' class={kind}' if kind else ''}>{marked}</tr>"


def _head(key: str, column: Column, choice: Choice) -> str:
    """A link that sorts by this column or, where it is sorted by, turns the order around."""
    here = key == choice.column
    falling = not choice.falling if here else column.falling
    asked = {"sort": key, "order": ORDERS[falling], **({"filter": choice.only} if choice.only else {})}
    now = f' aria-sort="{ORDERS[choice.falling]}"' if here else ""
    kind = ' class="n"' if column.number else ""
    link = text(f"?{urlencode(asked, errors='replace')}")
    return f'<th scope="col"{kind}{now}><a href="{link}">{column.title}</a></th>'
