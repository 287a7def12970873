"""What the daemon counts itself: named here, bound to prometheus-client in ``exporter.telemetry``."""

from exporter.families.kinds import PREFIX, Group, Instrument, Type

JOBS_STARTED = Instrument(
    f"{PREFIX}jobs_started_total",
    Type.COUNTER,
    Group.COLLECTION,
    ("organization",),
    "Report jobs that AWS accepted.",
)
JOBS_FAILED = Instrument(
    f"{PREFIX}jobs_failed_total",
    Type.COUNTER,
    Group.COLLECTION,
    ("organization",),
    "Attempts that ended without a report: FAILED, past the deadline, or lost on the way.",
)
SLOT_CONFLICTS = Instrument(
    f"{PREFIX}slot_conflicts_total",
    Type.COUNTER,
    Group.COLLECTION,
    ("organization",),
    "Requests refused because somebody else's job held the organization's one slot.",
)
REPORTS_EXPIRED = Instrument(
    f"{PREFIX}reports_expired_total",
    Type.COUNTER,
    Group.COLLECTION,
    ("organization",),
    "Reports dropped because they were older than max_report_age.",
)
JOB_DURATION = Instrument(
    f"{PREFIX}job_duration_seconds",
    Type.HISTOGRAM,
    Group.COLLECTION,
    ("organization",),
    "How long report jobs ran at AWS.",
    (1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0),
)
API_REQUESTS = Instrument(
    f"{PREFIX}api_requests_total",
    Type.COUNTER,
    Group.COLLECTION,
    ("organization", "api", "operation"),
    "Requests sent to AWS, every repetition counted, as AWS would count them.",
)
API_FAILURES = Instrument(
    f"{PREFIX}api_request_failures_total",
    Type.COUNTER,
    Group.COLLECTION,
    ("organization", "api", "operation", "code"),
    "Requests to AWS that brought an error or no answer, by its code.",
)
API_DURATION = Instrument(
    f"{PREFIX}api_request_duration_seconds",
    Type.HISTOGRAM,
    Group.COLLECTION,
    ("organization", "api", "operation"),
    "How long requests to AWS took.",
    (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
BUILD_INFO = Instrument(
    f"{PREFIX}exporter_build_info",
    Type.GAUGE,
    Group.EXPORTER,
    ("version", "python_version"),
    "The version of the program and of Python.",
)
RELOAD_SUCCESSFUL = Instrument(
    f"{PREFIX}exporter_config_last_reload_successful",
    Type.GAUGE,
    Group.EXPORTER,
    (),
    "1 if the last attempt to load the configuration succeeded.",
)
RELOAD_TIMESTAMP = Instrument(
    f"{PREFIX}exporter_config_last_reload_success_timestamp_seconds",
    Type.GAUGE,
    Group.EXPORTER,
    (),
    "When the configuration was last loaded successfully.",
)
SERIES = Instrument(
    f"{PREFIX}exporter_series",
    Type.GAUGE,
    Group.EXPORTER,
    (),
    "Series of reports and entities on the telemetry path, without those of collection and exporter.",
)
EXPOSITION_BYTES = Instrument(
    f"{PREFIX}exporter_exposition_bytes",
    Type.GAUGE,
    Group.EXPORTER,
    (),
    "Size of the series of reports and entities as text, uncompressed.",
)
STATE_AVAILABLE = Instrument(
    f"{PREFIX}exporter_state_available",
    Type.GAUGE,
    Group.EXPORTER,
    ("organization",),
    "1 if the state could be read and written at the last attempt; while it cannot, what is known is served "
    "all the same, and kept as soon as that works again.",
)
STATE_FAILURES = Instrument(
    f"{PREFIX}exporter_state_failures_total",
    Type.COUNTER,
    Group.EXPORTER,
    ("organization",),
    "Attempts to read or write the state that failed.",
)
WEB_CONFIG_FAILURES = Instrument(
    f"{PREFIX}exporter_web_config_failures_total",
    Type.COUNTER,
    Group.EXPORTER,
    (),
    "Attempts to take up a change of the web configuration or of a certificate that failed. Until one "
    "succeeds, requests are answered with 500.",
)

INSTRUMENTS: tuple[Instrument, ...] = (
    JOBS_STARTED,
    JOBS_FAILED,
    SLOT_CONFLICTS,
    REPORTS_EXPIRED,
    JOB_DURATION,
    API_REQUESTS,
    API_FAILURES,
    API_DURATION,
    BUILD_INFO,
    RELOAD_SUCCESSFUL,
    RELOAD_TIMESTAMP,
    SERIES,
    EXPOSITION_BYTES,
    STATE_AVAILABLE,
    STATE_FAILURES,
    WEB_CONFIG_FAILURES,
)
