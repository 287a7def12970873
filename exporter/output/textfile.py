"""Reports for the textfile collector of Prometheus' node_exporter."""

from collections.abc import Sequence

from exporter.exposition import Format, entity_part, render_unit
from exporter.exposition.deflate import inflate
from exporter.families import Group, view_subject
from exporter.model import Services, Standing
from exporter.output.reading import Reading

# Ages are left out: the file would still say tomorrow how old a use was today.
_GROUPS = frozenset({Group.REPORTS, Group.SERVICES, Group.INFO})


def textfile(readings: Sequence[Reading]) -> str:
    """The families that ``/metrics`` has of these reports, in the text format 0.0.4."""
    units = [
        render_unit(
            view_subject(
                reading.organization,
                reading.subject,
                reading.entity,
                Standing(reading.subject, reading.report, reading.job),
                Services.ALL,
            )
        )
        for reading in readings
    ]
    names = {row.namespace: row.name for reading in readings for row in reading.report.services}
    return inflate(entity_part(units, names, _GROUPS, Format.TEXT, 0.0)).decode()
