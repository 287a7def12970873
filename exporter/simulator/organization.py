"""The simulated organization: its tree and its service control policies, as one frozen value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exporter.model import Entity, EntityType


@dataclass(frozen=True, slots=True)
class ControlPolicy:
    """A service control policy; ``content`` is its JSON text."""

    id: str
    name: str
    description: str
    content: str
    aws_managed: bool = False


@dataclass(frozen=True, slots=True)
class Organization:
    """A tree of entities by id, parents before children, and the policies attached to each.

    ``joined`` says when an account joined, in Unix seconds.
    """

    id: str
    partition: str
    root: Entity
    management_account: Entity
    entities: Mapping[str, Entity]
    children: Mapping[str, tuple[Entity, ...]]
    joined: Mapping[str, float]
    policies: Mapping[str, ControlPolicy]
    attachments: Mapping[str, tuple[str, ...]]

    def at(self, path: str) -> Entity | None:
        """The entity with exactly this path."""
        entity = self.entities.get(path.rpartition("/")[2])
        return entity if entity and entity.path == path else None

    def lineage(self, entity: Entity) -> list[Entity]:
        """The entity and all above it, from the root down."""
        return [self.entities[part] for part in entity.path.split("/")[1:]]

    def member_accounts(self, entity: Entity) -> Iterator[Entity]:
        """The accounts a report about ``entity`` covers: its subtree, without the management account."""
        if entity.type is EntityType.ACCOUNT:
            yield entity
        for child in self.children.get(entity.id, ()):
            yield from self.member_accounts(child)

    def accounts(self) -> Iterator[Entity]:
        """Every account, the management account among them."""
        kinds = EntityType.ACCOUNT, EntityType.MANAGEMENT_ACCOUNT
        return (entity for entity in self.entities.values() if entity.type in kinds)

    def applies(self, policy_id: str, entity: Entity) -> bool:
        """Whether the policy is attached to the entity or to anything above it."""
        return any(policy_id in self.attachments[above.id] for above in self.lineage(entity))
