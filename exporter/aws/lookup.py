"""One entity, found by what somebody calls it: its path is what a report is asked for by.

What a name or an id means among entities at hand is for :mod:`exporter.reference` to say; here AWS is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exporter.aws.calls import Service, pages
from exporter.aws.directory import read_directory
from exporter.aws.faults import NAME, clipped
from exporter.errors import DeniedError, RefusedError, TransitError, UserError
from exporter.model import Entity, EntityType
from exporter.reference import LISTING, Reference, check_organization, matched, unknown

_DEEPEST = 12  # levels; AWS has five below the root
_ROOT = "r-"
_NOT_THERE = {"ChildNotFoundException", "InvalidInputException"}


def find_entity(organizations: Service, reference: Reference) -> Entity:
    """The entity that is meant, in scope or not; raises UserError where that is none or several, AwsError.

    By an id (without its state) it takes a handful of calls in any organization; by a name a reading of
    the whole tree.
    """
    if not reference.id:
        return matched(reference, read_directory(organizations).entities)
    organization = organizations.call("describe_organization").get("Organization") or {}
    org_id = str(organization.get("Id") or "")
    check_organization(reference, org_id)
    lineage = _lineage(organizations, reference.id)
    if lineage:
        found = entity_at("/".join([org_id, *lineage]), organization.get("MasterAccountId") or "")
        return replace(found, name=_name(organizations, found))
    return _otherwise(organizations, reference)


def entity_at(path: str, management_account_id: str = "") -> Entity:
    """The entity with this path, as far as the path tells."""
    *above, entity_id = path.split("/")
    if entity_id.startswith(_ROOT):
        return Entity(entity_id, EntityType.ROOT, "", path)
    if entity_id.startswith("ou-"):
        kind = EntityType.ORGANIZATIONAL_UNIT
    elif entity_id == management_account_id:
        kind = EntityType.MANAGEMENT_ACCOUNT
    else:
        kind = EntityType.ACCOUNT
    return Entity(entity_id, kind, "", path, above[-1] if above else "")


def _lineage(organizations: Service, entity_id: str) -> list[str]:
    """The ids from the root down to the entity; empty if it is not there."""
    if entity_id.startswith(_ROOT):
        return [entity_id] if _root(organizations).get("Id") == entity_id else []
    lineage = [entity_id]
    try:
        while not lineage[0].startswith(_ROOT):
            if len(lineage) == _DEEPEST:
                raise TransitError("ListParents", "EndlessParents", f"no root was found above {entity_id}")
            lineage.insert(0, _parent(organizations, lineage[0]))
    except RefusedError as error:
        if error.code in _NOT_THERE and len(lineage) == 1:
            return []
        raise
    return lineage


def _name(organizations: Service, entity: Entity) -> str:
    """What it is called, from the list it stands in; empty where AWS does not tell: only readers want it."""
    parent = {"ParentId": entity.parent_id}
    method, key, about = {
        EntityType.ROOT: ("list_roots", "Roots", {}),
        EntityType.ORGANIZATIONAL_UNIT: (
            "list_organizational_units_for_parent",
            "OrganizationalUnits",
            parent,
        ),
    }.get(entity.type, ("list_accounts_for_parent", "Accounts", parent))
    try:
        listed = pages(organizations, method, key, **about)
        return next((clipped(item.get("Name"), NAME) for item in listed if item.get("Id") == entity.id), "")
    except (DeniedError, RefusedError, TransitError):
        return ""


def _root(organizations: Service) -> Mapping[str, Any]:
    return next(pages(organizations, "list_roots", "Roots"), {})


def _parent(organizations: Service, child_id: str) -> str:
    parent = next(pages(organizations, "list_parents", "Parents", ChildId=child_id), {})
    if not parent.get("Id"):
        raise RefusedError("ListParents", "NoParent", f"{child_id} has no parent")
    return str(parent["Id"])


def _otherwise(organizations: Service, reference: Reference) -> Entity:
    """What is meant by an id that no entity has: perhaps a name such as ``r-team``.

    What begins as this organization's ids do is no name, and the tree need not be read to know that. Twelve
    digits may be one.
    """
    if reference.id.isdigit():
        if not reference.name:
            raise unknown(reference)
        return matched(reference, read_directory(organizations).entities)
    root_id = str(_root(organizations).get("Id") or "")
    if reference.name and not reference.id.startswith(f"ou-{root_id.removeprefix(_ROOT)}-"):
        return matched(reference, read_directory(organizations).entities)
    raise _elsewhere(reference, root_id)


def _elsewhere(reference: Reference, root_id: str) -> UserError:
    prefix = f"ou-{root_id.removeprefix(_ROOT)}-"
    if reference.id.startswith(_ROOT):
        return UserError(f"no root has the id {reference.id}: this organization's is {root_id}")
    if reference.id.startswith(prefix):
        return unknown(reference)
    return UserError(f"no OU has the id {reference.id}: this organization's begin with {prefix}; {LISTING}")
