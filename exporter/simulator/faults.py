"""What goes wrong: faults on request, each for the next so many calls of an operation, and throttles."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import ClassVar

ANY = "*"
# Calls per second, and how many may come at once.
RATES = {
    "ListAccounts": (8.0, 12.0),
    "ListChildren": (6.0, 10.0),
    "ListParents": (5.0, 8.0),
    "ListAccountsForParent": (5.0, 8.0),
    "ListOrganizationalUnitsForParent": (5.0, 8.0),
    "ListPolicies": (5.0, 8.0),
    "ListPoliciesForTarget": (5.0, 8.0),
    "ListTargetsForPolicy": (5.0, 8.0),
    "DescribePolicy": (2.0, 2.0),
    "ListRoots": (1.0, 2.0),
    "DescribeOrganization": (1.0, 2.0),
}


class FaultKind(StrEnum):
    """The ways to go wrong; which other fields of a :class:`Fault` count is said at each."""

    RESET = "reset"  # the connection is reset after ``after`` bytes of the body, before any answer if None
    SLOW = "slow"  # the answer comes ``seconds`` later, and is otherwise right (or wrong by another fault)
    HTML = "html"  # a proxy's page with ``status``
    MALFORMED = "malformed"  # the right status, and a body that does not parse
    TRUNCATED = "truncated"  # the right status, and only the first half of the body
    EDITED = "edited"  # the right answer with ``pattern`` (a regular expression) made ``replacement``
    ERROR = "error"  # an error of the API: ``status``, ``code``, ``message``
    THROTTLE = "throttle"  # the API's own throttling error
    ANSWER = "answer"  # ``status`` and ``body``, literally
    FAILED = "failed"  # the next job ends FAILED with ``code`` and ``message``
    STUCK = "stuck"  # the next job stays IN_PROGRESS for good; it keeps the slot if ``holds_slot``


JOB_FAULTS = frozenset({FaultKind.FAILED, FaultKind.STUCK})
DELAYS = frozenset({FaultKind.SLOW})
REPLACEMENTS = frozenset({FaultKind.HTML, FaultKind.ERROR, FaultKind.THROTTLE, FaultKind.ANSWER})
DAMAGES = frozenset({FaultKind.RESET, FaultKind.MALFORMED, FaultKind.TRUNCATED, FaultKind.EDITED})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to go wrong.

    ``operation`` is an operation's name (``ListAccounts``), or ``*`` for all; faults of jobs count the jobs
    that start, whatever it says, and with ``entity`` (an id) only those on that entity. ``times`` is how
    often; 0: until it is taken away. ``spare`` is how many it lets pass before.
    Without ``code``, an error is ServiceUnavailable and a failed job ORGANIZATIONS_REPORT_ACCESS_DENIED.
    An answer in which ``pattern`` is not found counts as edited: polls of a running job use up ``times``.
    Raises ValueError for negative numbers and for a pattern or replacement that is none.
    """

    kind: FaultKind
    operation: str = ANY
    times: int = 1
    spare: int = 0
    entity: str = ""
    seconds: float = 1.0
    after: int | None = None
    status: int = 503
    code: str = ""
    message: str = ""
    body: str = ""
    pattern: str = ""
    replacement: str = ""
    holds_slot: bool = False
    # Read by pydantic where faults come as JSON: a mistyped field is an error.
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        if self.times < 0 or self.spare < 0:
            raise ValueError("times and spare must not be negative")
        try:
            re.sub(self.pattern, self.replacement, "")
        except re.error as error:
            raise ValueError(f"pattern: {error}") from error


class Faults:
    """The faults that are waiting for calls. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        """Let these go wrong too, after the ones that wait already."""
        with self._lock:
            self._waiting += faults

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults still to come, each with the times that are left."""
        with self._lock:
            return tuple(self._waiting)

    def take(self, operation: str, kinds: Collection[FaultKind], entity: str = "") -> Fault | None:
        """The first fault of these kinds for a call of ``operation``; one of its times is used up.

        ``entity`` is the id of what a job is about.
        """
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.kind not in kinds or not _meant(fault, operation, entity):
                    continue
                if fault.spare:
                    self._waiting[place] = replace(fault, spare=fault.spare - 1)
                    continue
                self._use_up(place, fault)
                return fault
        return None

    def _use_up(self, place: int, fault: Fault) -> None:
        if fault.times == 1:
            del self._waiting[place]
        elif fault.times > 1:
            self._waiting[place] = replace(fault, times=fault.times - 1)


def _meant(fault: Fault, operation: str, entity: str) -> bool:
    if fault.kind in JOB_FAULTS:
        return fault.entity in {"", entity}
    return fault.operation in {ANY, operation}


class Throttle:
    """Organizations' own: says which calls of an operation are too many. Safe to use from several threads."""

    def __init__(self, *, speed: float, clock: Callable[[], float]) -> None:
        self._speed = speed
        self._clock = clock
        self._lock = Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def admits(self, operation: str) -> bool:
        """Whether this call of the operation may pass; operations that are not throttled always do."""
        if operation not in RATES:
            return True
        rate, burst = RATES[operation]
        with self._lock:
            now = self._clock()
            left, since = self._left.get(operation, (burst, now))
            left = min(burst, left + (now - since) * rate * self._speed)
            passes = left >= 1
            self._left[operation] = (left - passes, now)
        return passes
