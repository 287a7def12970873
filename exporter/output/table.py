"""A report for people: what is used, what is not, and since when."""

import sys
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exporter.model import ServiceAccess
from exporter.output.reading import Reading
from exporter.times import rfc3339, spoken

_PIPE_WIDTH = 160  # where no terminal says how wide a line may be
_DAY = 86400.0
_RECENT = 30 * _DAY
_OLD = 90 * _DAY


def console(stream: TextIO | None = None) -> Console:
    """Where tables go: colours only on a terminal, and not there if NO_COLOR is set."""
    stream = stream or sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def table(reading: Reading, now: float, *, in_order: bool = False) -> RenderableType:
    """The whole report; ``in_order`` keeps AWS's order, otherwise the latest use comes first."""
    used = [row for row in reading.report.services if row.last_authenticated is not None]
    unused = [row for row in reading.report.services if row.last_authenticated is None]
    if not in_order:
        used.sort(key=lambda row: -(row.last_authenticated or 0.0))
        unused.sort(key=lambda row: row.namespace)
    return Group(
        *_heading(reading, now),
        *((titled(f"Used ({len(used)})", _used(used, now)),) if used else ()),
        *((titled(f"Never used in the tracking period ({len(unused)})", _unused(unused)),) if unused else ()),
    )


def _heading(reading: Reading, now: float) -> Iterator[Text]:
    report = reading.report
    yield Text(reading.title, style="bold")
    if reading.path:
        yield Text(reading.path, style="dim")
    yield Text(
        f"{_count(report.accessible)} services accessible, {_count(report.not_accessed)} of them never used;"
        f" as of {rfc3339(int(report.created)) or 'an unknown time'} ({ago(now - report.created)})"
    )


def _count(number: int | None) -> str:
    return "?" if number is None else str(number)


def titled(title: str, inner: RenderableType) -> Group:
    """A part of a page."""
    return Group(Text(f"\n{title}", style="bold"), Padding(inner, (0, 0, 0, 2)))


def _used(rows: list[ServiceAccess], now: float) -> Table:
    found = plain_table("SERVICE", "NAME", "LAST USED", "ACCOUNTS", "REGION", "BY ACCOUNT")
    for row in rows:
        age = now - (row.last_authenticated or 0.0)
        count = "" if row.authenticated_entities is None else str(row.authenticated_entities)
        last = Text(ago(age), style=_style(age))
        found.add_row(row.namespace, row.name, last, count, row.region, row.account_id)
    return found


def _unused(rows: list[ServiceAccess]) -> Table:
    found = plain_table("SERVICE", "NAME")
    for row in rows:
        found.add_row(row.namespace, row.name)
    return found


def plain_table(*heads: str) -> Table:
    """A table without lines; only what stands under ``NAME`` may be broken."""
    found = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for head in heads:
        found.add_column(head, no_wrap=head != "NAME", overflow="fold")
    return found


def ago(seconds: float) -> str:
    """How long ago, in the largest unit that says it; the future is now."""
    days = int(seconds // _DAY)
    if days >= 2:
        return f"{days} days ago"
    return "just now" if seconds < 60 else f"{spoken(seconds)} ago"


def _style(age: float) -> str:
    if age < _RECENT:
        return "green"
    return "yellow" if age < _OLD else "red"
