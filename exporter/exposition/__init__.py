"""From values to bytes: lines, compressed parts, and the exposition that a scrape assembles.

It never looks at a clock and never waits: the time comes with the call.
"""

from exporter.exposition.deflate import Body, Part, deflate, gzipped
from exporter.exposition.exposition import ALL, Exposition, Key, answer, arrange, entity_part, key_of
from exporter.exposition.lines import Format, encode, header, number, sample_lines
from exporter.exposition.organizations import organization_sections
from exporter.exposition.plain import Plain
from exporter.exposition.unit import Unit, render_unit

__all__ = [
    "ALL",
    "Body",
    "Exposition",
    "Format",
    "Key",
    "Part",
    "Plain",
    "Unit",
    "answer",
    "arrange",
    "deflate",
    "encode",
    "entity_part",
    "gzipped",
    "header",
    "key_of",
    "number",
    "organization_sections",
    "render_unit",
    "sample_lines",
]
