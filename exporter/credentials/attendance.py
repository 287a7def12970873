"""Whether somebody sits there who can be asked: a daemon has nobody, whatever terminal it runs on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from botocore.exceptions import CredentialRetrievalError


class MfaRequiredError(CredentialRetrievalError):  # type: ignore[misc]  # botocore has no types
    """A profile asks for a code of a device, and there is nobody to give one."""

    fmt = (
        "a profile has mfa_serial, which asks somebody for a code at every start and every hour: "
        "use a profile or role without it"
    )


# Seconds between attempts with a key that AWS does not know: one that was just made is known within some.
_NEW_KEY = (1.0, 2.0, 4.0)


class Attendance(Protocol):
    """What credentials may ask of a person.

    ``sessions`` keeps what a code brought, for one command; ``waits`` are the seconds that a command may
    still wait for AWS to know a new key, which a daemon finds again by itself.
    """

    present: bool
    sessions: dict[str, Any]
    waits: Iterator[float]

    def tell(self, line: str) -> None:
        """Say why it takes so long."""

    def code(self, prompt: str) -> str:
        """The code of a device; raises MfaRequiredError."""


class Nobody:
    """As in ``serve``, in a pod, in cron: a question is refused at once, where it would wait for ever."""

    present = False

    def __init__(self, waits: tuple[float, ...] = ()) -> None:
        self.sessions: dict[str, Any] = {}
        self.waits: Iterator[float] = iter(waits)
        self._silent = not waits

    def tell(self, line: str) -> None:
        """Once for a command: it may go on to try, and tell all at its end. A daemon has its log."""
        if not self._silent:
            self._silent = True
            sys.stderr.write(f"note: {line}\n")
            sys.stderr.flush()

    def code(self, prompt: str) -> str:
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
_HERE: ContextVar[Attendance] = ContextVar("attendance", default=UNATTENDED)


def here() -> Attendance:
    """Who can be asked where this is called: nobody, unless it is within :func:`attended`."""
    return _HERE.get()


@contextmanager
def attended() -> Iterator[None]:
    """A command that ends by itself, run by somebody at a terminal, or by cron."""
    kind = Person if sys.stdin.isatty() and sys.stderr.isatty() else Nobody
    token = _HERE.set(kind(_NEW_KEY))
    try:
        yield
    finally:
        _HERE.reset(token)
