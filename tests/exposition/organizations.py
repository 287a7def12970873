"""Whole organizations to render: every kind of subject, more than a block holds, short rows and long."""

from hypothesis import strategies as st

from exporter.exposition import answer, organization_sections
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    News,
    NewsKind,
    Policy,
    Services,
    Standing,
    Target,
    Targets,
)
from exporter.order import plan
from exporter.publication import Publication
from tests.exposition.conftest import ALL, NOW, jobs, reports, texts

DAY = 86_400.0
JOB_ID = "2a3b4c5d-0000-4111-8222-333344445555"

targets = st.builds(
    Targets,
    *[
        st.builds(Target, st.sampled_from([True, True, False]), st.just(DAY), st.sampled_from(Services))
        for _ in range(5)
    ],
)


def tree(name, accounts):
    """A root, an OU, the management account, and so many accounts; all but the OU called ``name``."""
    path = "o-org/r-exam"
    unit = f"{path}/ou-exam-11111111"
    return (
        Entity("r-exam", EntityType.ROOT, name, path),
        Entity("ou-exam-11111111", EntityType.ORGANIZATIONAL_UNIT, "Unit", unit, "r-exam"),
        Entity("999999999999", EntityType.MANAGEMENT_ACCOUNT, name, f"{path}/999999999999", "r-exam", ""),
        *(
            Entity(f"{i:012}", EntityType.ACCOUNT, name, f"{unit}/{i:012}", "ou-exam-11111111", "ACTIVE")
            for i in range(accounts)
        ),
    )


discoveries = st.builds(
    lambda name, accounts, policies: Discovery(
        "o-org", "999999999999", "aws", tree(name, accounts), policies, NOW - 60, 1.25
    ),
    texts,
    st.sampled_from([0, 1, 40]),
    st.sampled_from([(), (Policy("p-1", "one"),), (Policy("p-1", 't"w\\o\n'), Policy("p-2", "%s"))]),
)


def lengthened(report):
    """The same report with so many rows of the same kind that they are compressed by themselves."""
    rows = [row._replace(namespace=f"{row.namespace}{i}") for i in range(80) for row in report.services[:1]]
    return type(report)(report.created, report.completed, report.accessible, report.not_accessed, tuple(rows))


knowledge = st.tuples(
    st.one_of(st.none(), reports, reports.map(lengthened)), st.one_of(st.none(), jobs), st.integers(0, 2)
)
"""Report, job and failures: a standing without its subject."""


uses = st.tuples(
    st.sampled_from(NewsKind),
    st.sampled_from(["s3", 'a"b', "only-news"]),
    st.sampled_from([NOW - 9, NOW - 1.5]),
    st.sampled_from([NOW - 200_000, NOW - 90_000, NOW - 5]),
    st.sampled_from(["", "eu-west-1"]),
    texts,
)
news = st.lists(uses, max_size=4)
"""Kind, service, time, time of telling, Region and the service's name: news without its subject."""

KEEP = 100_000.0


def told(subject, pieces):
    """The news of a subject; those of SCPs are none."""
    if subject.policy_id:
        return ()
    return tuple(
        News(subject, kind, service, at, told, 9e6 if kind is NewsKind.RETURNED else None, region, name=name)
        for kind, service, at, told, region, name in pieces
    )


def standing(subject, known):
    report, job, failures = known
    return Standing(subject, report, job, failures)


@st.composite
def publications(draw):
    """What two organizations, one of them perhaps unknown yet, have published."""
    made = Publication(lambda: NOW)
    settings = {name: (draw(targets), draw(st.sampled_from([(), (JOB_ID,)]))) for name in ("one", 't"w\\o\n')}
    made.configure([(name, *its) for name, its in settings.items()], KEEP)
    for name, its in settings.items():
        discovery = draw(st.one_of(st.none(), discoveries))
        pool = draw(st.lists(knowledge, min_size=1, max_size=3))
        subjects = [item.subject for item in plan(discovery, *its)]
        fetched = subjects[draw(st.integers(0, 3)) :]
        known = {subject: standing(subject, pool[i % len(pool)]) for i, subject in enumerate(fetched)}
        pieces = draw(st.lists(news, min_size=1, max_size=3))
        made.restored(
            name,
            discovery,
            known,
            {each: told(each, pieces[i % len(pieces)]) for i, each in enumerate(known)},
        )
        made.changed(name, up=draw(st.booleans()), job_seconds=draw(st.sampled_from([0.0, 8.5])))
    return made


def body(published, fmt, groups=ALL):
    """The answer to a scrape, without the daemon's own families."""
    sections = organization_sections(published.snapshot.organizations, groups)
    return answer([published.exposition.whole(groups, fmt)], list(sections), fmt)


def text(published, fmt, groups=ALL):
    return b"".join(body(published, fmt, groups).inflated()).decode("utf-8")
