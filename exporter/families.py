"""Every metric of the contract as one value: its name, type, help, labels, and how to read it.

The renderer, the instruments, the generated table in the docs and the golden tests all follow from here.
A family reads one of four things: a subject (a report and its job), an organization, the services of the
whole snapshot, or the daemon itself (an instrument of prometheus-client, named here, counted elsewhere).

``report_job_status`` has the shape of a StateSet, but its label is ``status``, as the contract says;
OpenMetrics wants a StateSet's label named like the family, so it is declared a gauge in both formats.
So is every ``…_info``: OpenMetrics declares an Info without that ending, and readers that take the declared
name for the metric's (OpenTelemetry's receiver, Datadog) would lose the one that is documented.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    News,
    NewsKind,
    OrganizationView,
    ServiceAccess,
    Services,
    Standing,
    Subject,
)

PREFIX = "aws_org_access_"
_BACKGROUND = "Collected in the background, not at the scrape."


class Group(StrEnum):
    """What ``collect[]`` and ``exclude[]`` choose from."""

    REPORTS = "reports"
    SERVICES = "services"
    AGES = "ages"
    NEWS = "news"
    INFO = "info"
    COLLECTION = "collection"
    EXPORTER = "exporter"


class Type(StrEnum):
    """OpenMetrics' types, as far as they are used."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    UNKNOWN = "unknown"


Sample = tuple[tuple[str, ...], float]
"""Label values in the family's order, and the value."""


@dataclass(frozen=True, slots=True)
class Family:
    """What is common to all families. ``labels`` come behind those that the kind of family adds itself."""

    name: str
    type: Type
    group: Group
    labels: tuple[str, ...]
    help: str

    @property
    def unit(self) -> str:
        """OpenMetrics' unit: the ending of the name, or nothing."""
        return next((unit for unit in ("seconds", "bytes") if self.name.endswith(f"_{unit}")), "")


@dataclass(frozen=True, slots=True)
class SubjectView:
    """One subject as its families see it; ``entity`` is None for a report made elsewhere.

    ``shown`` are the report's rows that the configuration lets through, ``news`` what is still told, newest
    first.
    """

    organization: str
    subject: Subject
    entity: Entity | None
    standing: Standing
    shown: tuple[ServiceAccess, ...] = ()
    news: tuple[News, ...] = ()


def view_subject(
    organization: str,
    subject: Subject,
    entity: Entity | None,
    standing: Standing,
    services: Services,
    *,
    news: tuple[News, ...] = (),
) -> SubjectView:
    """The view of one subject under the ``services`` setting of its target."""
    rows = standing.report.services if standing.report else ()
    match services:
        case Services.ALL:
            shown = rows
        case Services.ACCESSED:
            shown = tuple(row for row in rows if row.last_authenticated is not None)
        case Services.NONE:
            shown = ()
    return SubjectView(organization, subject, entity, standing, shown, news)


@dataclass(frozen=True, slots=True)
class SubjectFamily(Family):
    """Labels ``organization, entity_id[, policy_id]`` and its own.

    ``ticks``: the value that ``read`` gives is a time, and the sample is how long ago that was.
    """

    read: Callable[[SubjectView], Iterable[Sample]]
    ticks: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationFamily(Family):
    """Label ``organization`` and its own."""

    read: Callable[[OrganizationView], Iterable[Sample]]


@dataclass(frozen=True, slots=True)
class ServiceNames(Family):
    """Only its own labels: one series per service namespace that any subject shows."""


@dataclass(frozen=True, slots=True)
class Instrument(Family):
    """A value of the daemon itself; ``buckets`` for a histogram, in seconds."""

    buckets: tuple[float, ...] = ()


def _one(value: float | None) -> Iterable[Sample]:
    return () if value is None else (((), value),)


def _report(field: Callable[[SubjectView], float | None]) -> Callable[[SubjectView], Iterable[Sample]]:
    def read(view: SubjectView) -> Iterable[Sample]:
        return _one(field(view)) if view.standing.report else ()

    return read


def _accessible(view: SubjectView) -> float | None:
    return view.standing.report.accessible if view.standing.report else None


def _not_accessed(view: SubjectView) -> float | None:
    return view.standing.report.not_accessed if view.standing.report else None


def _generated(view: SubjectView) -> float | None:
    return view.standing.report.created if view.standing.report else None


def _job_status(view: SubjectView) -> Iterable[Sample]:
    if view.standing.job:
        for status in JobStatus:
            yield (status.value,), int(view.standing.job.status is status)


def _job_created(view: SubjectView) -> Iterable[Sample]:
    return _one(view.standing.job.created if view.standing.job else None)


def _job_completed(view: SubjectView) -> Iterable[Sample]:
    return _one(view.standing.job.completed if view.standing.job else None)


def _job_error(view: SubjectView) -> Iterable[Sample]:
    job = view.standing.job
    if job and job.status is JobStatus.FAILED:
        yield (job.error_code,), 1


