"""Which services SCPs allow: the logic by which AWS calls a service accessible.

A service is accessible to an entity if at every level, from the root down to the entity, some attached
policy allows at least one of its actions, and no attached policy denies all of them without a condition.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce

from exporter.model import Entity, EntityType
from exporter.scp import Effect, effect
from exporter.simulator.organization import Organization


class Evaluation:
    """The services accessible to each entity of an organization."""

    def __init__(self, organization: Organization, namespaces: Collection[str]) -> None:
        self._organization = organization
        self._all = frozenset(namespaces)
        self._effects: Mapping[str, Effect] = {
            policy.id: effect(policy.content, namespaces) for policy in organization.policies.values()
        }
        self._accessible = self._inherit()

    def accessible(self, entity: Entity) -> frozenset[str]:
        """By all SCPs on the entity and above it; the management account is bound by none."""
        return self._accessible[entity.id]

    def allowed_by(self, policy_id: str) -> frozenset[str]:
        """By this one SCP alone."""
        one = self._effects[policy_id]
        return one.allowed - one.denied

    def _inherit(self) -> dict[str, frozenset[str]]:
        accessible: dict[str, frozenset[str]] = {}
        for entity in self._organization.entities.values():
            above = accessible.get(entity.parent_id, self._all)
            accessible[entity.id] = self._pass_on(entity, above)
        return accessible

    def _pass_on(self, entity: Entity, above: frozenset[str]) -> frozenset[str]:
        if entity.type is EntityType.MANAGEMENT_ACCOUNT:
            return self._all
        level = self._level(self._organization.attachments[entity.id])
        passed = (above & level.allowed) - level.denied
        # Thousands of accounts have exactly what is above them: share the set.
        return above if passed == above else passed

    def _level(self, policies: Iterable[str]) -> Effect:
        return reduce(Effect.__or__, (self._effects[policy] for policy in policies), Effect())
