"""What was looked at, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How a check ended; ``SKIPPED`` says nothing either way."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, and what to do about it. ``permission`` is the one that it is about."""

    name: str
    result: Result
    detail: str
    remedy: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: for each organization by its name, and for the state."""

    organizations: Mapping[str, tuple[Check, ...]]
    state: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Nothing failed."""
        return all(passed(checks) for checks in (*self.organizations.values(), self.state))


def missing(checks: tuple[Check, ...]) -> tuple[str, ...]:
    """The permissions that are known to be missing."""
    return tuple(check.permission for check in checks if check.permission and check.result is Result.FAILED)


def passed(checks: tuple[Check, ...]) -> bool:
    """Nothing failed."""
    return all(check.result is not Result.FAILED for check in checks)
