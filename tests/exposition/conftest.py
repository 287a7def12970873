"""A plain renderer to compare with, and values to render."""

import gzip

from hypothesis import strategies as st

from exporter.exposition import Format, answer
from exporter.families import FAMILIES, Group, Type
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
)
from exporter.publication import Publication

NOW = 1_700_000_000.0
ALL = frozenset(Group)
TARGET = Target(enabled=True, refresh=86_400.0, services=Services.ALL)
TARGETS = Targets(TARGET, TARGET, TARGET, TARGET, TARGET)
HEADERS = {family.name: family for family in FAMILIES}

texts = st.one_of(
    st.sampled_from(
        ['"', "\\", "\n", '\\"', "{}", "%d %", "emoji \N{ROCKET}", "\0", "", "a,b=c", "# HELP x"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
times = st.one_of(
    st.none(), st.sampled_from([0.0, NOW, NOW + 1e6, -1e9, NOW - 0.5]), st.floats(-1e10, 1e11).map(round)
)
counts = st.one_of(st.none(), st.sampled_from([0, 1, -1, 2**63, -(10**20)]), st.integers(-10, 10**6))
# NUL is served as U+FFFD: a namespace with the one and a namespace with the other would be one series. AWS
# answers in XML, which has no NUL, so only one of them is made up here.
namespaces = st.one_of(st.sampled_from(["s3", "ec2", "iam"]), texts.filter(lambda text: "\ufffd" not in text))
rows = st.builds(ServiceAccess, namespaces, texts, texts, texts, times, counts)


def once(items):
    return tuple({item.namespace: item for item in items}.values())


reports = st.builds(
    Report,
    st.floats(0, NOW).map(round),
    times,
    counts,
    counts,
    st.lists(rows, max_size=8).map(once),
)
jobs = st.builds(JobView, st.sampled_from(JobStatus), times, times, texts, texts)


def entity(number, name="name"):
    return Entity(f"{number:012}", EntityType.ACCOUNT, name, f"o-org/r-exam/{number:012}", "r-exam", "ACTIVE")


@st.composite
def worlds(draw):
    """Entities with hostile names, and how each stands; some never fetched."""
    entities = tuple(entity(number, draw(texts)) for number in range(1, draw(st.integers(1, 5)) + 1))
    known = {
        item.id: Standing(
            Subject(item.id), draw(st.one_of(st.none(), reports)), draw(st.one_of(st.none(), jobs))
        )
        for item in entities
        if draw(st.booleans())
    }
    return entities, known


def publication(entities, known, clock=lambda: NOW, name="org"):
    made = Publication(clock)
    made.configure([(name, TARGETS, ())])
    standings = {standing.subject: standing for standing in known.values()}
    made.restored(name, Discovery("o-org", "999999999999", "aws", entities), standings)
    return made


def served(published, fmt, *, packed, groups=ALL):
    """The text a client sees, read as a client reads it."""
    body = answer([published.exposition.whole(groups, fmt)], (), fmt)
    data = gzip.decompress(b"".join(body.pieces)) if packed else b"".join(body.inflated())
    assert len(data) == body.length
    return data.decode("utf-8")


def plain(entities, known, fmt, now=NOW, name="org"):
    """What should be served, family by family and one sample after the other: slow, and easy to believe."""
    families = {}
    for item in entities:
        own = {"organization": name, "entity_id": item.id}
        info = {
            "entity_type": item.type.value,
            "entity_name": item.name,
            "entity_path": item.path,
            "parent_id": item.parent_id,
            "account_state": item.state,
        }
        standing = known.get(item.id)
        for family, labels, value in [*_of(standing, now), ("entity_info", info, 1)]:
            families.setdefault(f"aws_org_access_{family}", []).append(({**own, **labels}, value))
    services = {}
    for standing in known.values():
        for row in standing.report.services if standing.report else ():
            services.setdefault(row.namespace, []).append(row.name)
    families["aws_org_access_service_info"] = [
        ({"service_namespace": namespace, "service_name": min(names)}, 1)
        for namespace, names in sorted(services.items())
    ]
    return "".join(_block(HEADERS[family.name], families.get(family.name), fmt) for family in FAMILIES) + (
        "# EOF\n" if fmt is Format.OPENMETRICS else ""
    )


def _of(standing, now):
    if standing is None:
        return
    report, job = standing.report, standing.job
    if report:
        yield from _maybe("services_accessible", {}, report.accessible)
        yield from _maybe("services_not_accessed", {}, report.not_accessed)
        yield "report_generated_timestamp_seconds", {}, report.created
        for row in report.services:
            yield from _of_row(row, now)
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


def _maybe(family, labels, value):
    if value is not None:
        yield family, labels, value


def _block(family, samples, fmt):
    if not samples:
        return ""
    openmetrics = fmt is Format.OPENMETRICS
    name = family.name.removesuffix("_info") if openmetrics and family.type is Type.INFO else family.name
    kind = "gauge" if family.type is Type.INFO and not openmetrics else family.type.value
    lines = [f"# HELP {name} {family.help}", f"# TYPE {name} {kind}"]
    if openmetrics and family.unit:
        lines.append(f"# UNIT {name} {family.unit}")
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{family.name}{{{inner}}} {_number(value)}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return escaped.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _number(value):
    return str(int(value)) if value == int(value) else repr(value)
