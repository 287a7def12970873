"""What is told of a subject: a report and its job, the services in it, news, and the entity behind it."""

from collections.abc import Iterable, Iterator

from exporter.families.kinds import BACKGROUND, PREFIX, Group, Sample, SubjectFamily, SubjectView, Type, one
from exporter.model import JobStatus, News, NewsKind


def _accessible(view: SubjectView) -> Iterable[Sample]:
    return one(view.standing.report.accessible if view.standing.report else None)


def _not_accessed(view: SubjectView) -> Iterable[Sample]:
    return one(view.standing.report.not_accessed if view.standing.report else None)


def _generated(view: SubjectView) -> Iterable[Sample]:
    return one(view.standing.report.created if view.standing.report else None)


def _job_status(view: SubjectView) -> Iterable[Sample]:
    if view.standing.job:
        for status in JobStatus:
            yield (status.value,), int(view.standing.job.status is status)


def _job_created(view: SubjectView) -> Iterable[Sample]:
    return one(view.standing.job.created if view.standing.job else None)


def _job_completed(view: SubjectView) -> Iterable[Sample]:
    return one(view.standing.job.completed if view.standing.job else None)


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


def _first_used(view: SubjectView) -> Iterable[Sample]:
    return _newest((_use_of(piece), piece.at) for piece in view.news if piece.kind is NewsKind.FIRST_USED)


def _returned(view: SubjectView) -> Iterable[Sample]:
    return _newest((_use_of(piece), piece.at) for piece in view.news if piece.kind is NewsKind.RETURNED)


def _returned_after(view: SubjectView) -> Iterable[Sample]:
    return _newest((_use_of(piece), piece.after) for piece in view.news if piece.after is not None)


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


def _entity_info(view: SubjectView) -> Iterable[Sample]:
    entity = view.entity
    if entity and not view.subject.policy_id:
        yield (entity.type.value, entity.name, entity.path, entity.parent_id, entity.state), 1


_USE = ("service_namespace", "access_region", "accessed_from")

SUBJECT_FAMILIES: tuple[SubjectFamily, ...] = (
    SubjectFamily(
        f"{PREFIX}services_accessible",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"Services that the applicable SCPs allow (NumberOfServicesAccessible). {BACKGROUND}",
        _accessible,
    ),
    SubjectFamily(
        f"{PREFIX}services_not_accessed",
        Type.GAUGE,
        Group.REPORTS,
        (),
        "Services that are allowed and were not used in the tracking period (NumberOfServicesNotAccessed). "
        + BACKGROUND,
        _not_accessed,
    ),
    SubjectFamily(
        f"{PREFIX}report_generated_timestamp_seconds",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"When AWS created the report that is shown (its JobCreationDate). {BACKGROUND}",
        _generated,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_status",
        Type.GAUGE,
        Group.REPORTS,
        ("status",),
        f"1 for the JobStatus of the newest job, 0 for the others. {BACKGROUND}",
        _job_status,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_created_timestamp_seconds",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"JobCreationDate of the newest job. {BACKGROUND}",
        _job_created,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_completed_timestamp_seconds",
        Type.GAUGE,
        Group.REPORTS,
        (),
        f"JobCompletionDate of the newest job. {BACKGROUND}",
        _job_completed,
    ),
    SubjectFamily(
        f"{PREFIX}report_job_error_info",
        Type.GAUGE,
        Group.REPORTS,
        ("code",),
        f"ErrorDetails.Code while the newest job is FAILED. {BACKGROUND}",
        _job_error,
    ),
    SubjectFamily(
        f"{PREFIX}service_authenticated_entities",
        Type.GAUGE,
        Group.SERVICES,
        ("service_namespace",),
        "Accounts that used the service in the tracking period (TotalAuthenticatedEntities); "
        f"0 where it may be used and never was. {BACKGROUND}",
        _authenticated,
    ),
    SubjectFamily(
        f"{PREFIX}service_last_authenticated_timestamp_seconds",
        Type.GAUGE,
        Group.SERVICES,
        ("service_namespace",),
        f"When the service was last used (LastAuthenticatedTime); absent if never. {BACKGROUND}",
        _last_authenticated,
    ),
    SubjectFamily(
        f"{PREFIX}service_last_authenticated_age_seconds",
        Type.GAUGE,
        Group.AGES,
        ("service_namespace",),
        f"Seconds since the service was last used, at most 60 s off; absent if never. {BACKGROUND}",
        _last_authenticated,
        ticks=True,
    ),
    SubjectFamily(
        f"{PREFIX}service_last_access_info",
        Type.GAUGE,
        Group.SERVICES,
        _USE,
        f"Region and account of the last use of the service. {BACKGROUND}",
        _last_access,
    ),
    SubjectFamily(
        f"{PREFIX}service_first_used_timestamp_seconds",
        Type.GAUGE,
        Group.NEWS,
        _USE,
        "When a service that might be used and had no known use was used, for as long as that is news. "
        + BACKGROUND,
        _first_used,
    ),
    SubjectFamily(
        f"{PREFIX}service_returned_timestamp_seconds",
        Type.GAUGE,
        Group.NEWS,
        _USE,
        "When a service that had not been used for news.dormant_after or longer was used again, for as long "
        f"as that is news. {BACKGROUND}",
        _returned,
    ),
    SubjectFamily(
        f"{PREFIX}service_returned_after_seconds",
        Type.GAUGE,
        Group.NEWS,
        _USE,
        f"How long that service had not been used, for as long as that is news. {BACKGROUND}",
        _returned_after,
    ),
    SubjectFamily(
        f"{PREFIX}service_news_told_timestamp_seconds",
        Type.GAUGE,
        Group.NEWS,
        ("kind", "entity_type", "parent_id", *_USE),
        "When a first use or a return was told: the JobCreationDate of the report that showed it, for as "
        f"long as that is news. Type and parent are those that the entity has now. {BACKGROUND}",
        _told_at,
    ),
    SubjectFamily(
        f"{PREFIX}entity_info",
        Type.GAUGE,
        Group.INFO,
        ("entity_type", "entity_name", "entity_path", "parent_id", "account_state"),
        f"The root, organizational units and accounts in scope. {BACKGROUND}",
        _entity_info,
    ),
)
