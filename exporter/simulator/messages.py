"""What comes in, what goes out, how an operation says no, and which were called, how often and when."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; the names of ``headers`` are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. ``delay`` is how many seconds it is held back; after ``cut`` bytes of the body the
    connection is reset, before the status line if ``cut`` is 0; None: it is not.
    """

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request. A report belongs to the access key and session token that asked for it."""

    access_key: str
    session_token: str
    account_id: str
    api: str


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """An operation's error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}: {message}")


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
        with self._lock:
            self._counts.clear()
            self._latest.clear()