def _authenticated(view: SubjectView) -> Iterator[Sample]:
    for row in view.shown:
        if row.authenticated_entities is not None:
            yield (row.namespace,), row.authenticated_entities
        elif row.last_authenticated is None:
            yield (row.namespace,), 0


def _last_authenticated(view: SubjectView) -> Iterator[Sample]:
    for row in view.shown:
        if row.last_authenticated is not None:
            yield (row.namespace,), row.last_authenticated


def _last_access(view: SubjectView) -> Iterator[Sample]:
    for row in view.shown:
        if row.last_authenticated is not None and (row.region or row.entity_path):
            yield (row.namespace, row.region, row.account_id), 1


def _use_of(piece: News) -> tuple[str, ...]:
    return piece.namespace, piece.region, piece.account_id


def _told(kind: NewsKind, field: Callable[[News], float | None]) -> Callable[[SubjectView], Iterable[Sample]]:
    def read(view: SubjectView) -> Iterable[Sample]:
        values = ((_use_of(piece), field(piece)) for piece in view.news if piece.kind is kind)
        return _newest((labels, value) for labels, value in values if value is not None)

    return read


def _told_at(view: SubjectView) -> Iterable[Sample]:
    entity = view.entity
    place = (entity.type.value, entity.parent_id) if entity else ("", "")
    return _newest(
        ((piece.kind.value, *place, *_use_of(piece)), piece.told) for piece in view.news if piece.kind.is_use
    )


def _newest(samples: Iterable[Sample]) -> Iterable[Sample]:
    """Of several with the same labels the first: a series that comes twice fails the whole scrape."""
    found: dict[tuple[str, ...], float] = {}
    for labels, value in samples:
        found.setdefault(labels, value)
    return found.items()


def _news_total(view: OrganizationView) -> Iterable[Sample]:
    for kind in NewsKind:
        yield (kind.value,), view.tally.get(kind, 0)


def _entity_info(view: SubjectView) -> Iterable[Sample]:
    entity = view.entity
    if entity and not view.subject.policy_id:
        yield (entity.type.value, entity.name, entity.path, entity.parent_id, entity.state), 1


def _policy_info(view: OrganizationView) -> Iterable[Sample]:
    for policy in view.discovery.policies if view.discovery else ():
        yield (policy.id, policy.name), 1


def _organization_info(view: OrganizationView) -> Iterable[Sample]:
    if view.discovery:
        found = view.discovery
        yield (found.org_id, found.management_account_id, found.partition), 1


def _up(view: OrganizationView) -> Iterable[Sample]:
    return _one(int(view.up))


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
    return _one(view.job_seconds * len(view.work)) if view.job_seconds else ()


def _found(field: Callable[[Discovery], float]) -> Callable[[OrganizationView], Iterable[Sample]]:
    def read(view: OrganizationView) -> Iterable[Sample]:
        return _one(field(view.discovery)) if view.discovery else ()

    return read


def _lease_held(view: OrganizationView) -> Iterable[Sample]:
    return _one(int(view.lease_held))


_USE = ("service_namespace", "access_region", "accessed_from")

