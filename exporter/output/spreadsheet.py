"""A report as CSV (RFC 4180), a row per service."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from exporter.output.reading import Reading
from exporter.times import rfc3339

COLUMNS = (
    "organization",
    "entity_id",
    "entity_path",
    "policy_id",
    "report_created",
    "service_namespace",
    "service_name",
    "accessed",
    "last_authenticated",
    "authenticated_entities",
    "access_region",
    "accessed_from",
)


def spreadsheet(readings: Iterable[Reading]) -> str:
    """All services of all readings under one head line."""
    return lines([COLUMNS, *(row for reading in readings for row in _rows(reading))])


def lines(rows: Iterable[Sequence[str]]) -> str:
    """CSV of these rows."""
    text = io.StringIO()
    # RFC 4180 wants CRLF; a terminal, and every tool of a pipe, wants none of it.
    writer = csv.writer(text, lineterminator="\n")
    # Where CR ends no line, csv sees no reason to quote it; readers take it for an end all the same.
    careful = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        (careful if any("\r" in cell for cell in row) else writer).writerow(row)
    return text.getvalue()


def _rows(reading: Reading) -> Iterator[tuple[str, ...]]:
    created = rfc3339(reading.report.created) or ""
    about = (
        reading.organization,
        reading.subject.entity_id,
        reading.path,
        reading.subject.policy_id,
        created,
    )
    for row in reading.report.services:
        used = row.last_authenticated is not None
        count = row.authenticated_entities
        yield (
            *about,
            row.namespace,
            row.name,
            "true" if used else "false",
            rfc3339(row.last_authenticated) or "",
            "" if count is None else str(count),
            row.region if used else "",
            row.entity_path if used else "",
        )
