"""The snapshot as JSON values. The shapes are stable: fields may be added, none will change or go.

Times are RFC 3339 in UTC, or null. ``attached_policies`` of an entity are the SCPs on itself, without those
it inherits; null where they are not collected. A report and its job::

    {"organization": "default", "policy_id": null, "state": "fresh", "running": false,
     "failures": 0, "retry_at": null, "expired": false,
     "job": {"status": "COMPLETED", "created": "…", "completed": "…", "error": null},
     "report": {"created": "…", "completed": "…", "services_accessible": 455, "services_not_accessed": 400,
                "services": [{"service_namespace": "s3", "service_name": "Amazon S3",
                              "last_authenticated": "…", "last_known": null,
                              "access_region": "eu-west-1", "entity_path": "o-…/r-…/ou-…/123456789012",
                              "authenticated_entities": 1}]}}

``job`` and ``report`` are null before there is one; ``error`` is ``{"code", "message"}`` or null. All rows
of a report are there, whatever the configuration shows on ``/metrics``. ``last_known`` is the use that an
earlier report told of where this one tells of none: it aged out of AWS's tracking period. A service with
neither time was never used, as far as this exporter has seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exporter.model import (
    Entity,
    JobView,
    OrganizationView,
    Policy,
    Report,
    ServiceAccess,
    Standing,
    Subject,
    Work,
)
from exporter.order import state_of
from exporter.times import rfc3339

Record = dict[str, Any]


def organization_record(view: OrganizationView) -> Record:
    """An organization without its entities; what only a discovery tells is null before one succeeded."""
    found = view.discovery
    return {
        "name": view.name,
        "up": view.up,
        "org_id": found and found.org_id,
        "management_account_id": found and found.management_account_id,
        "partition": found and found.partition,
        "discovered": rfc3339(found.at) if found else None,
        "running": _subject_record(view.running) if view.running else None,
        "reports": {state.value: count for state, count in view.states.items()},
    }


def _subject_record(subject: Subject) -> Record:
    return {"entity_id": subject.entity_id, "policy_id": subject.policy_id or None}


def entity_records(view: OrganizationView, entity_id: str | None = None) -> Iterator[Record]:
    """The entities of an organization, or the one of this id."""
    if view.discovery is None:
        return
    attached = view.discovery.attached()
    for entity in view.discovery.entities:
        if entity_id in {None, entity.id}:
            policies = None if attached is None else attached.get(entity.id, ())
            yield {**_entity_record(view.name, entity), "attached_policies": _policies(policies)}


def _policies(policies: Iterable[Policy] | None) -> list[Record] | None:
    if policies is None:
        return None
    return [{"policy_id": one.id, "policy_name": one.name or None} for one in policies]


def _entity_record(organization: str, entity: Entity) -> Record:
    return {
        "organization": organization,
        "entity_id": entity.id,
        "entity_type": entity.type.value,
        "entity_name": entity.name,
        "entity_path": entity.path,
        "parent_id": entity.parent_id or None,
        "account_state": entity.state or None,
    }


def standing_record(view: OrganizationView, item: Work, now: float) -> Record:
    standing = view.standings.get(item.subject) or Standing(item.subject)
    return {
        "organization": view.name,
        "policy_id": item.subject.policy_id or None,
        "state": state_of(item, view.standings.get(item.subject), now).value,
        "running": view.running == item.subject,
        "failures": standing.failures,
        "retry_at": rfc3339(standing.retry_at or None),
        "expired": standing.expired,
        "job": standing.job and _job_record(standing.job),
        "report": standing.report and _report_record(standing.report, standing.last_known),
    }


def _job_record(job: JobView) -> Record:
    failed = bool(job.error_code or job.error_message)
    return {
        "status": job.status.value,
        "created": rfc3339(job.created),
        "completed": rfc3339(job.completed),
        "error": {"code": job.error_code, "message": job.error_message} if failed else None,
    }


def _report_record(report: Report, last_known: Mapping[str, float]) -> Record:
    return {
        "created": rfc3339(report.created),
        "completed": rfc3339(report.completed),
        "services_accessible": report.accessible,
        "services_not_accessed": report.not_accessed,
        "services": [_service_record(row, last_known.get(row.namespace)) for row in report.services],
    }


def _service_record(row: ServiceAccess, last_known: float | None) -> Record:
    return {
        "service_namespace": row.namespace,
        "service_name": row.name,
        "last_authenticated": rfc3339(row.last_authenticated),
        "last_known": rfc3339(last_known),
        "access_region": row.region or None,
        "entity_path": row.entity_path or None,
        "authenticated_entities": row.authenticated_entities,
    }
