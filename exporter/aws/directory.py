"""The tree of an organization, read from AWS Organizations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exporter.aws.calls import Service, pages
from exporter.aws.faults import NAME, clipped
from exporter.errors import TransitError
from exporter.model import Entity, EntityType, Policy

SCP = "SERVICE_CONTROL_POLICY"
DISABLED = "DISABLED"
ENABLED = "ENABLED"
_PARTITION = 1  # its place in an ARN


@dataclass(frozen=True, slots=True)
class Directory:
    """One reading. ``hint`` says what in it stands in the way of access reports; empty: nothing."""

    org_id: str
    management_account_id: str
    partition: str
    entities: tuple[Entity, ...]
    hint: str


def read_directory(organizations: Service) -> Directory:
    """Root, OUs and accounts, each parent before its children; raises AwsError."""
    organization = _field(organizations.call("describe_organization"), "Organization", "DescribeOrganization")
    org_id = _field(organization, "Id", "DescribeOrganization")
    management = organization.get("MasterAccountId") or ""
    roots = list(pages(organizations, "list_roots", "Roots"))
    if not roots:
        raise TransitError("ListRoots", "NoRoots", "the answer holds no root")
    units = walk(organizations, [_root(root, org_id) for root in roots])
    accounts = _accounts(organizations, units, management)
    return Directory(
        org_id=org_id,
        management_account_id=management,
        partition=partition_in(organization),
        entities=_in_tree_order([*units, *accounts]),
        hint=_hint(organization, roots),
    )


def read_policies(organizations: Service) -> tuple[Policy, ...]:
    """Every service control policy; raises AwsError."""
    found = pages(organizations, "list_policies", "Policies", Filter=SCP)
    return tuple(
        Policy(_field(item, "Id", "ListPolicies"), clipped(item.get("Name"), NAME))
        for item in found
        if item.get("Type") in {SCP, None}  # not every emulator heeds the filter
    )


def read_targets(organizations: Service, policy_id: str) -> tuple[str, ...]:
    """The ids of what a policy is attached to; raises AwsError."""
    found = pages(organizations, "list_targets_for_policy", "Targets", PolicyId=policy_id)
    return tuple(sorted({_field(item, "TargetId", "ListTargetsForPolicy") for item in found}))


def _root(root: Mapping[str, Any], org_id: str) -> Entity:
    root_id = _field(root, "Id", "ListRoots")
    return Entity(root_id, EntityType.ROOT, clipped(root.get("Name"), NAME), f"{org_id}/{root_id}")


def walk(organizations: Service, roots: Iterable[Entity]) -> list[Entity]:
    """The roots and every OU below them. An OU met again, moved meanwhile, is not walked again."""
    found = {root.id: root for root in roots}
    waiting = list(found.values())
    while waiting:
        units = [unit for unit in _units(organizations, waiting.pop(0)) if unit.id not in found]
        found.update((unit.id, unit) for unit in units)
        waiting += units
    return list(found.values())


def _units(organizations: Service, parent: Entity) -> list[Entity]:
    method = "list_organizational_units_for_parent"
    listed = pages(organizations, method, "OrganizationalUnits", ParentId=parent.id)
    return [_unit(item, parent) for item in listed]


def _unit(item: Mapping[str, Any], parent: Entity) -> Entity:
    unit_id = _field(item, "Id", "ListOrganizationalUnitsForParent")
    path = path_ending((item.get("Path") or "").rstrip("/") or parent.path, unit_id)
    return Entity(unit_id, EntityType.ORGANIZATIONAL_UNIT, clipped(item.get("Name"), NAME), path, parent.id)


def _accounts(organizations: Service, units: Iterable[Entity], management: str) -> list[Entity]:
    """By one listing, if AWS tells the paths in it; parent by parent otherwise."""
    listed = list(pages(organizations, "list_accounts", "Accounts"))
    if not listed:
        # The management account is always there: whoever believed this would drop all that is known.
        raise TransitError("ListAccounts", "NoAccounts", "the answer holds no account")
    if all(item.get("Paths") for item in listed):
        return [_account(item, item["Paths"][0].rstrip("/"), management) for item in listed]
    return [
        _account(item, unit.path, management)
        for unit in units
        for item in pages(organizations, "list_accounts_for_parent", "Accounts", ParentId=unit.id)
    ]


def _account(item: Mapping[str, Any], path: str, management: str) -> Entity:
    account_id = _field(item, "Id", "ListAccounts")
    path = path_ending(path, account_id)
    return Entity(
        id=account_id,
        type=EntityType.MANAGEMENT_ACCOUNT if account_id == management else EntityType.ACCOUNT,
        name=clipped(item.get("Name"), NAME),
        path=path,
        parent_id=path.split("/")[-2],
        state=item.get("State") or item.get("Status") or "",
        joined=joined_at(item),
    )


def joined_at(account: Mapping[str, Any]) -> float | None:
    """Since when an account is a member, in Unix seconds; None: AWS does not say."""
    joined = account.get("JoinedTimestamp")
    return joined.timestamp() if isinstance(joined, datetime) else None


def path_ending(path: str, entity_id: str) -> str:
    """AWS may or may not end an entity's path with the entity itself."""
    return path if path.endswith(f"/{entity_id}") else f"{path}/{entity_id}"


def _in_tree_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Depth first, as AWS listed them; an entity listed twice counts once, where it was seen last."""
    latest = {entity.id: entity for entity in entities}
    below: dict[str, list[Entity]] = {}
    for entity in latest.values():
        below.setdefault(entity.parent_id if entity.parent_id in latest else "", []).append(entity)
    ordered: list[Entity] = []
    waiting = list(reversed(below.get("", ())))
    while waiting:
        entity = waiting.pop()
        ordered.append(entity)
        waiting += reversed(below.get(entity.id, ()))
    return tuple(ordered)


def partition_in(organization: Mapping[str, Any]) -> str:
    """The partition, from the ARN of what DescribeOrganization tells; empty: it does not tell."""
    parts = str(organization.get("Arn") or "").split(":")
    return parts[_PARTITION] if len(parts) > _PARTITION else ""


def _hint(organization: Mapping[str, Any], roots: Iterable[Mapping[str, Any]]) -> str:
    if organization.get("FeatureSet") == "CONSOLIDATED_BILLING":
        return "the organization has only consolidated billing; access reports need all features"
    status = next((found for root in roots if (found := scp_status(root)) != DISABLED), DISABLED)
    if status == DISABLED:
        return "service control policies are not enabled; access reports need them"
    if status.startswith("PENDING"):
        return f"service control policies are not enabled but {status}; access reports need them"
    return ""


def scp_status(root: Mapping[str, Any]) -> str:
    """How SCPs stand on a root: AWS's status, ``DISABLED`` if it lists none, empty if it tells neither."""
    kinds = root.get("PolicyTypes")
    if kinds is None:
        return ""
    found = [kind for kind in kinds if isinstance(kind, Mapping) and kind.get("Type") == SCP]
    return str(found[0].get("Status") or "") if found else DISABLED


def _field(answer: Mapping[str, Any], name: str, operation: str) -> Any:
    value = answer.get(name)
    if not value:
        raise TransitError(operation, f"No{name}", f"the answer holds no {name}")
    return value
