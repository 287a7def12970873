"""What changed, for people, programs and spreadsheets."""

import json
from collections.abc import Iterable

from rich.text import Text

from exporter.model import NewsKind
from exporter.output.formats import rows_spreadsheet
from exporter.output.table import Table
from exporter.times import rfc3339, spoken
from exporter.told import KINDS, Told, record

_STYLES = {NewsKind.FIRST_USED: "yellow", NewsKind.RETURNED: "red"}


def news_table(found: Iterable[Told]) -> Table:
    """A row for each piece, in the order given."""
    heads = ("TOLD", "WHAT", "SERVICE", "NAME", "ENTITY", "UNUSED FOR", "REGION", "BY ACCOUNT")
    rows = Table(*heads, prose=("WHAT", "NAME", "UNUSED FOR"), indent=0)
    for told in found:
        piece = told.piece
        rows.add_row(
            (rfc3339(int(piece.told)) or "")[:16].replace("T", " "),
            Text(KINDS[piece.kind], style=_STYLES.get(piece.kind, "")),
            piece.namespace,
            told.entity_name,
            piece.subject.entity_id,
            "" if piece.after is None else spoken(piece.after),
            piece.region,
            piece.account_id,
        )
    return rows


def news_document(found: Iterable[Told]) -> str:
    """As ``/api/v1/news`` has it in its data."""
    return json.dumps({"news": list(map(record, found))}, indent=2) + "\n"


def news_spreadsheet(found: Iterable[Told]) -> str:
    """CSV (RFC 4180) with the fields of the JSON, a row for each piece."""
    return rows_spreadsheet(COLUMNS, map(record, found))


COLUMNS = (
    "organization",
    "kind",
    "entity_id",
    "entity_type",
    "entity_name",
    "entity_path",
    "service_namespace",
    "service_name",
    "at",
    "told",
    "unused_seconds",
    "access_region",
    "account_id",
    "account_name",
)
