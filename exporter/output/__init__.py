"""One report for those who asked for it: a person, a spreadsheet, Prometheus' textfile collector."""

from exporter.output.advice import advice, changes
from exporter.output.document import many_documents, one_document
from exporter.output.findings import findings
from exporter.output.news import news_document, news_spreadsheet, news_table
from exporter.output.plan_table import plan_table
from exporter.output.reading import Reading
from exporter.output.spreadsheet import spreadsheet
from exporter.output.table import Prose, Sheet, Table, console, printable, titled
from exporter.output.textfile import textfile
from exporter.output.usage import ago, table

__all__ = [
    "Prose",
    "Reading",
    "Sheet",
    "Table",
    "advice",
    "ago",
    "changes",
    "console",
    "findings",
    "many_documents",
    "news_document",
    "news_spreadsheet",
    "news_table",
    "one_document",
    "plan_table",
    "printable",
    "spreadsheet",
    "table",
    "textfile",
    "titled",
]
