"""Which subjects belong to which entity: what ``/sd`` lists and ``/probe`` looks up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exporter.exposition import Key
from exporter.publication import Published


@dataclass(frozen=True, slots=True)
class Directory:
    """Keys by entity id, in the order of the exposition; ``carriers`` is each organization's first entity.

    An id that two organizations share is one entity here: a scrape of it has the series of both.
    """

    keys: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    carriers: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> str | None:
        """The entity that carries what belongs to no organization, or None where there is no entity."""
        return next(iter(self.keys), None)


def directory(keys: Iterable[Key]) -> Directory:
    by_entity: dict[str, list[Key]] = {}
    carriers: dict[str, str] = {}
    for key in keys:
        organization, subject = key
        by_entity.setdefault(subject.entity_id, []).append(key)
        carriers.setdefault(organization, subject.entity_id)
    return Directory({entity: tuple(found) for entity, found in by_entity.items()}, carriers)


class Directories:
    """Keeps the directory for as long as it is true: new reports leave an exposition's places alone."""

    def __init__(self) -> None:
        self._places: Mapping[Key, int] | None = None
        self._directory = Directory()

    def of(self, published: Published) -> Directory:
        places = published.exposition.places
        if places is not self._places:
            self._directory = directory(places)
            self._places = places
        return self._directory
