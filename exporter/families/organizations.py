"""What is told of an organization: its discovery, its reports together, and whether it can be asked."""

from collections.abc import Iterable

from exporter.families.kinds import BACKGROUND, PREFIX, Group, OrganizationFamily, Sample, Type, one
from exporter.model import EntityType, NewsKind, OrganizationView


def _news_total(view: OrganizationView) -> Iterable[Sample]:
    for kind in NewsKind:
        yield (kind.value,), view.tally.get(kind, 0)


def _policy_info(view: OrganizationView) -> Iterable[Sample]:
    for policy in view.discovery.policies if view.discovery else ():
        yield (policy.id, policy.name), 1


def _organization_info(view: OrganizationView) -> Iterable[Sample]:
    if view.discovery:
        found = view.discovery
        yield (found.org_id, found.management_account_id, found.partition), 1


def _up(view: OrganizationView) -> Iterable[Sample]:
    return one(int(view.up))


def _refresh_interval(view: OrganizationView) -> Iterable[Sample]:
    for name in ("root", "ous", "management_account", "accounts", "policies"):
        target = getattr(view.targets, name)
        if target.enabled:
            yield (name,), target.refresh


def _entities(view: OrganizationView) -> Iterable[Sample]:
    if view.discovery:
        counts = dict.fromkeys(EntityType, 0)
        for entity in view.discovery.entities:
            counts[entity.type] += 1
        for kind, count in counts.items():
            yield (kind.value,), count


def _reports(view: OrganizationView) -> Iterable[Sample]:
    for state, count in view.states.items():
        yield (state.value,), count


def _sweep_estimated(view: OrganizationView) -> Iterable[Sample]:
    return one(view.job_seconds * len(view.work)) if view.job_seconds else ()


def _discovered(view: OrganizationView) -> Iterable[Sample]:
    return one(view.discovery.at if view.discovery else None)


def _discovery_duration(view: OrganizationView) -> Iterable[Sample]:
    return one(view.discovery.duration if view.discovery else None)


def _lease_held(view: OrganizationView) -> Iterable[Sample]:
    return one(int(view.lease_held))


ORGANIZATION_FAMILIES: tuple[OrganizationFamily, ...] = (
    OrganizationFamily(
        f"{PREFIX}policy_info",
        Type.GAUGE,
        Group.INFO,
        ("policy_id", "policy_name"),
        f"The service control policies that are reported on. {BACKGROUND}",
        _policy_info,
    ),
    OrganizationFamily(
        f"{PREFIX}organization_info",
        Type.GAUGE,
        Group.INFO,
        ("org_id", "management_account_id", "partition"),
        f"The organization behind the configured name. {BACKGROUND}",
        _organization_info,
    ),
    OrganizationFamily(
        f"{PREFIX}news_total",
        Type.COUNTER,
        Group.NEWS,
        ("kind",),
        "What was told to be new, by its kind, as far back as the state reaches.",
        _news_total,
    ),
    OrganizationFamily(
        f"{PREFIX}up",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        f"1 if the last discovery and the last job reached AWS. {BACKGROUND}",
        _up,
    ),
    OrganizationFamily(
        f"{PREFIX}refresh_interval_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        ("target",),
        "How old a report of this kind of subject may grow before it is renewed, as configured.",
        _refresh_interval,
    ),
    OrganizationFamily(
        f"{PREFIX}entities",
        Type.GAUGE,
        Group.COLLECTION,
        ("entity_type",),
        f"Entities in scope at the last successful discovery. {BACKGROUND}",
        _entities,
    ),
    OrganizationFamily(
        f"{PREFIX}reports",
        Type.GAUGE,
        Group.COLLECTION,
        ("state",),
        "Subjects by how their report stands: fresh, stale (older than its refresh interval, "
        "or of where the entity was before), "
        f"failed (the newest attempt brought none), pending (none yet). {BACKGROUND}",
        _reports,
    ),
    OrganizationFamily(
        f"{PREFIX}sweep_estimated_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        "How long a sweep over all subjects takes: mean job time times subjects, and what slot_share leaves "
        f"to others. {BACKGROUND}",
        _sweep_estimated,
    ),
    OrganizationFamily(
        f"{PREFIX}discovery_last_success_timestamp_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        f"When the last successful discovery began. {BACKGROUND}",
        _discovered,
    ),
    OrganizationFamily(
        f"{PREFIX}discovery_duration_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        f"How long the last successful discovery took. {BACKGROUND}",
        _discovery_duration,
    ),
    OrganizationFamily(
        f"{PREFIX}exporter_lease_held",
        Type.GAUGE,
        Group.EXPORTER,
        (),
        "1 if this process is the one that asks AWS for this organization.",
        _lease_held,
    ),
)
