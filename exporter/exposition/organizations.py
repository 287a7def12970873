"""The families of whole organizations: a few dozen lines, rendered at each scrape."""

from collections.abc import Iterable, Sequence

from exporter.exposition.lines import encode, escape, sample_lines
from exporter.families import ORGANIZATION_FAMILIES, Family, Group
from exporter.model import OrganizationView


def organization_sections(
    views: Sequence[OrganizationView], groups: frozenset[Group]
) -> Iterable[tuple[Family, bytes]]:
    """Per family of ``groups`` its lines for all ``views``, without headers."""
    for family in ORGANIZATION_FAMILIES:
        if family.group in groups:
            yield (
                family,
                encode(
                    "".join(
                        sample_lines(family, f'organization="{escape(view.name)}"', family.read(view))
                        for view in views
                    )
                ),
            )
