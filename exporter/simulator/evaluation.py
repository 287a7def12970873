"""Which services SCPs allow: the logic by which AWS calls a service accessible.

A service is accessible to an entity if at every level, from the root down to the entity, some attached
policy allows at least one of its actions, and no attached policy denies all of them without a condition.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from exporter.model import Entity, EntityType
from exporter.simulator.organization import ControlPolicy, Organization


@dataclass(frozen=True, slots=True)
class Effect:
    """What one policy, or all policies of one level, do to the services."""

    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()

    def __or__(self, other: "Effect") -> "Effect":
        return Effect(self.allowed | other.allowed, self.denied | other.denied)


def effect(policy: ControlPolicy, namespaces: Collection[str]) -> Effect:
    """The effect of a policy's statements on the services in ``namespaces``."""
    statements = _listed(json.loads(policy.content)["Statement"])
    allows = [statement for statement in statements if statement["Effect"] == "Allow"]
    denies = [statement for statement in statements if _denies_wholly(statement)]
    return Effect(
        frozenset(name for name in namespaces if any(_reaches(statement, name) for statement in allows)),
        frozenset(name for name in namespaces if any(_fills(statement, name) for statement in denies)),
    )


class Evaluation:
    """The services accessible to each entity of an organization."""

    def __init__(self, organization: Organization, namespaces: Collection[str]) -> None:
        self._organization = organization
        self._all = frozenset(namespaces)
        self._effects: Mapping[str, Effect] = {
            policy.id: effect(policy, namespaces) for policy in organization.policies.values()
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


def _denies_wholly(statement: Mapping[str, Any]) -> bool:
    everything = _listed(statement.get("Resource", "*")) == ["*"]
    return statement["Effect"] == "Deny" and everything and not statement.get("Condition")


def _reaches(statement: Mapping[str, Any], namespace: str) -> bool:
    """Whether the statement is about at least one action of the service."""
    if "NotAction" in statement:
        return not any(_is_whole(action, namespace) for action in _listed(statement["NotAction"]))
    return any(_is_of(action, namespace) for action in _listed(statement["Action"]))


def _fills(statement: Mapping[str, Any], namespace: str) -> bool:
    """Whether the statement is about every action of the service."""
    if "NotAction" in statement:
        return not any(_is_of(action, namespace) for action in _listed(statement["NotAction"]))
    return any(_is_whole(action, namespace) for action in _listed(statement["Action"]))


def _is_of(action: str, namespace: str) -> bool:
    return action == "*" or action.partition(":")[0].lower() == namespace


def _is_whole(action: str, namespace: str) -> bool:
    return action == "*" or action.lower() == f"{namespace}:*"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
