"""What was looked at, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How a check ended. ``NOTE`` is of something that is not needed.

    ``UNKNOWN`` is a check that could not be made: it says nothing either way, and so passes nothing.
    """

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    UNKNOWN = "not checked"
    FAILED = "failed"


_IN_THE_WAY = {Result.FAILED, Result.UNKNOWN}


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
        """Everything that is needed was checked, and nothing failed."""
        return all(passed(checks) for checks in (*self.organizations.values(), self.state))


def missing(checks: tuple[Check, ...]) -> tuple[str, ...]:
    """The permissions that are known to be missing."""
    return tuple(check.permission for check in checks if check.permission and check.result is Result.FAILED)


def passed(checks: tuple[Check, ...]) -> bool:
    """Everything that is needed was checked, and nothing failed."""
    return not any(check.result in _IN_THE_WAY for check in checks)
