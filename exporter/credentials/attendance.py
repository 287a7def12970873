"""Whether somebody sits there who can be asked: a daemon has nobody, whatever terminal it runs on."""

import sys
from typing import Any, Protocol

from botocore.exceptions import CredentialRetrievalError


class MfaRequiredError(CredentialRetrievalError):  # type: ignore[misc]  # botocore has no types
    """A profile asks for a code of a device, and there is nobody to give one."""

    fmt = (
        "a profile has mfa_serial, which asks somebody for a code at every start and every hour: "
        "use a profile or role without it"
    )


class Attendance(Protocol):
    """What credentials may ask of a person. ``sessions`` keeps what a code brought, for one command."""

    sessions: dict[str, Any]
    present: bool

    def code(self, prompt: str) -> str:
        """The code of a device; raises MfaRequiredError."""


class Nobody:
    """As in ``serve``, in a pod, in cron: a question is refused at once, where it would wait for ever."""

    present = False

    def __init__(self) -> None:
        self.sessions: dict[str, Any] = {}

    def code(self, prompt: str) -> str:
        """Refuse."""
        raise MfaRequiredError(provider="assume-role", error_msg=prompt)


class Person(Nobody):
    """Somebody who ran a command from a terminal. A code holds for all that the command does."""

    present = True

    def code(self, prompt: str) -> str:
        """Ask; a code is no secret for long, so that it may be seen while it is typed."""
        sys.stderr.write(prompt)
        sys.stderr.flush()
        return sys.stdin.readline().strip()


UNATTENDED = Nobody()


def at_terminal() -> Attendance:
    """For a command that somebody may have run, or cron."""
    return Person() if sys.stdin.isatty() and sys.stderr.isatty() else Nobody()
