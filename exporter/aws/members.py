"""What a recommendation has to know of an entity: its accounts, and the SCPs in force on it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from exporter.aws.calls import Service
from exporter.aws.directory import SCP, walk
from exporter.aws.pages import pages
from exporter.errors import RefusedError, TransitError
from exporter.model import Entity, EntityType
from exporter.recommend import Attached, Member


def read_members(organizations: Service, entity: Entity) -> tuple[Member, ...]:
    """The accounts that the entity is, or has below, without the management account; raises AwsError."""
    organization = organizations.call("describe_organization").get("Organization") or {}
    management = organization.get("MasterAccountId")
    return tuple(
        _member(item) for item in _accounts(organizations, entity) if item.get("Id") not in {management, None}
    )


def _accounts(organizations: Service, entity: Entity) -> Iterable[Mapping[str, Any]]:
    listed = list(pages(organizations, "list_accounts", "Accounts"))
    if entity.type is EntityType.ACCOUNT:
        return [item for item in listed if item.get("Id") == entity.id]
    if all(item.get("Paths") for item in listed):
        return [item for item in listed if f"{item['Paths'][0].rstrip('/')}/".startswith(f"{entity.path}/")]
    return [
        item
        for unit in walk(organizations, [entity])
        for item in pages(organizations, "list_accounts_for_parent", "Accounts", ParentId=unit.id)
    ]


def _member(item: Mapping[str, Any]) -> Member:
    joined = item.get("JoinedTimestamp")
    return Member(
        id=item["Id"],
        name=item.get("Name") or "",
        state=item.get("State") or item.get("Status") or "",
        joined=joined.timestamp() if isinstance(joined, datetime) else None,
    )


def read_attached(organizations: Service, entity: Entity) -> tuple[Attached, ...]:
    """The SCPs on the entity and above it, from the root down; raises AwsError."""
    contents: dict[str, str] = {}
    found = []
    for target in entity.path.split("/")[1:]:
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
