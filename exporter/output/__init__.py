"""One report for those who asked for it: a person, a spreadsheet, Prometheus' textfile collector."""

from exporter.output.advice import advice, changes
from exporter.output.document import many_documents, one_document
from exporter.output.findings import findings
from exporter.output.reading import Reading
from exporter.output.spreadsheet import spreadsheet
from exporter.output.table import ago, console, plain_table, table, titled
from exporter.output.textfile import textfile

__all__ = [
    "Reading",
    "advice",
    "ago",
    "changes",
    "console",
    "findings",
    "many_documents",
    "one_document",
    "plain_table",
    "spreadsheet",
    "table",
    "textfile",
    "titled",
]
