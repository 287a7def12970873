"""One look at the chain, in a thread of its own, for no longer than some seconds.

Whatever it asks may never answer: a program, a file on a lost network drive, an agent. The thread is then
left behind; whoever wanted credentials is told in time.
"""

import time
from collections.abc import Callable, Hashable
from math import inf
from threading import Event, Lock, Thread
from typing import Any

from botocore.exceptions import CredentialRetrievalError

from exporter.credentials.providers import Asking

SECONDS = 20.0
_ABANDONED = 3  # looks with the same key that may still hang before no more are begun


class CredentialsTimeoutError(CredentialRetrievalError):  # type: ignore[misc]  # botocore has no types
    """Nobody of the chain has answered in time."""

    fmt = "no credentials within {seconds:.0f} s: {asked} did not answer"


class Look:
    """Runs ``find`` at once; :meth:`outcome` may be called from several threads."""

    def __init__(self, find: Callable[[Asking], Any], asking: Asking, seconds: float) -> None:
        self._find = find
        self._asking = asking
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._ended = Event()
        self._found: Any = None
        self._error: Exception | None = None
        Thread(target=self._run, name="credentials", daemon=True).start()

    def outcome(self, patience: float = inf) -> Any:
        """What was found, None if that takes longer than ``patience``.

        Raises what ``find`` raised, or CredentialsTimeoutError.
        """
        end = time.monotonic() + patience
        while not self._ended.wait(max(0.05, min(self._until, end) - time.monotonic())):
            if self._asking.prompting:
                self._until = time.monotonic() + self._seconds
            elif self.late:
                raise self._give_up()
            elif time.monotonic() >= end:
                return None
        if self._error is not None:
            raise self._error
        return self._found

    @property
    def going(self) -> bool:
        return not self._ended.is_set()

    @property
    def late(self) -> bool:
        """Whether nobody waits for it any more."""
        return time.monotonic() >= self._until and not self._asking.prompting

    def _give_up(self) -> CredentialsTimeoutError:
        error = CredentialsTimeoutError(
            provider="chain", error_msg="", seconds=self._seconds, asked=str(self._asking)
        )
        self._asking.processes.stop()
        return error

    def _run(self) -> None:
        try:
            self._found = self._find(self._asking)
        except Exception as error:  # noqa: BLE001 - any program, file or service of the chain may fail in its own way
            self._error = error
        finally:
            self._asking.processes.done()
            self._ended.set()


class Looks:
    """Looks that are under way: who wants the same at the same time gets the same.

    Thus two hundred organizations that start together ask the instance's metadata service once, and a refresh
    token of SSO, which AWS takes once, is not spent by the first and missed by the second.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._going: dict[Hashable, list[Look]] = {}

    def begin(self, key: Hashable, find: Callable[[Asking], Any], asking: Asking) -> Look:
        """A look, or the one that is under way for the same key."""
        with self._lock:
            going = [look for look in self._going.get(key, ()) if look.going]
            # One that is late is joined only where too many hang: it tells so again, without another thread.
            if not going or (going[-1].late and len(going) < _ABANDONED):
                going.append(Look(find, asking, self._seconds))
            self._going[key] = going
            return going[-1]
