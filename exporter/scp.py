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
    names = frozenset(namespaces)
    statements = _statements(content)
    allows = [statement for statement in statements if statement["Effect"] == "Allow"]
    denies = [statement for statement in statements if _denies(statement)]
    taken = [(_filled(one, names), set(_resources(one))) for one in denies if "NotResource" not in one]
    wholly = [filled for filled, resources in taken if "*" in resources]
    partly = [(filled, resources) for filled, resources in taken if "*" not in resources]
    return Effect(
        frozenset[str]().union(*(_granted(one, names, partly) for one in allows)),
        frozenset[str]().union(*wholly),
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
    if not all(isinstance(resource, str) for resource in _resources(statement)):
        raise ValueError("a resource is text")


def _actions(statement: Mapping[str, Any]) -> Iterator[str]:
    for key in ("Action", "NotAction"):
        yield from _listed(statement.get(key, []))


def _denies(statement: Mapping[str, Any]) -> bool:
    return statement["Effect"] == "Deny" and not statement.get("Condition")


def _resources(statement: Mapping[str, Any]) -> list[str]:
    return _listed(statement.get("Resource", "*"))


def _granted(
    statement: Mapping[str, Any], names: frozenset[str], partly: Sequence[tuple[frozenset[str], set[str]]]
) -> frozenset[str]:
    """The services of which the Allow leaves something that its own policy does not take back elsewhere.

    A Deny on the whole of everything is not looked at: what it denies, it denies at every level. So an Allow
    on everything, or on all but something, is never taken back. ``partly``: services and the resources on
    which a Deny has all their actions.
    """
    resources = set(_resources(statement))
    granted = _having(_reached(statement, names), resources)
    if not partly:
        return granted
    return frozenset(name for name in granted if not resources <= _taken(name, partly))


def _taken(name: str, partly: Sequence[tuple[frozenset[str], set[str]]]) -> set[str]:
    return set[str]().union(*(resources for filled, resources in partly if name in filled))


def _having(names: frozenset[str], resources: Collection[str]) -> frozenset[str]:
    """The services that may have one of the resources: its ARN names them, or one that shares its ARNs."""
    owners = {_owner(resource) for resource in resources}
    if owners <= service_names().keys():
        return names & (owners | _ON_RESOURCES_OF_OTHERS)
    return names


def _owner(resource: str) -> str:
    """The service that an ARN names; no service's name where it may be any."""
    return [*resource.split(":"), "*"][2].lower() if resource.startswith("arn:") else "*"


def _reached(statement: Mapping[str, Any], names: frozenset[str]) -> frozenset[str]:
    """The services of which the statement is about at least one action."""
    if "NotAction" in statement:
        return names - _whole(_listed(statement["NotAction"]), names)
    return _touched(_listed(statement.get("Action", [])), names)


def _filled(statement: Mapping[str, Any], names: frozenset[str]) -> frozenset[str]:
    """The services of which the statement is about every action."""
    if "NotAction" in statement:
        return names - _touched(_listed(statement["NotAction"]), names)
    return _whole(_listed(statement.get("Action", [])), names)


def _touched(actions: Collection[str], names: frozenset[str]) -> frozenset[str]:
    services = {action.partition(":")[0].lower() for action in actions}
    return names if "*" in services else names & services


def _whole(actions: Collection[str], names: frozenset[str]) -> frozenset[str]:
    wild = (action.lower() for action in actions if action == "*" or action.endswith(":*"))
    services = {action.removesuffix(":*") for action in wild}
    return names if "*" in services else names & services


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
