"""What a scrape is made of: everything, or one entity's share of it."""

from dataclasses import dataclass

from exporter.exposition import Body, Format, Unit, answer, entity_part, organization_sections
from exporter.families import Group
from exporter.model import OrganizationView
from exporter.publication import Published
from exporter.web.directory import Directory
from exporter.web.surface import Surface


@dataclass(frozen=True, slots=True)
class Wish:
    """Which groups a client wants, in which format."""

    groups: frozenset[Group]
    format: Format


def whole(surface: Surface, published: Published, wish: Wish) -> Body:
    """The answer of the telemetry path."""
    views = published.snapshot.organizations
    sections = [*organization_sections(views, wish.groups), *surface.own(wish.groups)]
    return answer([published.exposition.whole(wish.groups, wish.format)], sections, wish.format)


def share(surface: Surface, published: Published, directory: Directory, target: str, wish: Wish) -> Body:
    """The answer of a probe. The shares of all entities make up the whole, each series in one of them.

    ``target`` must be in the directory.
    """
    first = target == directory.first
    names = published.names if first else {}
    units = _units(published, directory, target)
    part = entity_part(units, names, wish.groups, wish.format, surface.clock())
    sections = [*organization_sections(_carried(published, directory, target), wish.groups)]
    if first:
        sections += surface.own(wish.groups)
    return answer([part], sections, wish.format)


def _units(published: Published, directory: Directory, target: str) -> list[Unit]:
    found = (published.exposition.unit(key) for key in directory.keys[target])
    return [unit for unit in found if unit is not None]


def _carried(published: Published, directory: Directory, target: str) -> list[OrganizationView]:
    """The organizations whose own series a probe has: an organization without entities must be seen too."""
    return [
        view
        for view in published.snapshot.organizations
        if directory.carriers.get(view.name, directory.first) == target
    ]
