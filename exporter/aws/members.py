"""What a recommendation has to know of an entity: its accounts, and the SCPs in force on it."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from exporter.aws.calls import Service, pages
from exporter.aws.directory import SCP, joined_at, partition_in, path_ending, walk
from exporter.aws.faults import NAME, clipped
from exporter.errors import DeniedError, RefusedError, TransitError
from exporter.model import Entity, EntityType
from exporter.recommend import Attached, Member


class Population(NamedTuple):
    """Who lives in a part of the organization. ``manages``: the management account does, too."""

    org_id: str
    partition: str
    members: tuple[Member, ...]
    manages: bool


def read_population(organizations: Service, entity: Entity) -> Population:
    """The accounts that the entity is, or has below, the management account apart; raises AwsError."""
    organization = organizations.call("describe_organization").get("Organization") or {}
    management = organization.get("MasterAccountId")
    found = _accounts(organizations, entity)
    return Population(
        organization.get("Id") or "",
        partition_in(organization) or "aws",
        tuple(_member(item, path) for item, path in found if item.get("Id") not in {management, None}),
        any(item.get("Id") == management for item, _ in found),
    )


def _accounts(organizations: Service, entity: Entity) -> list[tuple[Mapping[str, Any], str]]:
    """Each with the path of its parent, or its own."""
    listed = list(pages(organizations, "list_accounts", "Accounts"))
    if entity.type is EntityType.ACCOUNT:
        return [(item, entity.path) for item in listed if item.get("Id") == entity.id]
    if all(item.get("Paths") for item in listed):
        placed = [(item, item["Paths"][0].rstrip("/")) for item in listed]
        return [(item, path) for item, path in placed if f"{path}/".startswith(f"{entity.path}/")]
    return [
        (item, unit.path)
        for unit in walk(organizations, [entity])
        for item in pages(organizations, "list_accounts_for_parent", "Accounts", ParentId=unit.id)
    ]


def _member(item: Mapping[str, Any], path: str) -> Member:
    return Member(
        id=item["Id"],
        name=clipped(item.get("Name"), NAME),
        state=item.get("State") or item.get("Status") or "",
        joined=joined_at(item),
        path=path_ending(path, item["Id"]),
    )


def read_names(organizations: Service, entity: Entity) -> Mapping[str, str]:
    """The names of the entity and of what stands above it, by id; of an account none. Raises AwsError."""
    _, *lineage = entity.path.split("/")
    names = {
        item["Id"]: clipped(item.get("Name"), NAME)
        for item in pages(organizations, "list_roots", "Roots")
        if item.get("Id") == lineage[0]
    }
    for parent, child in pairwise(lineage):
        if child.startswith("ou-"):
            method = "list_organizational_units_for_parent"
            units = pages(organizations, method, "OrganizationalUnits", ParentId=parent)
            names |= {
                item["Id"]: clipped(item.get("Name"), NAME) for item in units if item.get("Id") == child
            }
    return names


def read_delegated(organizations: Service, members: Iterable[Member]) -> Mapping[str, tuple[str, ...]] | None:
    """The delegated administrators among the members, with the service principals of each.

    None where AWS does not say: asking takes permissions that nothing else does. Raises AwsError for what
    goes wrong on the way.
    """
    ids = {member.id for member in members}
    try:
        listed = list(pages(organizations, "list_delegated_administrators", "DelegatedAdministrators"))
    except (DeniedError, RefusedError):
        return None
    found = dict.fromkeys(item["Id"] for item in listed if item.get("Id") in ids)
    return {account: _principals(organizations, account) for account in found}


def _principals(organizations: Service, account: str) -> tuple[str, ...]:
    method = "list_delegated_services_for_account"
    try:
        listed = list(pages(organizations, method, "DelegatedServices", AccountId=account))
    except (DeniedError, RefusedError):
        return ()
    return tuple(sorted(str(item.get("ServicePrincipal") or "") for item in listed))


def read_attached(organizations: Service, targets: Iterable[str]) -> tuple[Attached, ...]:
    """The SCPs on each of the targets (ids), in their order; raises AwsError."""
    contents: dict[str, str] = {}
    found = []
    for target in targets:
        listed = pages(organizations, "list_policies_for_target", "Policies", TargetId=target, Filter=SCP)
        for item in listed:
            policy_id = str(item.get("Id") or "")
            if policy_id not in contents:
                contents[policy_id] = _content(organizations, policy_id)
            found.append(Attached(target, policy_id, item.get("Name") or "", contents[policy_id]))
    return tuple(found)


def _content(organizations: Service, policy_id: str) -> str:
    """A policy's text; empty, which is none, where this one alone cannot be had."""
    try:
        policy = organizations.call("describe_policy", PolicyId=policy_id).get("Policy") or {}
    except (TransitError, RefusedError):
        return ""
    return str(policy.get("Content") or "").removeprefix("\ufeff")
