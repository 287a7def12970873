"""What is known before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exporter.model import Entity, Report


@dataclass(frozen=True, slots=True)
class Member:
    """An account that the entity is, or that is below it; ``joined`` in Unix seconds, None if not known."""

    id: str
    name: str
    state: str
    joined: float | None


@dataclass(frozen=True, slots=True)
class Attached:
    """A service control policy, and the entity it is attached to."""

    entity_id: str
    policy_id: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Case:
    """One entity with all evidence.

    ``report`` is the entity's own: AWS counts in it what all accounts below did. ``below`` are reports of
    what lies below, perhaps newer. ``last_known`` has uses that are too long ago for any report.
    ``attached`` are the SCPs in force, from the root down.
    """

    entity: Entity
    report: Report
    members: tuple[Member, ...] = ()
    attached: tuple[Attached, ...] = ()
    below: tuple[Report, ...] = ()
    last_known: Mapping[str, float] = field(default_factory=dict)
