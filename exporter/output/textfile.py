"""Reports for the textfile collector of Prometheus' node_exporter.

The collector puts all files of its directory together, and refuses the whole where a series comes twice. So
a file has only series with its entity's own labels: the names of services, which ``/metrics`` has once for
all entities, are left out.
"""

from collections.abc import Sequence

from exporter.exposition import Format, entity_part, render_unit
from exporter.exposition.deflate import inflate
from exporter.families import Group, SubjectView, view_subject
from exporter.model import Services, Standing
from exporter.output.reading import Reading

# Ages are left out: the file would still say tomorrow how old a use was today.
_GROUPS = frozenset({Group.REPORTS, Group.SERVICES, Group.INFO})


def textfile(readings: Sequence[Reading]) -> str:
    """The families that ``/metrics`` has of these reports, in the text format 0.0.4."""
    units = [render_unit(_view(reading)) for reading in readings]
    return inflate(entity_part(units, {}, _GROUPS, Format.TEXT, 0.0)).decode()


def _view(reading: Reading) -> SubjectView:
    standing = Standing(reading.subject, reading.report, reading.job)
    return view_subject(reading.organization, reading.subject, reading.entity, standing, Services.ALL)
