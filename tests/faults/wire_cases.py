"""What is lost or damaged on its way, what comes late, and what AWS refuses."""

from collections.abc import Iterator
from dataclasses import replace

from tests.faults.case import (
    ASSUME,
    AWAY,
    DISCOVERY,
    FAILED,
    FAILED_AWAY,
    GENERATE,
    GET,
    OPERATIONS,
    QUIET,
    SAME,
    SECONDS,
    Case,
    Moment,
)
from tests.faults.replies import DRIPPING, ENTITIES, HARMLESS, ON_THE_WAY, REDIRECT, STALLS, error

# What botocore repeats by itself, and how it counts it; what does not parse, it hands on.
_REPEATED = {
    "500 InternalFailure": "InternalFailure",
    "503 ServiceUnavailable": "ServiceUnavailable",
    "reset before the answer": "ConnectionClosedError",
    "reset in mid-body": "ConnectionClosedError",
    "closed in mid-body": "ConnectionClosedError",
    "closed without an answer": "ConnectionClosedError",
    "not HTTP": "ConnectionClosedError",
    "500 headers": "ConnectionClosedError",
    "chunks without lengths": "ConnectionClosedError",
    "endless body": "HTTPClientError",
}
_UNREADABLE = "JSONDecodeError|ResponseParserError|RecursionError|UnicodeDecodeError|KeyError|502"
_EVERYWHERE = ("500 InternalFailure", "reset in mid-body", "200 with a proxy's page", "truncated body")


def _lost_on_the_way() -> Iterator[Case]:
    for name, fault in ON_THE_WAY.items():
        for operation in OPERATIONS:
            if operation in DISCOVERY[:3] and name not in _EVERYWHERE:
                continue
            by_itself = name in _REPEATED or operation in {GENERATE, GET}
            if name == "502 with a proxy's page":
                by_itself = operation != ASSUME
            outcome = replace(QUIET if by_itself else SECONDS, code=_REPEATED.get(name, _UNREADABLE))
            moment = Moment.START if operation in {*DISCOVERY[:3], ASSUME} else Moment.LATER
            yield Case(name, fault, operation, moment, 2, outcome)


def _xml() -> Iterator[Case]:
    for name, fault in ENTITIES.items():
        for operation, moment in ((GENERATE, Moment.LATER), (GET, Moment.LATER), (ASSUME, Moment.START)):
            outcome = replace(SECONDS if operation == ASSUME else QUIET, code="ResponseParserError")
            yield Case(name, fault, operation, moment, 2, outcome)


def _slow() -> Iterator[Case]:
    for operation in ("ListAccounts", GENERATE, GET, ASSUME):
        moment = Moment.START if operation == ASSUME else Moment.LATER
        for name, fault in HARMLESS.items():
            yield Case(name, fault, operation, moment, 1, SAME)
        # Before these are given up, a job is at its deadline.
        lasting = DRIPPING if operation in {"ListAccounts", ASSUME} else {}
        for name, fault in (STALLS | lasting).items():
            yield Case(name, fault, operation, moment, 1, replace(SECONDS, code="ReadTimeoutError"))


def _refused() -> Iterator[Case]:
    directory = {
        "403 AccessDenied": error(403, "AccessDeniedException"),
        "400 InvalidInput": error(400, "InvalidInputException"),
        "400 the organization is gone": error(400, "AWSOrganizationsNotInUseException"),
        "400 expired token": error(400, "ExpiredTokenException"),
        "403 unknown key": error(403, "UnrecognizedClientException"),
        "404": error(404, "SomethingNotFound"),
        "409": error(409, "ConcurrentModificationException"),
        "429": error(429, "TooMany"),
        "400 TooManyRequests, lasting": error(400, "TooManyRequestsException"),
        "503, lasting": error(503, "ServiceUnavailable"),
        "301 to a metadata service": REDIRECT,
    }
    for name, fault in directory.items():
        yield Case(name, fault, "ListAccounts", Moment.LATER, 0, replace(AWAY, code=".+"))
        if name.startswith(("403", "503")):
            yield Case(name, fault, "DescribeOrganization", Moment.START, 0, replace(AWAY, code=".+"))
    for name, code in (
        ("403 AccessDenied", "AccessDenied"),
        ("403 a disabled Region", "RegionDisabledException"),
    ):
        yield Case(name, error(403, code), ASSUME, Moment.START, 0, replace(AWAY, code=code))


def _refused_reports() -> Iterator[Case]:
    denied = replace(
        FAILED_AWAY, says="counted; the subject fails at once and keeps its last report; `up` is 0"
    )
    waits = replace(AWAY, says="counted; nothing fails, new credentials are looked for; `up` is 0")
    slot = replace(
        SAME,
        says="`slot_conflicts_total` grows; nothing fails",
        lines=(r"^aws_org_access_slot_conflicts_total\{.*\} [1-9]",),
    )
    faults = {
        "403 AccessDenied": (error(403, "AccessDenied"), denied),
        "400 InvalidInput": (error(400, "InvalidInput"), FAILED),
        "403 expired token": (error(403, "ExpiredToken"), waits),
        "403 wrong signature": (error(403, "SignatureDoesNotMatch"), waits),
        "409 of another kind": (error(409, "EntityTemporarilyUnmodifiable"), FAILED),
        "429": (error(429, "TooMany"), FAILED),
        "400 Throttling, lasting": (error(400, "Throttling"), FAILED_AWAY),
        "503, lasting": (error(503, "ServiceUnavailable"), FAILED_AWAY),
        "301 to a metadata service": (REDIRECT, FAILED_AWAY),
    }
    for operation in (GENERATE, GET):
        for name, (fault, outcome) in faults.items():
            yield Case(name, fault, operation, Moment.LATER, 0, replace(outcome, code=".+"))
    taken = error(409, "ReportGenerationLimitExceeded")
    for moment in Moment:
        yield Case(
            "409 the slot is taken",
            taken,
            GENERATE,
            moment,
            0,
            replace(slot, code="ReportGenerationLimitExceeded"),
        )
    gone = error(404, "NoSuchEntity")
    yield Case(
        "404 the job is gone",
        gone,
        GET,
        Moment.LATER,
        1,
        replace(QUIET, says="generated once more", code="NoSuchEntity"),
    )
    yield Case(
        "404 every job is gone",
        gone,
        GET,
        Moment.LATER,
        0,
        replace(FAILED, code="NoSuchEntity", logged="code=NoSuchEntity"),
    )


def wire_cases() -> Iterator[Case]:
    """All of this page."""
    yield from _lost_on_the_way()
    yield from _xml()
    yield from _slow()
    yield from _refused()
    yield from _refused_reports()
