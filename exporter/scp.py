"""What the text of a service control policy does to services, by the logic of AWS's access reports.

A policy allows a service if one of its statements allows at least one of the service's actions. It denies a
service only if a statement denies all of its actions, on every resource and under no condition.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Effect:
    """What one policy, or all policies of one level, do to the services."""

    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()

    def __or__(self, other: "Effect") -> "Effect":
        return Effect(self.allowed | other.allowed, self.denied | other.denied)


def effect(content: str, namespaces: Collection[str]) -> Effect:
    """The effect of a policy's text on the services in ``namespaces``; ValueError for what is no policy."""
    statements = _statements(content)
    allows = [statement for statement in statements if statement["Effect"] == "Allow"]
    denies = [statement for statement in statements if _denies_wholly(statement)]
    return Effect(
        frozenset(name for name in namespaces if any(_reaches(statement, name) for statement in allows)),
        frozenset(name for name in namespaces if any(_fills(statement, name) for statement in denies)),
    )


def mentioned(content: str) -> frozenset[str]:
    """The services that a policy's text names; ValueError for what is no policy."""
    return frozenset(
        action.partition(":")[0].lower()
        for statement in _statements(content)
        for action in _actions(statement)
        if ":" in action and "*" not in action.partition(":")[0]
    )


def _statements(content: str) -> list[Mapping[str, Any]]:
    policy = json.loads(content)
    if not isinstance(policy, dict):
        raise ValueError("a policy is a JSON object")  # noqa: TRY004 - what is wrong is the text, not a type
    found: list[Mapping[str, Any]] = _listed(policy.get("Statement", []))
    return found


def _actions(statement: Mapping[str, Any]) -> Iterator[str]:
    for key in ("Action", "NotAction"):
        yield from _listed(statement.get(key, []))


def _denies_wholly(statement: Mapping[str, Any]) -> bool:
    everything = "NotResource" not in statement and "*" in _listed(statement.get("Resource", "*"))
    return statement["Effect"] == "Deny" and everything and not statement.get("Condition")


def _reaches(statement: Mapping[str, Any], namespace: str) -> bool:
    """Whether the statement is about at least one action of the service."""
    if "NotAction" in statement:
        return not any(_is_whole(action, namespace) for action in _listed(statement["NotAction"]))
    return any(_is_of(action, namespace) for action in _listed(statement.get("Action", [])))


def _fills(statement: Mapping[str, Any], namespace: str) -> bool:
    """Whether the statement is about every action of the service."""
    if "NotAction" in statement:
        return not any(_is_of(action, namespace) for action in _listed(statement["NotAction"]))
    return any(_is_whole(action, namespace) for action in _listed(statement.get("Action", [])))


def _is_of(action: str, namespace: str) -> bool:
    return action.partition(":")[0].lower() in {"*", namespace}


def _is_whole(action: str, namespace: str) -> bool:
    return action.lower() in {"*", "*:*", f"{namespace}:*"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
