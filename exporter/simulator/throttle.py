"""Organizations' throttles: a bucket of calls per operation, filled at a steady rate."""

from collections.abc import Callable
from threading import Lock

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


class Throttle:
    """Says which calls are too many. Safe to use from several threads."""

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
