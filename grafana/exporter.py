"""The exporter itself: how far its sweep is, what AWS answers it, and what it costs to scrape."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from grafana import board, trust, variables
from grafana.levels import FRESH, INTERVALS, ONE, SLOT
from grafana.panels import About, Query, lines, numbers
from grafana.promql import metric, rate, record
from grafana.tables import Column, rows

_OF_CHOSEN = f"group by (job, instance) ({metric('exporter_lease_held')})"
_OF_EXPORTERS = f"* on (job, instance) group_left () {_OF_CHOSEN}"
"""Those that watch one of the organizations that the viewer chose."""


def dashboard() -> Dashboard:
    """The dashboard."""
    who = board.Identity(
        board.EXPORTER, "exporter", "Sweeps, AWS calls, and what the exporter costs: for those who run it."
    )
    chosen = [variables.datasource(), variables.organization(), variables.landing()]
    return board.board(
        who,
        chosen,
        (
            (
                "At a glance",
                [_fresh(), _sweep(), _wanted(), trust.oldest("Oldest report of all", 5), _holders()],
            ),
            ("Sweeps", [trust.states("Sweep: reports by state", 12), _slot(), _job_times(), _staleness()]),
            ("AWS", [_calls(), _failures(), _call_times(), _trouble()]),
            ("The process", [_scrapes(), _size(), _cpu(), _memory(), _processes()]),
        ),
    )


def _fresh() -> Builder[Panel]:
    about = About(
        "Reports fresh",
        "The share of all reports that are younger than their refresh interval. Accounts come last.",
        "percentunit",
    )
    states = f"max by (organization, state) ({metric('reports')})"
    fresh = f"sum by (organization) (max by (organization, state) ({metric('reports', _state('fresh'))}))"
    query = f"{fresh} / (sum by (organization) ({states}) > 0)"
    return numbers(about, Query(query, "{{organization}}"), 5, FRESH)


def _state(name: str) -> str:
    return f'state="{name}"'


def _sweep() -> Builder[Panel]:
    about = About(
        "One sweep takes",
        "Mean job time times the number of reports. AWS runs one job at a time for an organization, "
        "so this is the shortest refresh interval that can be held.",
        "s",
    )
    query = Query(f"max by (organization) ({metric('sweep_estimated_seconds')})", "{{organization}}")
    return numbers(about, query, 5)


def _wanted() -> Builder[Panel]:
    about = About(
        "Slot wanted",
        "The share of the time for which AWS's one slot would have to be busy to keep the configured "
        "intervals. Above 1 they cannot be kept, and there is an alert.",
        "percentunit",
    )
    query = f"max by (organization) ({record('organization:slot_wanted:ratio')})"
    return numbers(about, Query(query, "{{organization}}"), 5, SLOT)


def _holders() -> Builder[Panel]:
    about = About(
        "Who asks AWS",
        "How many exporters hold the lease of the organization: one, or something is wrong.",
        "none",
    )
    query = f"sum by (organization) ({metric('exporter_lease_held')})"
    return numbers(about, Query(query, "{{organization}}"), 4, ONE)


def _slot() -> Builder[Panel]:
    about = About(
        "Slot use",
        "The share of the time in which a report job of ours ran at AWS, against what the intervals ask for. "
        "If it is wanted and not used, somebody else has the slot, or AWS cannot be reached.",
        "percentunit",
    )
    wanted = f"max by (organization) ({record('organization:slot_wanted:ratio')})"
    return lines(
        about,
        [
            Query(rate("job_duration_seconds_sum", "organization"), "{{organization}} used"),
            Query(wanted, "{{organization}} wanted"),
        ],
        12,
    )


def _job_times() -> Builder[Panel]:
    about = About(
        "Job times", "How long report jobs run at AWS: half of them, and all but one in twenty.", "s"
    )
    return lines(about, _quantiles("job_duration_seconds_bucket", "organization"), 12)


def _quantiles(name: str, *by: str) -> list[Query]:
    shown = " ".join(f"{{{{{label}}}}}" for label in by)
    return [
        Query(f"histogram_quantile({share}, {rate(name, 'le', *by)})", f"{shown} {word}")
        for share, word in ((0.5, "median"), (0.95, "95 %"))
    ]


def _staleness() -> Builder[Panel]:
    about = About(
        "Oldest report of each target",
        "Its age as a share of the refresh interval of that target: up to 100 % is as configured; red is "
        "where the alert begins.",
        "percentunit",
    )
    return lines(about, [Query(trust.in_intervals(), "{{organization}} {{target}}")], 12, INTERVALS)


def _calls() -> Builder[Panel]:
    about = About("AWS calls", "Requests sent to AWS, repetitions included, as AWS counts them.", "reqpm")
    return lines(about, [Query(f"60 * {rate('api_requests_total', 'operation')}", "{{operation}}")], 12)


def _failures() -> Builder[Panel]:
    about = About(
        "AWS calls that failed",
        "Requests that brought an error or no answer, by operation and code; 0 where none failed.",
        "reqpm",
    )
    none = f"0 * {rate('api_requests_total', 'operation')}"
    failed = f"{rate('api_request_failures_total', 'operation', 'code')} or on (operation) {none}"
    # Where a series lacks a label, a legend would have the label's name.
    what = f'label_join({failed}, "what", " ", "operation", "code")'
    return lines(about, [Query(f"60 * {what}", "{{what}}")], 12)


def _call_times() -> Builder[Panel]:
    about = About("Call times", "How long calls to AWS take: half of them, and all but one in twenty.", "s")
    return lines(about, _quantiles("api_request_duration_seconds_bucket", "api"), 12)


def _trouble() -> Builder[Panel]:
    about = About(
        "Jobs that brought nothing, per hour",
        "Failed: ended FAILED, past the deadline, or lost on the way. Conflicts: somebody else's job held "
        "the slot. Dropped: reports older than `max_report_age`.",
        "short",
    )
    counters = {
        "jobs_failed_total": "failed",
        "slot_conflicts_total": "conflicts",
        "reports_expired_total": "dropped",
    }
    queries = [
        Query(f"3600 * {rate(name, 'organization')}", f"{{{{organization}}}} {word}")
        for name, word in counters.items()
    ]
    return lines(about, queries, 12)


def _scrapes() -> Builder[Panel]:
    about = About(
        "Scrape duration",
        "How long Prometheus takes to scrape each exporter, transfer and parsing included.",
        "s",
    )
    return lines(about, [Query(f"scrape_duration_seconds {_OF_EXPORTERS}", "{{instance}}")], 12)


def _size() -> Builder[Panel]:
    about = About(
        "Series",
        "Samples that a scrape of each exporter brings. `services: accessed` and `collect[]` make it fewer.",
        "short",
    )
    return lines(about, [Query(f"scrape_samples_scraped {_OF_EXPORTERS}", "{{instance}}")], 12)


def _cpu() -> Builder[Panel]:
    about = About("CPU", "Cores that each exporter's process keeps busy.", "short")
    busy = f"rate(process_cpu_seconds_total[$__rate_interval]) {_OF_EXPORTERS}"
    return lines(about, [Query(busy, "{{instance}}")], 12)


def _memory() -> Builder[Panel]:
    about = About("Memory", "Resident memory of each exporter's process.", "bytes")
    return lines(about, [Query(f"process_resident_memory_bytes {_OF_EXPORTERS}", "{{instance}}")], 12)


def _processes() -> Builder[Panel]:
    about = About(
        "Exporters",
        "Each exporter: its version, whether it took its last configuration and can keep what it knows, and "
        "how much it serves.",
        "none",
    )
    build = "group by (job, instance, version, python_version) (aws_org_access_exporter_build_info)"
    reload = "max by (job, instance) (aws_org_access_exporter_config_last_reload_successful)"
    state = "min by (job, instance) (aws_org_access_exporter_state_available)"
    series = "max by (job, instance) (aws_org_access_exporter_series)"
    size = "max by (job, instance) (aws_org_access_exporter_exposition_bytes)"
    taken = f"{build} * on (job, instance) group_left () {reload}"
    shown = (
        ("Configuration taken", taken, "bool_yes_no"),
        ("State available", state, "bool_yes_no"),
        ("Series", series, "short"),
        ("Text, uncompressed", size, "bytes"),
    )
    columns = [Column(Query(f"({expr}) {_OF_EXPORTERS}", name), unit) for name, expr, unit in shown]
    labels = {"job": "Job", "instance": "Instance", "version": "Version", "python_version": "Python"}
    return rows(about, columns, labels, 24).height(6)
