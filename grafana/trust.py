"""Whether the data can be trusted: what AWS answers, how old reports are, which fail."""

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel, ValueMap, ValueMappingResult

from grafana import board
from grafana.levels import INTERVALS, OF_STATES
from grafana.panels import About, Query, lines, numbers
from grafana.promql import ANY, WHOLE_REPORT, among, metric, named, one_of, one_of_each, per_entity, record
from grafana.tables import Column, of_row, rows, to_dashboard, to_page

_HEALTH = {
    "0": ValueMappingResult(text="unreachable", color="red"),
    "1": ValueMappingResult(text="up", color="green"),
    "2": ValueMappingResult(text="some reports fail", color="orange"),
    "3": ValueMappingResult(text="every report fails", color="red"),
    "4": ValueMappingResult(text="no report yet", color="#808080"),
}


def health(width: int) -> Builder[Panel]:
    """How each organization is."""
    about = About(
        "Organizations",
        "Whether the last discovery and the last report job reached AWS, and whether reports come of it. "
        "While an organization is unreachable, its last good data stays on all other panels.",
        "none",
    )
    panel: stat.Panel = numbers(about, Query(_health(), "{{organization}}"), width)
    return panel.mappings([ValueMap(options=_HEALTH)])


def _health() -> str:
    """Per organization: 0 unreachable, 1 well, 2 some reports fail, 3 all do, 4 none yet."""
    up = f"max by (organization) ({metric('up')})"
    good, failed = _reports("fresh|stale"), _reports("failed")
    nothing_good = f"({good} == bool 0)"
    some_failed = f"({failed} > bool 0)"
    none_failed = f"({failed} == bool 0)"
    more = f"{some_failed} + {some_failed} * {nothing_good} + 3 * {none_failed} * {nothing_good}"
    return f"{up} * (1 + {more}) or {up}"


def _reports(states: str) -> str:
    counted = metric("reports", one_of("state", states))
    return f"sum by (organization) (max by (organization, state) ({counted}))"


def oldest(title: str, width: int) -> Builder[Panel]:
    """How old the oldest report is, for what is configured."""
    about = About(
        title,
        "Its age as a share of the refresh interval of its target: up to 100 % is as configured; red, from "
        "twice the interval on, is where the alert begins.",
        "percentunit",
    )
    query = Query(f"max by (organization) ({in_intervals()})", "{{organization}}")
    return numbers(about, query, width, INTERVALS).decimals(0)


def in_intervals() -> str:
    """The oldest report of each target, in refresh intervals of that target."""
    interval = f"max by (organization, target) ({metric('refresh_interval_seconds')})"
    return f"{_oldest()} / on (organization, target) {interval}"


def _oldest() -> str:
    """Seconds; where every report fails there is none that could be old."""
    age = f"max by (organization, target) ({record('organization_target:report_age_seconds:max')})"
    return f"({age} and on (organization) ({_reports('fresh|stale')} > 0))"


def states(title: str, width: int) -> Builder[Panel]:
    """How reports stand."""
    about = About(
        title,
        "fresh; stale: older than its refresh interval; failed: the newest attempt brought none, the last "
        "good one is shown; pending: none yet. A first sweep turns pending into fresh.",
        "short",
    )
    counted = f"sum by (state) (max by (organization, state) ({metric('reports')}))"
    return lines(about, [Query(counted, "{{state}}")], width, stacked=True, colours=OF_STATES)


def ages() -> Builder[Panel]:
    """How old the oldest report of each target is."""
    about = About(
        "Age of the oldest report",
        "Time since AWS created the oldest report that is shown, for each target of the configuration.",
        "s",
    )
    return lines(about, [Query(_oldest(), "{{organization}} {{target}}")], 12)


def failing() -> Builder[Panel]:
    """Which reports fail, and why."""
    about = About(
        "Reports that fail",
        "Entities whose newest report job ended FAILED, AWS's code for it, and from when the report is that "
        "is shown instead.",
        "string",
    )
    errors = metric("report_job_error_info", WHOLE_REPORT)
    codes = one_of_each("organization, entity_id", f"group by (organization, entity_id, code) ({errors})")
    tried = f"1000 * {per_entity('report_job_created_timestamp_seconds')}"
    newest = f"topk(200, {tried} * on (organization, entity_id) group_left (code) {codes})"
    made = among(f"1000 * {per_entity('report_generated_timestamp_seconds')}", newest)
    columns = (
        Column(Query(f"sort_desc({named(newest, ANY)})", "Last attempt"), "dateTimeFromNow"),
        Column(Query(made, "Report shown"), "dateTimeFromNow"),
    )
    labels = {
        "organization": "Organization",
        "entity_name": "Name",
        "entity_id": "Id",
        "code": "Code",
    }
    links = [
        to_dashboard(
            "Name",
            "Each service of this one",
            board.ENTITY,
            {"organization": "organization", "entity": "entity_id"},
        ),
        to_page("Id", "The exporter's page of this one", f"/entities/{of_row('entity_id')}"),
    ]
    return rows(about, columns, labels, 24, links=links).height(6).no_value("No report fails")
