"""One entity, found from below: its path is what a report is asked for by."""

from exporter.aws.calls import Service
from exporter.errors import RefusedError, TransitError
from exporter.model import Entity, EntityType

_DEEPEST = 12  # levels; AWS has five below the root
_ROOT = "r-"


def find_entity(organizations: Service, entity_id: str) -> Entity:
    """The entity with this id, without its name and state; raises AwsError.

    A handful of calls in any organization, where a discovery takes hundreds in a large one.
    """
    organization = organizations.call("describe_organization").get("Organization") or {}
    lineage = [entity_id]
    while not lineage[0].startswith(_ROOT):
        if len(lineage) == _DEEPEST:
            raise TransitError("ListParents", "EndlessParents", f"no root was found above {entity_id}")
        lineage.insert(0, _parent(organizations, lineage[0]))
    path = "/".join([organization.get("Id") or "", *lineage])
    return entity_at(path, organization.get("MasterAccountId") or "")


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


def _parent(organizations: Service, child_id: str) -> str:
    parents = organizations.call("list_parents", ChildId=child_id).get("Parents") or ()
    if not parents or not parents[0].get("Id"):
        raise RefusedError("ListParents", "NoParent", f"{child_id} has no parent")
    return str(parents[0]["Id"])
