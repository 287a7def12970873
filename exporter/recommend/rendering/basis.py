"""What stands beside the services in code: the same again, as long as the evidence is the same."""

import re
from collections.abc import Iterator

from exporter.recommend.policies import Document
from exporter.recommend.recommendation import Recommendation
from exporter.times import rfc3339

_AGE = re.compile(r" \([^()]*\bago\)")


def headline(found: Recommendation) -> Iterator[str]:
    """Lines on where this is from, and what to keep in mind."""
    case, origin = found.case, found.case.origin
    by = f"org-access-exporter {origin.version}".strip()
    organization = " ".join(filter(None, [origin.name, origin.org_id])) or "not named"
    yield f"By {by}, for {plain(case.called(case.entity.id))}, {plain(case.entity.path)}"
    yield f"Organization {plain(organization)}; access report of {moment(case.report.created)}"
    for note in found.notes:
        yield f"Note: {plain(note)}"


def bases(found: Recommendation) -> dict[str, str]:
    """Action → what its line stands on, in one line; times without the age that changes every day."""
    return {f"{one.namespace}:*": plain(_AGE.sub("", one.reason)) for one in found.verdicts}


def resource_name(found: Recommendation, place: int) -> str:
    """The name of the ``place``-th policy, the same in every run."""
    kind = "allow-used" if found.grants else "deny-unused"
    return f"{kind}-{found.case.entity.id}" + (f"-{place}" if len(found.policies) > 1 else "")


def description(found: Recommendation) -> str:
    """For AWS: the same in every run, since a new one would be a change."""
    days = f"{found.wish.window / 86400:g}"
    return f"Services that nobody used for {days} days are {'not allowed' if found.grants else 'denied'}"


def statement_of(policy: Document) -> tuple[Document, str]:
    """The one statement, and the key that its services stand under."""
    (statement,) = policy["Statement"]
    return statement, "NotAction" if "NotAction" in statement else "Action"


def moment(seconds: float) -> str:
    """A time, to the second."""
    return rfc3339(int(seconds)) or "an unknown time"


def plain(text: str) -> str:
    """One line without control characters, whatever AWS's names hold."""
    return "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
