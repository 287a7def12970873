"""The overview: the gap between what organizations allow and what they use, and how fresh the data is."""

from collections.abc import Iterable

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    Panel,
    ValueMap,
    ValueMappingResult,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from grafana.panels import DATASOURCE, About, Column, Query, Steps, bars, lines, numbers, rows
from grafana.promql import (
    ACCOUNTS,
    ANY,
    ORGANIZATIONAL,
    metric,
    named,
    per_entity,
    rate,
    used,
    with_service_name,
)

UID = "org-access-overview"

_UP_OR_NOT: Steps = ((None, "red"), (1, "green"))
_SHARE_UNUSED: Steps = ((None, "green"), (0.5, "yellow"), (0.8, "red"))


def dashboard() -> Dashboard:
    """The dashboard, each panel with its number."""
    overview = (
        builders.Dashboard("AWS organization access: overview")
        .uid(UID)
        .description("Services that organizations allow and services that they use, from AWS access reports.")
        .tags(["aws", "org-access-exporter"])
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time("now-7d", "now")
        .refresh("5m")
        .with_variable(_datasource())
        .with_variable(_organization())
    )
    for title, panels in _rows():
        overview.with_row(builders.Row(title))
        for panel in panels:
            overview.with_panel(panel)
    built = overview.build()
    for number, numbered in enumerate(built.panels or [], start=1):
        numbered.id_val = number
    return built


def _datasource() -> builders.DatasourceVariable:
    return builders.DatasourceVariable("datasource").label("Data source").type("prometheus")


def _organization() -> builders.QueryVariable:
    everything = VariableOption(selected=True, text=["All"], value=["$__all"])
    return (
        builders.QueryVariable("organization")
        .label("Organization")
        .datasource(DATASOURCE)
        .query("label_values(aws_org_access_up, organization)")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(everything)
    )


def _rows() -> Iterable[tuple[str, Iterable[Builder[Panel]]]]:
    return (
        ("At a glance", (_up(), _accounts(), _units(), _share_unused(), _sweep())),
        ("Allowed and used", (_by_unit(), _widest_gaps(), _used_over_time(), _recently_used())),
        ("The data itself", (_reports(), _freshness(), _calls(), _failures())),
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
    return numbers(about, query, 6, _UP_OR_NOT).mappings([ValueMap(options=states)])


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
        "The management account is not part of the root's report.",
        "percentunit",
    )
    share = f"{per_entity('services_not_accessed')} / ({per_entity('services_accessible')} > 0)"
    query = Query(f"max by (organization) ({named(share, 'ROOT')})", "{{organization}}")
    return numbers(about, query, 5, _SHARE_UNUSED)


def _sweep() -> Builder[Panel]:
    about = About(
        "One sweep takes",
        "Mean job time times the number of reports. AWS runs one job at a time per organization, "
        "so this is the shortest refresh interval that can be held.",
        "s",
    )
    query = Query(f"max by (organization) ({metric('sweep_estimated_seconds')})", "{{organization}}")
    return numbers(about, query, 5)


def _by_unit() -> Builder[Panel]:
    about = About(
        "Roots and organizational units",
        "Services that the SCPs in force allow, and how many of them were used. "
        "What is allowed and never used is what an SCP could close.",
        "short",
    )
    unused = f"{per_entity('services_not_accessed')} / ({per_entity('services_accessible')} > 0)"
    columns = (
        Column(Query(named(per_entity("services_accessible"), ORGANIZATIONAL), "Allowed"), "short"),
        Column(Query(used(ORGANIZATIONAL), "Used"), "short"),
        Column(Query(named(unused, ORGANIZATIONAL), "Never used"), "percentunit", _SHARE_UNUSED),
    )
    labels = {"organization": "Organization", "entity_name": "Name", "entity_type": "Kind"}
    return rows(about, columns, labels, ("entity_id",), 14)


def _widest_gaps() -> Builder[Panel]:
    about = About(
        "Widest gaps",
        "The fifteen entities with the most services that are allowed and were never used.",
        "short",
    )
    gaps = f"topk(15, {named(per_entity('services_not_accessed'), ANY)})"
    return bars(about, Query(f"sort_desc({gaps})", "{{entity_name}} ({{entity_id}})"), 10).height(11)


def _used_over_time() -> Builder[Panel]:
    about = About(
        "Services used, over time",
        "How many services the accounts below each root used in AWS's tracking period (at least 400 days).",
        "short",
    )
    return lines(about, [Query(used("ROOT"), "{{organization}} {{entity_name}}")], 12)


def _recently_used() -> Builder[Panel]:
    about = About(
        "Recently used services",
        "The twenty services used last, by anybody. AWS's data is up to four hours late.",
        "s",
    )
    times = metric("service_last_authenticated_timestamp_seconds", 'policy_id=""')
    age = f"time() - max by (organization, service_namespace) ({times})"
    query = Query(f"sort(bottomk(20, {with_service_name(age)}))", "Last used, ago")
    labels = {"service_name": "Service", "organization": "Organization"}
    return rows(about, (Column(query, "s"),), labels, ("service_namespace",), 12).height(9)


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
        "Time since AWS created the oldest report that is shown, for each kind of entity.",
        "s",
    )
    created = named(per_entity("report_generated_timestamp_seconds"), ANY)
    oldest = f"time() - min by (organization, entity_type) ({created})"
    return lines(about, [Query(oldest, "{{organization}} {{entity_type}}")], 12)


def _calls() -> Builder[Panel]:
    about = About("AWS calls", "Requests sent to AWS, repetitions included, as AWS counts them.", "reqps")
    return lines(about, [Query(rate("api_requests_total", "operation"), "{{operation}}")], 12)


def _failures() -> Builder[Panel]:
    about = About(
        "AWS calls that failed",
        "Requests that brought an error or no answer; 0 for an operation without failures.",
        "reqps",
    )
    none = f"0 * {rate('api_requests_total', 'operation')}"
    failed = f"{rate('api_request_failures_total', 'operation')} or {none}"
    return lines(about, [Query(failed, "{{operation}}")], 12)
