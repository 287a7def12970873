"""Which entity denies what: the highest for which the evidence of all below allows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exporter.model import Entity
from exporter.recommend import MOST_ATTACHED, Recommendation, below


@dataclass(frozen=True, slots=True)
class Placement:
    """What one entity denies: ``found`` is its recommendation, without what is denied above it.

    ``services`` are those that ``found`` denies, ``pairs`` how many of (service, account) that closes which
    no SCP on the root or an OU closed before. ``above`` counts the services that the plan denies further up.
    """

    found: Recommendation
    services: tuple[str, ...]
    above: int
    pairs: int

    @property
    def entity(self) -> Entity:
        """Where the policies go."""
        return self.found.case.entity

    @property
    def changes(self) -> bool:
        """There is something to do here."""
        return self.found.difference.rewritten

    @property
    def called(self) -> str:
        """The entity as people call it."""
        return self.found.case.called(self.entity.id)

    @property
    def too_many(self) -> tuple[str, ...]:
        """A note where AWS would not take as many."""
        if self.attached <= MOST_ATTACHED:
            return ()
        return (f"{self.called} would have {self.attached} SCPs: AWS takes {MOST_ATTACHED} on one entity",)

    @property
    def attached(self) -> int:
        """SCPs on the entity afterwards."""
        own = {one.attached.policy_id for one in self.found.own}
        others = {
            one.policy_id
            for one in self.found.case.attached
            if one.entity_id == self.entity.id and one.policy_id not in own
        }
        return len(others) + len(self.found.policies)


@dataclass(frozen=True, slots=True)
class Plan:
    """``placements`` in the order of the tree; ``missing``: entities that could not be judged, with why."""

    placements: tuple[Placement, ...]
    missing: Mapping[str, str]

    @property
    def policies(self) -> int:
        """How many there are."""
        return sum(len(one.found.policies) for one in self.placements)

    @property
    def pairs(self) -> int:
        """All (service, account) that it closes."""
        return sum(one.pairs for one in self.placements)

    def notes(self) -> Iterator[str]:
        """What AWS would not take; what is true of every entity, once; what is true of one, with its name."""
        acting = [one for one in self.placements if one.services] or self.placements
        yield from (told for one in acting for told in one.too_many)
        common = {note for note in acting[0].found.notes if all(note in one.found.notes for one in acting)}
        yield from (note for note in acting[0].found.notes if note in common)
        for one in acting:
            yield from (f"{one.called}: {note}" for note in one.found.notes if note not in common)


def plan(recommendations: Sequence[Recommendation], missing: Mapping[str, str]) -> Plan:
    """The plan for what was recommended entity by entity, a parent before its children."""
    where: dict[str, dict[str, str]] = {}
    placements = []
    still = _open(recommendations)
    for found in recommendations:
        higher = [where.get(one, {}) for one in _above(found.case.entity)]
        above = {name: place for named in higher for name, place in named.items()}
        placed = below(found, {name: f"denied on {place} by this plan" for name, place in above.items()})
        here = tuple(sorted(one.namespace for one in placed.denied))
        placement = Placement(placed, here, len(above), _pairs(placed, here, still))
        where[placement.entity.id] = dict.fromkeys(here, placement.called)
        placements.append(placement)
    return Plan(tuple(placements), missing)


def _above(entity: Entity) -> list[str]:
    return entity.path.split("/")[1:-1]


def _open(recommendations: Iterable[Recommendation]) -> Mapping[str, frozenset[str]]:
    """Entity → the services that no SCP on it or above it closes today: its report lists them."""
    return {
        found.case.entity.id: frozenset(
            one.namespace for one in found.verdicts if one.listed and not one.denied_by_us and not one.shut
        )
        for found in recommendations
    }


def _pairs(found: Recommendation, here: Iterable[str], still: Mapping[str, frozenset[str]]) -> int:
    services = frozenset(here) & still[found.case.entity.id]
    closed = 0
    for member in found.case.members:
        if member.state == "ACTIVE":
            lineage = [still[one] for one in member.path.split("/")[1:-1] if one in still]
            closed += len(services.intersection(*lineage))
    return closed
