"""Values to render, however hostile, and what a client reads of them."""

import gzip

from hypothesis import strategies as st

from exporter.exposition import answer
from exporter.families import SERVICE_INFO, SUBJECT_FAMILIES, Group
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    OrganizationView,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
    Work,
)
from exporter.publication import Publication
from tests.exposition import reference

NOW = 1_700_000_000.0
ALL = frozenset(Group)
TARGET = Target(enabled=True, refresh=86_400.0, services=Services.ALL)
TARGETS = Targets(TARGET, TARGET, TARGET, TARGET, TARGET)
OF_SUBJECTS = (*SUBJECT_FAMILIES, SERVICE_INFO)

texts = st.one_of(
    st.sampled_from(
        [
            *('"', "\\", "\n", '\\"', "{}", "%d %", "emoji \N{ROCKET}", "", "a,b=c", "# HELP x"),
            *reference.SIGNS,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
times = st.one_of(
    st.none(), st.sampled_from([0.0, NOW, NOW + 1e6, -1e9, NOW - 0.5]), st.floats(-1e10, 1e11).map(round)
)
counts = st.one_of(st.none(), st.sampled_from([0, 1, -1, 2**63, -(10**20)]), st.integers(-10, 10**6))
# A namespace with a line separator and one with the sign for it would be one series. AWS's namespaces have
# neither, so only one of them is made up here.
namespaces = st.one_of(
    st.sampled_from(["s3", "ec2", "iam"]),
    texts.filter(lambda text: not set(reference.SIGNS.values()) & set(text)),
)
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
    """What should be served of subjects."""
    work = tuple(Work(Subject(item.id), item, TARGET) for item in entities)
    standings = {standing.subject: standing for standing in known.values()}
    view = OrganizationView(name, TARGETS, work=work, standings=standings)
    return reference.plain([view], fmt, now, OF_SUBJECTS)
