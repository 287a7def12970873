"""What golden files show: a small page, and an organization with one of everything."""

from exporter.exposition import Format
from exporter.model import (
    NO_NEWS,
    Discovery,
    JobStatus,
    JobView,
    News,
    NewsKind,
    Policy,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
    tallied,
)
from exporter.publication import Publication
from tests.exposition.conftest import NOW, entity, publication, served
from tests.exposition.organizations import DAY, JOB_ID, text, tree

SMALL = (entity(1, 'the "first"\\account'), entity(2, "second"))
KNOWN = {
    SMALL[0].id: Standing(
        Subject(SMALL[0].id),
        Report(
            NOW - 100,
            NOW - 91.5,
            2,
            1,
            (
                ServiceAccess("s3", "Amazon S3", "eu-west-1", SMALL[0].path, NOW - 60, 1),
                ServiceAccess("iam", "AWS IAM", "us-east-1", "", None, 0),
            ),
        ),
        JobView(JobStatus.FAILED, NOW - 10, NOW - 9, "DENIED", "no"),
    )
}


def news(kind, namespace, at, after=None, told=NOW - 120):
    used = ("eu-west-1", "000000000000", f"Amazon {namespace.upper()}")
    return News(Subject("r-exam"), kind, namespace, at, told, after, *used)


NEWS = (
    news(NewsKind.FIRST_USED, "sqs", NOW - 3000),
    news(NewsKind.RETURNED, "s3", NOW - 3600.5, 95.5 * DAY),
    news(NewsKind.RETURNED, "s3", NOW - 2 * DAY, 120 * DAY, told=NOW - 2 * DAY),  # the same labels, older
    news(NewsKind.NEWLY_ACCESSIBLE, "ec2", NOW - 120),
)


def whole():
    """A small organization with one of everything."""
    accessed = Target(enabled=True, refresh=DAY, services=Services.ACCESSED)
    everything = Target(enabled=True, refresh=DAY / 4, services=Services.ALL)
    made = Publication(lambda: NOW)
    made.configure([("prod", Targets(everything, everything, accessed, accessed, accessed), (JOB_ID,))])
    entities = tree('The "quoted"\nname', 1)
    found = Discovery(
        "o-org", "999999999999", "aws", entities, (Policy("p-1", "allow\\most"),), NOW - 60, 2.5
    )
    rows = (
        ServiceAccess("s3", "Amazon S3", "eu-west-1", "o-org/r-exam/000000000000", NOW - 3600.5, 2),
        ServiceAccess("iam", "AWS IAM", "us-east-1", "", None, 0),
        ServiceAccess("future", "Tomorrow", "", "", NOW + 9, None),
    )
    report = Report(NOW - 120, NOW - 111.5, 3, 1, rows)
    done = JobView(JobStatus.COMPLETED, NOW - 120, NOW - 111.5)
    failed = JobView(JobStatus.FAILED, NOW - 20, NOW - 19, "AccessDenied", "no")
    standings = [
        Standing(Subject("r-exam"), report, done),
        Standing(Subject("ou-exam-11111111"), None, JobView(JobStatus.IN_PROGRESS, NOW - 3)),
        Standing(Subject("000000000000"), report, failed, failures=1, retry_at=NOW + 40),
        Standing(Subject("r-exam", "p-1"), report, done),
        Standing(Subject(JOB_ID), report, done),
    ]
    made.restored("prod", found, {item.subject: item for item in standings}, {Subject("r-exam"): NEWS})
    made.changed("prod", up=True, job_seconds=8.5, tally=tallied(NO_NEWS, NEWS))
    return made.current


def small():
    """Two accounts, and what is known of one of them."""
    return publication(SMALL, KNOWN).current


GOLDEN = tuple(f"{name}.{fmt.name.lower()}" for name in ("small", "whole") for fmt in Format)
"""The files of ``testdata``."""


def golden(name):
    """What the file of that name is to hold."""
    kind, _, fmt = name.partition(".")
    written = Format[fmt.upper()]
    return text(whole(), written) if kind == "whole" else served(small(), written, packed=True)
