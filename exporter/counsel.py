"""What can be recommended for an entity from what is known already: no AWS is asked."""

from exporter.model import Entity, EntityType, OrganizationView, Subject
from exporter.recommend import Case, Member, Memory, Origin, remembered

UNSEEN = (
    "the SCPs in force are not read for this page: attach it beside them; `org-access-exporter recommend` "
    "reads them, and gives the whole of a policy that takes the place of an earlier one"
)


def case_of(view: OrganizationView, entity: Entity, now: float, version: str) -> Case | None:
    """The evidence about an entity; None where there is no report, or no SCP would bind it."""
    standing = view.standings.get(Subject(entity.id))
    found = view.discovery
    if entity.type is EntityType.MANAGEMENT_ACCOUNT or not (found and standing and standing.report):
        return None
    accounts = [one for one in found.entities if one.type is EntityType.ACCOUNT]
    case = Case(
        entity,
        standing.report,
        members=tuple(_member(one) for one in accounts if _within(one, entity)),
        names={one.id: one.name for one in found.entities},
        manages=any(one.id == found.management_account_id and _within(one, entity) for one in found.entities),
        delegated=None,
        remarks=(UNSEEN,),
        origin=Origin(view.name, found.org_id, found.partition, version),
        asked=now,
    )
    return remembered(
        case, Memory(found.entities, found.at, view.standings, frozenset(one.id for one in accounts))
    )


def _within(account: Entity, entity: Entity) -> bool:
    return account.id == entity.id or account.path.startswith(f"{entity.path}/")


def _member(account: Entity) -> Member:
    return Member(account.id, account.name, account.state, account.joined, account.path)
