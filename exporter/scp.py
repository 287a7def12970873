"""What the text of a service control policy does to services, by the logic of AWS's access reports.

A policy allows a service if one of its statements allows at least one of the service's actions on a resource
that the service can have, and no statement of the same policy takes that back. It denies a service only if a
statement denies all of its actions, on every resource and under no condition. A condition on an Allow does
not count. All of this was recorded against AWS in September 2026.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporter.services import service_names

# Services with actions on resources that are another's by their ARN. Of all others an ARN of another service
# matches no action, and AWS then counts nothing as allowed.
_ON_RESOURCES_OF_OTHERS = frozenset(
    {
        "backup",  # copies whatever can be backed up
        "cloudcontrolapi",
        "cloudformation",
        "config",
        "docdb-elastic",
        "ec2messages",
        "iotjobsdata",
        "neptune-db",
        "organizations",
        "ram",  # shares whatever can be shared
        "rds",  # of Amazon Neptune and DocumentDB too
        "resource-groups",
        "servicecatalog",
        "ssm",  # commands run on instances: arn:aws:ec2:…
        "ssmmessages",
        "sts",  # roles: arn:aws:iam::…
        "tag",  # labels whatever there is
    }
)


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
    denies = [statement for statement in statements if _denies(statement)]
    wholly = [statement for statement in denies if _everywhere(statement)]
    return Effect(
        frozenset(name for name in namespaces if any(_grants(one, name, denies) for one in allows)),
        frozenset(name for name in namespaces if any(_fills(statement, name) for statement in wholly)),
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
    found = _listed(policy.get("Statement", []))
    for statement in found:
        _check(statement)
    return found


def _check(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ["Allow", "Deny"]:
        raise ValueError("a statement is a JSON object whose Effect is Allow or Deny")
    if not all(isinstance(action, str) for action in _actions(statement)):
        raise ValueError("an action is text")


def _actions(statement: Mapping[str, Any]) -> Iterator[str]:
    for key in ("Action", "NotAction"):
        yield from _listed(statement.get(key, []))


def _denies(statement: Mapping[str, Any]) -> bool:
    return statement["Effect"] == "Deny" and not statement.get("Condition")


def _everywhere(statement: Mapping[str, Any]) -> bool:
    return "NotResource" not in statement and "*" in _resources(statement)


def _resources(statement: Mapping[str, Any]) -> list[Any]:
    return _listed(statement.get("Resource", "*"))


def _grants(statement: Mapping[str, Any], namespace: str, denies: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the Allow leaves the service something that its own policy does not take back elsewhere.

    A Deny on the whole of everything is not looked at: what it denies, it denies at every level. So an Allow
    on everything, or on all but something, is never taken back.
    """
    if not _reaches(statement, namespace) or not _has_resources(statement, namespace):
        return False
    taken = {
        resource
        for deny in denies
        if "NotResource" not in deny and not _everywhere(deny) and _fills(deny, namespace)
        for resource in _resources(deny)
    }
    return not set(_resources(statement)) <= taken


def _has_resources(statement: Mapping[str, Any], namespace: str) -> bool:
    if namespace in _ON_RESOURCES_OF_OTHERS:
        return True
    return any(_may_be_of(str(resource), namespace) for resource in _resources(statement))


def _may_be_of(resource: str, namespace: str) -> bool:
    """Whether a resource may be one of the service: an ARN names it, or a service that shares its ARNs."""
    if not resource.startswith("arn:"):
        return True
    owner = [*resource.split(":"), "*"][2].lower()
    return owner == namespace or owner not in service_names()


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
