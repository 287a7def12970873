"""Reports in the formats of programs: CSV (RFC 4180), JSON as the AWS CLI has it, Prometheus' text format."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from exporter.exposition import Format, entity_part, render_unit
from exporter.exposition.deflate import inflate
from exporter.families import Group, SubjectView, view_subject
from exporter.model import Services, Standing
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
# Ages are left out: the file would still say tomorrow how old a use was today.
_GROUPS = frozenset({Group.REPORTS, Group.SERVICES, Group.INFO})


def spreadsheet(readings: Iterable[Reading]) -> str:
    """CSV: all services of all readings under one head line, a row each."""
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


def rows_spreadsheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV with a head line; what is None is empty."""
    cells = (tuple("" if row[name] is None else str(row[name]) for name in columns) for row in rows)
    return lines([columns, *cells])


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
        used = row.used is not None
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


def one_document(document: Mapping[str, Any]) -> str:
    """A single report as JSON, byte for byte as the AWS CLI writes it."""
    return json.dumps(document, indent=4, ensure_ascii=False) + "\n"


def many_documents(readings: Iterable[Reading]) -> str:
    """A list of reports as JSON, each with what Generate was asked for."""
    return json.dumps([_asked(reading) for reading in readings], indent=4, ensure_ascii=False) + "\n"


def _asked(reading: Reading) -> dict[str, Any]:
    policy = reading.subject.policy_id
    about = {"EntityPath": reading.path, **({"OrganizationsPolicyId": policy} if policy else {})}
    return {**about, **reading.document}


def textfile(readings: Sequence[Reading]) -> str:
    """The families that ``/metrics`` has of these reports, for node_exporter's textfile collector.

    The collector puts all files of its directory together, and refuses the whole where a series comes twice.
    So a file has only series with its entity's own labels: the names of services, which ``/metrics`` has once
    for all entities, are left out.
    """
    units = [render_unit(_view(reading)) for reading in readings]
    return inflate(entity_part(units, {}, _GROUPS, Format.TEXT, 0.0)).decode()


def _view(reading: Reading) -> SubjectView:
    standing = Standing(reading.subject, reading.report, reading.job)
    return view_subject(reading.organization, reading.subject, reading.entity, standing, Services.ALL)
