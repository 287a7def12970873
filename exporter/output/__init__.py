"""One report for those who asked for it: a person, a spreadsheet, Prometheus' textfile collector.

It never asks for what it prints.
"""

from exporter.output.advice import advice, changes, plan_table
from exporter.output.findings import findings
from exporter.output.formats import many_documents, one_document, rows_spreadsheet, spreadsheet, textfile
from exporter.output.inventory import (
    LISTED,
    USES,
    entities_rows,
    entities_table,
    usage_document,
    usage_rows,
    usage_table,
)
from exporter.output.news import news_document, news_spreadsheet, news_table
from exporter.output.paper import Leaf, paper
from exporter.output.reading import Reading
from exporter.output.table import Prose, console
from exporter.output.usage import table

__all__ = [
    "LISTED",
    "USES",
    "Leaf",
    "Prose",
    "Reading",
    "advice",
    "changes",
    "console",
    "entities_rows",
    "entities_table",
    "findings",
    "many_documents",
    "news_document",
    "news_spreadsheet",
    "news_table",
    "one_document",
    "paper",
    "plan_table",
    "rows_spreadsheet",
    "spreadsheet",
    "table",
    "textfile",
    "usage_document",
    "usage_rows",
    "usage_table",
]
