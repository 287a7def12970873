"""The overview: the gap between what organizations allow and what they use, and how fresh the data is."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel, ValueMap, ValueMappingResult

from grafana import board, variables
from grafana.panels import About, Column, Link, Query, Steps, bars, lines, numbers, rows
from grafana.promql import (
    ACCOUNTS,
    ACCOUNTS_THAT_USED,
    ANY,
    LAST_USED,
    OF_ROOTS,
    OF_UNITS,
    ORGANIZATIONAL,
    WHOLE_REPORT,
    days_since,
    metric,
    named,
    newly_used,
    per_entity,
    per_service,
    record,
    used_in_units,
    with_place,
    with_service_name,
)

UP_OR_NOT: Steps = ((None, "red"), (1, "green"))
SHARE_UNUSED: Steps = ((None, "green"), (0.5, "yellow"), (0.8, "red"))
"""Red is where the alert about unused services begins."""

_UNUSED = record("organization_entity:services_unused:ratio", OF_UNITS)
_TO_ENTITY = Link(
    "Name",
    "Each service of this one",
    board.ENTITY,
    {"organization": "Organization", "entity": "Id"},
)
_TO_SERVICE = Link(
    "Service",
    "Who uses this service",
    board.SERVICE,
    {"organization": "Organization", "service": "Namespace"},
)


def dashboard() -> Dashboard:
    """The dashboard."""
    who = board.Identity(
        board.OVERVIEW,
        "overview",
        "Services that organizations allow and services that they use, from AWS access reports.",
    )
    chosen = [variables.datasource(), variables.organization(), variables.landing()]
    glance = [_up(), _accounts(), _units(), _share_unused(), _oldest()]
    return board.board(
        who,
        chosen,
        (
            ("At a glance", glance),
            ("Allowed and used", [_by_unit(), _widest_gaps(), _used_over_time(), _share_over_time()]),
            ("What changed", [_newly_used(), _used_again(), _recently_used()]),
            ("The data itself", [_reports(), _freshness()]),
        ),
    )


def _up() -> Builder[Panel]:
    about = About(
        "Organizations up",
        "Whether the last discovery and the last report job reached AWS. "
        "While an organization is unreachable, its last good data stays on all other panels.",
        "none",
    )
    states = {
        "0": ValueMappingResult(text="unreachable", color="red"),
        "1": ValueMappingResult(text="up", color="green"),
    }
    query = Query(f"max by (organization) ({metric('up')})", "{{organization}}")
    return numbers(about, query, 5, UP_OR_NOT).mappings([ValueMap(options=states)])


def _entities(title: str, description: str, kinds: str) -> Builder[Panel]:
    counts = metric("entities", f'entity_type=~"{kinds}"')
    query = Query(f"sum(max by (organization, entity_type) ({counts}))", title)
    return numbers(About(title, description, "short"), query, 4)


def _accounts() -> Builder[Panel]:
    return _entities("Accounts", "Accounts in scope, management accounts included.", ACCOUNTS)


def _units() -> Builder[Panel]:
    return _entities("Organizational units", "Organizational units in scope.", "ORGANIZATIONAL_UNIT")


def _share_unused() -> Builder[Panel]:
    about = About(
        "Allowed at the root, never used",
        "The share of the services allowed at the root that no account used in AWS's tracking period. "
        "The management account is not part of the root's report. Yellow from a half, red from four fifths.",
        "percentunit",
    )
    query = Query(f"max by (organization) ({named(_UNUSED, 'ROOT')})", "{{organization}}")
    return numbers(about, query, 6, SHARE_UNUSED)


def _oldest() -> Builder[Panel]:
    about = About(
        "Oldest report",
        "In refresh intervals of its kind: up to 1 is as configured, from 2 on there is an alert.",
        "none",
    )
    query = Query(f"max by (organization) ({in_intervals()})", "{{organization}}")
    return numbers(about, query, 5, INTERVALS).decimals(1)


INTERVALS: Steps = ((None, "green"), (1.2, "yellow"), (2, "red"))


def in_intervals() -> str:
    """The oldest report of each target, in refresh intervals of that target."""
    age = f"max by (organization, target) ({record('organization_target:report_age_seconds:max')})"
    interval = f"max by (organization, target) ({metric('refresh_interval_seconds')})"
    return f"{age} / on (organization, target) {interval}"


def _by_unit() -> Builder[Panel]:
    about = About(
        "Roots and organizational units",
        "Services that the SCPs in force allow, and how many of them were used. "
        "What is allowed and never used is what an SCP could close.",
        "short",
    )
    allowed = named(per_entity("services_accessible"), ORGANIZATIONAL, "entity_type")
    columns = (
        Column(Query(allowed, "Allowed"), "short"),
        Column(Query(used_in_units(), "Used"), "short"),
        Column(
            Query(named(_UNUSED, ORGANIZATIONAL, "entity_type"), "Never used"), "percentunit", SHARE_UNUSED
        ),
    )
    labels = {
        "organization": "Organization",
        "entity_name": "Name",
        "entity_type": "Kind",
        "entity_id": "Id",
    }
    return rows(about, columns, labels, 14, hidden=["Id"], links=[_TO_ENTITY])


def _widest_gaps() -> Builder[Panel]:
    about = About(
        "Widest gaps",
        "The fifteen entities with the most services that are allowed and were never used.",
        "short",
    )
    gaps = f"topk(15, {named(per_entity('services_not_accessed'), ANY)})"
    return bars(about, [Query(f"sort_desc({gaps})", "{{entity_name}} ({{entity_id}})")], 10).height(11)


def _used_over_time() -> Builder[Panel]:
    about = About(
        "Services used, over time",
        "How many services the accounts below each root and OU used in AWS's tracking period.",
        "short",
    )
    return lines(about, [Query(used_in_units(), "{{organization}} {{entity_name}}")], 12)


def _share_over_time() -> Builder[Panel]:
    about = About(
        "Share never used, over time",
        "What an SCP closes leaves this share, and so does what comes into use.",
        "percentunit",
    )
    share = named(_UNUSED, ORGANIZATIONAL, "entity_type")
    return lines(about, [Query(share, "{{organization}} {{entity_name}}")], 12)


def _newly_used() -> Builder[Panel]:
    about = About(
        "New in the organization",
        "Services that an account used within the time range of the dashboard, and none before it in AWS's "
        "tracking period. The organization is its root here; for an OU or an account there is another "
        "dashboard.",
        "d",
    )
    query = with_service_name(days_since(f"({newly_used(OF_ROOTS)})"))
    labels = {
        "organization": "Organization",
        "service_name": "Service",
        "service_namespace": "Namespace",
    }
    column = Column(Query(f"sort({query})", "Used last, days ago"), "d")
    return rows(about, [column], labels, 12, links=[_TO_SERVICE]).no_value("Nothing in this time range")


def _used_again() -> Builder[Panel]:
    about = About(
        "Dormant services used again",
        "Accounts that, within the time range of the dashboard, used a service that they had not used for "
        "long, and for how long they had not. Each is an alert, unless that tells it of an OU above.",
        "s",
    )
    rested = metric("service_returned_after_seconds", WHOLE_REPORT)
    slept = f"max by (organization, entity_id, service_namespace) (max_over_time({rested}[$__range]))"
    labels = {
        "organization": "Organization",
        "entity_name": "Name",
        "entity_id": "Id",
        "service_name": "Service",
        "service_namespace": "Namespace",
    }
    column = Column(Query(f"sort_desc({with_service_name(named(slept, ACCOUNTS))})", "Unused for"), "s")
    return rows(about, [column], labels, 12, hidden=["Id"], links=[_TO_ENTITY, _TO_SERVICE]).no_value(
        "Nothing in this time range"
    )


def _recently_used() -> Builder[Panel]:
    about = About(
        "Recently used services",
        "The twenty services that accounts below the root used last, by which account and where, and how "
        "many accounts use them. AWS's data is up to four hours late.",
        "s",
    )
    recent = f"bottomk by (organization) (20, time() - {per_service(LAST_USED, OF_ROOTS)})"
    columns = (
        Column(Query(f"sort({with_service_name(with_place(recent, OF_ROOTS))})", "Last used, ago"), "s"),
        Column(Query(f"{per_service(ACCOUNTS_THAT_USED, OF_ROOTS)} and {recent}", "Accounts"), "short"),
    )
    labels = {
        "organization": "Organization",
        "service_name": "Service",
        "service_namespace": "Namespace",
        "account_name": "By",
        "access_region": "Region",
    }
    return rows(about, columns, labels, 24, links=[_TO_SERVICE])


def _reports() -> Builder[Panel]:
    about = About(
        "Reports by state",
        "fresh; stale: older than its refresh interval; failed: the newest attempt brought none, "
        "the last good one is shown; pending: none yet.",
        "short",
    )
    states = f"sum by (state) (max by (organization, state) ({metric('reports')}))"
    return lines(about, [Query(states, "{{state}}")], 12, stacked=True)


def _freshness() -> Builder[Panel]:
    about = About(
        "Age of the oldest report",
        "Time since AWS created the oldest report that is shown, for each target of the configuration.",
        "s",
    )
    oldest = f"max by (organization, target) ({record('organization_target:report_age_seconds:max')})"
    return lines(about, [Query(oldest, "{{organization}} {{target}}")], 12)
