"""Which operations were called, how often and when."""

from collections import Counter, deque
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

_REMEMBERED = 100_000


class SimulatedCall(NamedTuple):
    """One request: ``api`` is ``iam``, ``organizations`` or ``sts``, ``at`` in Unix seconds."""

    api: str
    operation: str
    at: float
    status: int
    access_key: str = ""


class CallLog:
    """All calls that were answered (or cut off). Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._latest: deque[SimulatedCall] = deque(maxlen=_REMEMBERED)

    def add(self, call: SimulatedCall) -> None:
        """Remember a call."""
        with self._lock:
            self._counts[call.api, call.operation] += 1
            self._latest.append(call)

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How often each (api, operation) was called so far."""
        with self._lock:
            return Counter(self._counts)

    @property
    def latest(self) -> tuple[SimulatedCall, ...]:
        """The last hundred thousand calls, oldest first."""
        with self._lock:
            return tuple(self._latest)

    def count(self, operation: str) -> int:
        """How often an operation was called so far."""
        return sum(count for (_, name), count in self.counts.items() if name == operation)

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._counts.clear()
            self._latest.clear()
