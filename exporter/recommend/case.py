"""What is known before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exporter.model import Entity, Report, ServiceAccess


@dataclass(frozen=True, slots=True)
class Member:
    """An account that the entity is, or that is below it; ``joined`` in Unix seconds, None if not known."""

    id: str
    name: str
    state: str
    joined: float | None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A service control policy, and the entity it is attached to."""

    entity_id: str
    policy_id: str
    name: str
    content: str

    @property
    def called(self) -> str:
        """How people call it."""
        return f"{self.name} ({self.policy_id})" if self.name else self.policy_id


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the evidence is from, and who read it; empty: not known. ``name`` is the configured one."""

    name: str = ""
    org_id: str = ""
    partition: str = "aws"
    version: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One entity with all evidence.

    ``report`` is the entity's own: AWS counts in it what all accounts below did. ``below`` are reports of
    what lies below, perhaps newer. ``last_known`` has uses that are too long ago for any report.
    ``attached`` are the SCPs in force, from the root down. ``names`` has those of entities, by id.
    ``uncovered`` are the ids of accounts that no report is about. ``manages``: the management account lies
    below. ``delegated`` has, for each delegated administrator among the accounts, the services that it
    administers; None: AWS did not say. ``remarks`` are notes on how the evidence came about. ``asked`` is
    when, in Unix seconds, and ``until`` when the time ends in which a service has to be unused; None: when
    the report was made.
    """

    entity: Entity
    report: Report
    members: tuple[Member, ...] = ()
    attached: tuple[Attached, ...] = ()
    below: tuple[Report, ...] = ()
    last_known: Mapping[str, float] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    uncovered: frozenset[str] = frozenset()
    manages: bool = False
    delegated: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    origin: Origin = Origin()
    asked: float | None = None
    until: float | None = None

    @property
    def now(self) -> float:
        """When the question was asked."""
        return self.report.created if self.asked is None else self.asked

    def rows(self) -> tuple[ServiceAccess, ...]:
        """What its own report says of each service, and then what those below say."""
        return tuple(row for report in (self.report, *self.below) for row in report.services)

    def called(self, entity_id: str) -> str:
        """How people call an entity: name and id, or the id alone."""
        known = {**self.names, **{member.id: member.name for member in self.members}}
        name = known.get(entity_id)
        return f"{name} ({entity_id})" if name and name != entity_id else entity_id