SUBJECT_FAMILIES: tuple[SubjectFamily, ...] = (
    SubjectFamily(
        f"{PREFIX}services_accessible",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"Services that the applicable SCPs allow (NumberOfServicesAccessible). {_BACKGROUND}",
        _report(_accessible),
    ),
    SubjectFamily(
        f"{PREFIX}services_not_accessed",
        Type.GAUGE,
        Group.REPORTS,
        (),
        "Services that are allowed and were not used in the tracking period (NumberOfServicesNotAccessed). "
        + _BACKGROUND,
        _report(_not_accessed),
    ),
    SubjectFamily(
        f"{PREFIX}report_generated_timestamp_seconds",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"When AWS created the report that is shown (its JobCreationDate). {_BACKGROUND}",
        _report(_generated),
    ),
    SubjectFamily(
        f"{PREFIX}report_job_status",
        Type.GAUGE,
        Group.REPORTS,
        ("status",),
        f"1 for the JobStatus of the newest job, 0 for the others. {_BACKGROUND}",
        _job_status,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_created_timestamp_seconds",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"JobCreationDate of the newest job. {_BACKGROUND}",
        _job_created,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_completed_timestamp_seconds",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"JobCompletionDate of the newest job. {_BACKGROUND}",
        _job_completed,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_error_info",
        Type.GAUGE,
        Group.REPORTS,
        ("code",),
        f"ErrorDetails.Code while the newest job is FAILED. {_BACKGROUND}",
        _job_error,
    ),
    SubjectFamily(
        f"{PREFIX}service_authenticated_entities",
        Type.GAUGE,
        Group.SERVICES,
        ("service_namespace",),
        "Accounts that used the service in the tracking period (TotalAuthenticatedEntities); "
        f"0 where it may be used and never was. {_BACKGROUND}",
        _authenticated,
    ),
    SubjectFamily(
        f"{PREFIX}service_last_authenticated_timestamp_seconds",
        Type.GAUGE,
        Group.SERVICES,
        ("service_namespace",),
        f"When the service was last used (LastAuthenticatedTime); absent if never. {_BACKGROUND}",
        _last_authenticated,
    ),
    SubjectFamily(
        f"{PREFIX}service_last_authenticated_age_seconds",
        Type.GAUGE,
        Group.AGES,
        ("service_namespace",),
        f"Seconds since the service was last used, at most 60 s off; absent if never. {_BACKGROUND}",
        _last_authenticated,
        ticks=True,
    ),
    SubjectFamily(
        f"{PREFIX}service_last_access_info",
        Type.GAUGE,
        Group.SERVICES,
        _USE,
        f"Region and account of the last use of the service. {_BACKGROUND}",
        _last_access,
    ),
    SubjectFamily(
        f"{PREFIX}service_first_used_timestamp_seconds",
        Type.GAUGE,
        Group.NEWS,
        _USE,
        "When a service that might be used and had no known use was used, for as long as that is news. "
        + _BACKGROUND,
        _told(NewsKind.FIRST_USED, lambda piece: piece.at),
    ),
    SubjectFamily(
        f"{PREFIX}service_returned_timestamp_seconds",
        Type.GAUGE,
        Group.NEWS,
        _USE,
        "When a service that had not been used for news.dormant_after or longer was used again, for as long "
        f"as that is news. {_BACKGROUND}",
        _told(NewsKind.RETURNED, lambda piece: piece.at),
    ),
    SubjectFamily(
        f"{PREFIX}service_returned_after_seconds",
        Type.GAUGE,
        Group.NEWS,
        _USE,
        f"How long that service had not been used, for as long as that is news. {_BACKGROUND}",
        _told(NewsKind.RETURNED, lambda piece: piece.after),
    ),
    SubjectFamily(
        f"{PREFIX}service_news_told_timestamp_seconds",
        Type.GAUGE,
        Group.NEWS,
        ("kind", "entity_type", "parent_id", *_USE),
        "When a first use or a return was told: the JobCreationDate of the report that showed it, for as "
        f"long as that is news. Type and parent are those that the entity has now. {_BACKGROUND}",
        _told_at,
    ),
    SubjectFamily(
        f"{PREFIX}entity_info",
        Type.GAUGE,
        Group.INFO,
        ("entity_type", "entity_name", "entity_path", "parent_id", "account_state"),
        f"The root, organizational units and accounts in scope. {_BACKGROUND}",
        _entity_info,
    ),
)

SERVICE_INFO = ServiceNames(
    f"{PREFIX}service_info",
    Type.GAUGE,
    Group.INFO,
    ("service_namespace", "service_name"),
    f"The name of each service that is shown. {_BACKGROUND}",
)

ORGANIZATION_FAMILIES: tuple[OrganizationFamily, ...] = (
    OrganizationFamily(
        f"{PREFIX}policy_info",
        Type.GAUGE,
        Group.INFO,
        ("policy_id", "policy_name"),
        f"The service control policies that are reported on. {_BACKGROUND}",
        _policy_info,
    ),
    OrganizationFamily(
        f"{PREFIX}organization_info",
        Type.GAUGE,
        Group.INFO,
        ("org_id", "management_account_id", "partition"),
        f"The organization behind the configured name. {_BACKGROUND}",
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
        f"1 if the last discovery and the last job reached AWS. {_BACKGROUND}",
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
        f"Entities in scope at the last successful discovery. {_BACKGROUND}",
        _entities,
    ),
    OrganizationFamily(
        f"{PREFIX}reports",
        Type.GAUGE,
        Group.COLLECTION,
        ("state",),
        "Subjects by how their report stands: fresh, stale (older than its refresh interval, "
        "or of where the entity was before), "
        f"failed (the newest attempt brought none), pending (none yet). {_BACKGROUND}",
        _reports,
    ),
    OrganizationFamily(
        f"{PREFIX}sweep_estimated_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        "How long a sweep over all subjects takes: mean job time times subjects, and what slot_share leaves "
        f"to others. {_BACKGROUND}",
        _sweep_estimated,
    ),
    OrganizationFamily(
        f"{PREFIX}discovery_last_success_timestamp_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        f"When the last successful discovery began. {_BACKGROUND}",
        _found(lambda found: found.at),
    ),
    OrganizationFamily(
        f"{PREFIX}discovery_duration_seconds",
        Type.GAUGE,
        Group.COLLECTION,
        (),
        f"How long the last successful discovery took. {_BACKGROUND}",
        _found(lambda found: found.duration),
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

FAMILIES: tuple[Family, ...] = (*SUBJECT_FAMILIES, SERVICE_INFO, *ORGANIZATION_FAMILIES, *INSTRUMENTS)
