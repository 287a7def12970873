"""What a finished report may say, and the answer that begins it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.faults.case import (
    FAILED,
    GENERATE,
    GET,
    SAME,
    Case,
    Moment,
    Outcome,
    finished,
)
from tests.faults.replies import Fault, edited

_STRANGE = (
    '<member><ServiceName>\u202e"\\\\\\\\{}\n\U0001f680 \ud7ff\ufffd</ServiceName>'
    '<ServiceNamespace>a"b\\\\\\\\c\n\u0085\u2028</ServiceNamespace>'
    "<TotalAuthenticatedEntities>1</TotalAuthenticatedEntities></member>"
)


def report_cases() -> Iterator[Case]:
    """What a finished report may say."""

    def xml(tag: str, value: str) -> Fault:
        return edited(rf"<{tag}>[^<]*</{tag}>", value)

    def failed(code: str, up: bool = True) -> Outcome:
        says = FAILED.says if up else FAILED.says.replace("stays 1", "is 0")
        return replace(
            FAILED, says=says, up=up, down=int(not up), logged=f"event=report.failed .*code={code}"
        )

    def shows(says: str, *lines: str, lacks: tuple[str, ...] = (), **more: Any) -> Outcome:
        return Outcome(says, lines=lines, lacks=lacks, **more)

    root = r'entity_id="r-[^"]*"'
    told = "ORGANIZATIONS_REPORT_ACCESS_DENIED"
    first, last = r"^aws_org_access_service", r"_age_seconds\{.*"
    odd = "x" * 1_000_000
    job_failed = r"<GetOrganizationsAccessReportResult>.*</GetOrganizationsAccessReportResult>"
    verdict = job_failed.replace(".*", "<JobStatus>FAILED</JobStatus>{}")
    details = "<ErrorDetails><Code>{}</Code><Message>{}</Message></ErrorDetails>"
    member = r"(<member>.*?</member>)"
    cases = {
        "unknown JobStatus": (
            xml("JobStatus", "<JobStatus>PAUSED</JobStatus>"),
            failed("JobDeadlineExceeded"),
        ),
        "no JobStatus": (xml("JobStatus", ""), failed("NoJobStatus", up=False)),
        "never done": (xml("JobStatus", "<JobStatus>IN_PROGRESS</JobStatus>"), failed("JobDeadlineExceeded")),
        "FAILED: denied": (edited(job_failed, verdict.format(details.format(told, "no"))), failed(told)),
        "FAILED: unknown path": (
            edited(job_failed, verdict.format(details.format("INVALID_ORGANIZATIONS_ENTITY_PATH", "no"))),
            failed("INVALID_ORGANIZATIONS_ENTITY_PATH"),
        ),
        "FAILED without details": (edited(job_failed, verdict.format("")), failed("Unknown")),
        "FAILED with a megabyte of reasons": (
            edited(job_failed, verdict.format(details.format("C", odd))),
            failed("C"),
        ),
        "truncated without a marker": (
            xml("IsTruncated", "<IsTruncated>true</IsTruncated>"),
            failed("TruncatedWithoutMarker"),
        ),
        "a marker that AWS refuses": (
            xml("IsTruncated", "<IsTruncated>true</IsTruncated><Marker>Zm9v</Marker>"),
            replace(FAILED, logged="event=report.failed"),
        ),
        "no JobCreationDate": (xml("JobCreationDate", ""), failed("NoJobCreationDate")),
        "a date that is none": (
            xml("JobCreationDate", "<JobCreationDate>yesterday</JobCreationDate>"),
            failed("NoJobCreationDate", up=False),
        ),
        "a date in the future": (
            xml("JobCreationDate", "<JobCreationDate>2099-01-01T00:00:00Z</JobCreationDate>"),
            shows(
                "shown, never fresh: asked again each half interval",
                rf"generated_timestamp_seconds\{{.*{root}.*\}} 4070908800",
                loses=True,
            ),
        ),
        "a date before the one shown": (
            xml("JobCreationDate", "<JobCreationDate>2001-01-01T00:00:00Z</JobCreationDate>"),
            shows(
                "the newer report stays", lacks=(rf"generated_timestamp_seconds\{{.*{root}.*\}} 978307200",)
            ),
        ),
        "dates in another time zone": (
            edited(r"(<JobCreationDate>)[^<]*", r"\g<1>2001-03-25T02:30:00+02:00"),
            shows(
                "read as UTC says; the newer report stays",
                rf"job_created_timestamp_seconds\{{.*{root}.*\}} 985480200",
            ),
        ),
        "dates without a time zone": (
            edited(r"(<JobCreationDate>)[^<]*", r"\g<1>2001-03-25T02:30:00"),
            shows(
                "taken for UTC; the newer report stays",
                rf"job_created_timestamp_seconds\{{.*{root}.*\}} 985487400",
            ),
        ),
        "negative counts": (
            xml("NumberOfServicesAccessible", "<NumberOfServicesAccessible>-7</NumberOfServicesAccessible>"),
            shows("shown as AWS says it", rf"services_accessible\{{.*{root}.*\}} -7$"),
        ),
        "counts beyond 64 bits": (
            xml(
                "NumberOfServicesAccessible",
                f"<NumberOfServicesAccessible>{10**30}</NumberOfServicesAccessible>",
            ),
            shows("shown in full", rf"services_accessible\{{.*{root}.*\}} {10**30}$"),
        ),
        "counts beyond all floats": (
            xml(
                "NumberOfServicesAccessible",
                f"<NumberOfServicesAccessible>{10**400}</NumberOfServicesAccessible>",
            ),
            shows("+Inf", rf"services_accessible\{{.*{root}.*\}} \+Inf$"),
        ),
        "counts of 10,000 digits": (
            xml(
                "NumberOfServicesAccessible",
                f"<NumberOfServicesAccessible>{'9' * 10_000}</NumberOfServicesAccessible>",
            ),
            failed("ValueError", up=False),
        ),
        "counts that are words": (
            xml(
                "NumberOfServicesAccessible", "<NumberOfServicesAccessible>many</NumberOfServicesAccessible>"
            ),
            failed("ValueError", up=False),
        ),
        "no counts": (
            xml("NumberOfServices[A-Za-z]*", ""),
            shows(
                "the two counts are absent",
                lacks=(rf"^aws_org_access_services_(not_)?access\w*\{{.*{root}",),
                loses=True,
            ),
        ),
        "every row twice": (edited(member, r"\1\1"), shows("shown once")),
        "rows that contradict each other": (
            edited(
                "<AccessDetails>",
                "<AccessDetails><member><ServiceNamespace>zz</ServiceNamespace></member><member><ServiceNamespace>zz</ServiceNamespace><LastAuthenticatedTime>2020-01-01T00:00:00Z</LastAuthenticatedTime></member>",
            ),
            shows(
                "the latest use counts",
                rf'last_authenticated_timestamp_seconds\{{.*{root}.*service_namespace="zz".*\}} 1577836800',
            ),
        ),
        "rows without a namespace": (
            edited("<ServiceNamespace>[^<]*</ServiceNamespace>", ""),
            shows("left out", lacks=(rf"{first}_authenticated_entities\{{.*{root}",)),
        ),
        "rows without a name": (
            edited("<ServiceName>[^<]*</ServiceName>", ""),
            shows("shown by their namespace", rf"{first}_authenticated_entities\{{.*{root}"),
        ),
        "used in the future": (
            edited(
                member,
                r"<member><ServiceNamespace>acm</ServiceNamespace><LastAuthenticatedTime>2099-01-01T00:00:00Z</LastAuthenticatedTime></member>",
            ),
            shows("an age of 0", rf'{first}_last_authenticated{last}service_namespace="acm".*\}} 0$'),
        ),
        "used in the year 1": (
            edited(
                member,
                r"<member><ServiceNamespace>acm</ServiceNamespace><LastAuthenticatedTime>0001-01-01T00:00:00Z</LastAuthenticatedTime></member>",
            ),
            shows(
                "shown as AWS says it",
                r'last_authenticated_timestamp_seconds\{.*service_namespace="acm".*\} -62135596800',
            ),
        ),
        "an empty time of use": (
            edited("<LastAuthenticatedTime>[^<]*</LastAuthenticatedTime>", "<LastAuthenticatedTime/>"),
            shows("the row without its time", rf"{first}_authenticated_entities\{{.*{root}.*\}} [1-9]"),
        ),
        "an empty number of users": (
            edited(
                "<TotalAuthenticatedEntities>[^<]*</TotalAuthenticatedEntities>",
                "<TotalAuthenticatedEntities />",
            ),
            shows("the row without its count", rf"{first}_last_authenticated_timestamp_seconds\{{.*{root}"),
        ),
        "a negative number of users": (
            edited("(<TotalAuthenticatedEntities>)[^<]*", r"\g<1>-3"),
            shows("shown as AWS says it", rf"{first}_authenticated_entities\{{.*{root}.*\}} -3$"),
        ),
        "names of any Unicode": (
            edited(member, _STRANGE),
            shows("escaped", rf"{first}_authenticated_entities\{{.*{root}"),
        ),
        "a name of a megabyte": (
            edited(
                member,
                f"<member><ServiceName>{odd}</ServiceName><ServiceNamespace>{odd}</ServiceNamespace></member>",
            ),
            shows(
                "shown, cut at 512 characters",
                rf'{first}_authenticated_entities\{{.*service_namespace="x{{511}}…"',
                lacks=("x{512}",),
            ),
        ),
        "members that AWS may add": (
            edited("<AccessDetails>", "<Novelty><member>1</member></Novelty><AccessDetails>"),
            SAME,
        ),
        "no rows at all": (
            edited("<AccessDetails>.*</AccessDetails>", ""),
            shows("the counts alone", rf"services_accessible\{{.*{root}"),
        ),
    }
    for name, (fault, outcome) in cases.items():
        yield Case(name, fault, GET, Moment.LATER, 0, outcome, finished)
    for name, fault in (
        ("no JobId", edited("<JobId>[^<]*</JobId>", "")),
        ("an empty JobId", edited("<JobId>[^<]*</JobId>", "<JobId></JobId>")),
    ):
        yield Case(name, fault, GENERATE, Moment.LATER, 0, failed("NoJobId", up=False))
    yield Case(
        "a JobId of another job",
        edited("(<JobId>)[^<]*", r"\g<1>00000000-0000-4000-8000-000000000000"),
        GENERATE,
        Moment.LATER,
        0,
        failed("NoSuchEntity"),
    )
