"""What should be served, one sample after the other: slow, and easy to believe."""

from exporter.exposition import Format
from exporter.families import FAMILIES
from exporter.model import EntityType, JobStatus, NewsKind, Services


def plain(views, fmt, now, families=FAMILIES):
    """The text of ``families`` for all that is known, ages as of ``now``."""
    samples = {}
    for name, labels, value in _all(views, now):
        samples.setdefault(f"aws_org_access_{name}", []).append((labels, value))
    blocks = [_block(family, samples[family.name], fmt) for family in families if family.name in samples]
    return "".join(blocks) + ("# EOF\n" if fmt is Format.OPENMETRICS else "")


def _all(views, now):
    names = {}
    for view in views:
        yield from _of_organization(view)
        for item in view.work:
            yield from _of_work(view, item, now)
            shown = {row.namespace: row.name for row in _shown(view, item)}
            news = [piece for piece in view.news.get(item.subject, ()) if piece.kind.is_use]
            told = {piece.namespace: piece.name for piece in reversed(news)}
            for namespace, name in {**told, **shown}.items():
                names.setdefault(namespace, []).append(name)
        yield from _of_idle(view)
    for namespace in sorted(names):
        yield "service_info", {"service_namespace": namespace, "service_name": min(names[namespace])}, 1


def _shown(view, item):
    standing = view.standings.get(item.subject)
    rows = standing.report.services if standing and standing.report else ()
    if item.target.services is Services.NONE:
        return []
    return [row for row in rows if item.target.services is Services.ALL or row.last_authenticated is not None]


def _of_work(view, item, now):
    own = {"organization": view.name, "entity_id": item.subject.entity_id}
    if item.subject.policy_id:
        own["policy_id"] = item.subject.policy_id
    elif item.entity:
        yield from _of_entity(view, item.entity)
    standing = view.standings.get(item.subject)
    for name, labels, value in _of_standing(standing) if standing else ():
        yield name, {**own, **labels}, value
    for row in _shown(view, item):
        for name, labels, value in _of_row(row, now):
            yield name, {**own, **labels}, value
    for name, labels, value in _of_news(view.news.get(item.subject, ())):
        yield name, {**own, **labels}, value


def _of_news(news):
    """Of pieces with the same labels the one that stands first."""
    seen = set()
    for piece in news:
        labels = {
            "service_namespace": piece.namespace,
            "access_region": piece.region,
            "accessed_from": piece.account_id,
        }
        key = (piece.kind, *labels.values())
        if key not in seen and piece.kind.is_use:
            yield f"service_{piece.kind}_timestamp_seconds", labels, piece.at
            yield from _maybe("service_returned_after_seconds", labels, piece.after)
        seen.add(key)


def _of_idle(view):
    """Entities that are not collected have their info, behind those that are."""
    collected = {item.subject.entity_id for item in view.work if not item.subject.policy_id}
    for entity in view.discovery.entities if view.discovery else ():
        if entity.id not in collected:
            yield from _of_entity(view, entity)


def _of_entity(view, entity):
    labels = {
        "organization": view.name,
        "entity_id": entity.id,
        "entity_type": entity.type.value,
        "entity_name": entity.name,
        "entity_path": entity.path,
        "parent_id": entity.parent_id,
        "account_state": entity.state,
    }
    yield "entity_info", labels, 1


def _of_standing(standing):
    report, job = standing.report, standing.job
    if report:
        yield from _maybe("services_accessible", {}, report.accessible)
        yield from _maybe("services_not_accessed", {}, report.not_accessed)
        yield "report_generated_timestamp_seconds", {}, report.created
    if job:
        for status in JobStatus:
            yield "report_job_status", {"status": status.value}, int(status is job.status)
        yield from _maybe("report_job_created_timestamp_seconds", {}, job.created)
        yield from _maybe("report_job_completed_timestamp_seconds", {}, job.completed)
        if job.status is JobStatus.FAILED:
            yield "report_job_error_info", {"code": job.error_code}, 1


def _of_row(row, now):
    service = {"service_namespace": row.namespace}
    used = row.last_authenticated is not None
    entities = row.authenticated_entities
    yield from _maybe(
        "service_authenticated_entities", service, entities if used or entities is not None else 0
    )
    if used:
        yield "service_last_authenticated_timestamp_seconds", service, row.last_authenticated
        yield "service_last_authenticated_age_seconds", service, max(0, int(now - row.last_authenticated))
        if row.region or row.entity_path:
            place = row.entity_path.rstrip("/").split("/")[-1]
            labels = {**service, "access_region": row.region, "accessed_from": place}
            yield "service_last_access_info", labels, 1


def _of_organization(view):
    own = {"organization": view.name}
    yield "up", own, int(view.up)
    for kind in NewsKind:
        yield "news_total", {**own, "kind": kind.value}, view.tally[kind]
    yield "exporter_lease_held", own, int(view.lease_held)
    for kind in ("root", "ous", "management_account", "accounts", "policies"):
        if getattr(view.targets, kind).enabled:
            yield "refresh_interval_seconds", {**own, "target": kind}, getattr(view.targets, kind).refresh
    for state, count in view.states.items():
        yield "reports", {**own, "state": state.value}, count
    if view.job_seconds:
        yield "sweep_estimated_seconds", own, view.job_seconds * len(view.work)
    if view.discovery:
        yield from _of_discovery(own, view.discovery)


def _of_discovery(own, found):
    for policy in found.policies:
        yield "policy_info", {**own, "policy_id": policy.id, "policy_name": policy.name}, 1
    account = {"management_account_id": found.management_account_id, "partition": found.partition}
    yield "organization_info", {**own, "org_id": found.org_id, **account}, 1
    for kind in EntityType:
        count = sum(entity.type is kind for entity in found.entities)
        yield "entities", {**own, "entity_type": kind.value}, count
    yield "discovery_last_success_timestamp_seconds", own, found.at
    yield "discovery_duration_seconds", own, found.duration


def _maybe(name, labels, value):
    if value is not None:
        yield name, labels, value


def _block(family, samples, fmt):
    openmetrics = fmt is Format.OPENMETRICS
    name = family.name.removesuffix("_total") if openmetrics else family.name
    lines = [f"# HELP {name} {family.help}", f"# TYPE {name} {family.type.value}"]
    if openmetrics and family.unit:
        lines.append(f"# UNIT {family.name} {family.unit}")
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{family.name}{{{inner}}} {_number(value)}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return escaped.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _number(value):
    return str(int(value)) if value == int(value) else repr(value)
