"""A report for people: what is used, what is not, and since when."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from exporter.model import ServiceAccess
from exporter.output.reading import Reading
from exporter.output.table import Prose, Table, titled
from exporter.times import rfc3339, spoken

_DAY = 86400.0
_RECENT = 30 * _DAY
_OLD = 90 * _DAY


def table(reading: Reading, now: float, *, in_order: bool = False) -> RenderableType:
    """The whole report; ``in_order`` keeps AWS's order, otherwise the latest use comes first."""
    used = [row for row in reading.report.services if row.used is not None]
    unused = [row for row in reading.report.services if row.used is None]
    if not in_order:
        used.sort(key=lambda row: -(row.used or 0.0))
        unused.sort(key=lambda row: row.namespace)
    return Group(
        *_heading(reading, now),
        *((titled(f"Used ({len(used)})", _used(used, now)),) if used else ()),
        *((titled(f"Never used in the tracking period ({len(unused)})", _unused(unused)),) if unused else ()),
    )


def _heading(reading: Reading, now: float) -> Iterator[Prose]:
    report = reading.report
    yield Prose(reading.title, "bold")
    if reading.path:
        yield Prose(reading.path, "dim")
    yield Prose(
        f"{_count(report.accessible)} services accessible, {_count(report.not_accessed)} of them never used;"
        f" as of {rfc3339(int(report.created)) or 'an unknown time'} ({ago(now - report.created)})"
    )


def _count(number: int | None) -> str:
    return "?" if number is None else str(number)


def _used(rows: list[ServiceAccess], now: float) -> Table:
    found = Table("SERVICE", "NAME", "LAST USED", "ACCOUNTS", "REGION", "BY ACCOUNT")
    for row in rows:
        count = "" if row.authenticated_entities is None else str(row.authenticated_entities)
        found.add_row(row.namespace, row.name, _last(row, now), count, row.region, row.account_id)
    return found


def _last(row: ServiceAccess, now: float) -> Text:
    if row.last_authenticated is None:
        return Text("at no known time")
    age = now - row.last_authenticated
    return Text(ago(age), style=used_style(age))


def _unused(rows: list[ServiceAccess]) -> Table:
    found = Table("SERVICE", "NAME")
    for row in rows:
        found.add_row(row.namespace, row.name)
    return found


def ago(seconds: float) -> str:
    """How long ago, in the largest unit that says it; the future is now."""
    days = int(seconds // _DAY)
    if days >= 2:
        return f"{days} days ago"
    return "just now" if seconds < 60 else f"{spoken(seconds)} ago"


def used_style(age: float) -> str:
    """The colour of a use so many seconds ago."""
    if age < _RECENT:
        return "green"
    return "yellow" if age < _OLD else "red"
