"""A token bucket: ``rate_limit`` of the web configuration."""

import math
from collections.abc import Callable

from exporter.config.web import RateLimit


class Bucket:
    """Starts full. ``clock`` gives seconds that never go back."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._clock = clock
        self._tokens = float(limit.burst)
        self._at = clock()

    def take(self) -> float:
        """Take a token: 0, or in how many seconds there will be one (infinity: never)."""
        if self.limit.interval < 0:
            return 0.0  # more often than always is no limit, as it is to Go
        now = self._clock()
        earned = (now - self._at) / self.limit.interval
        self._tokens, self._at = min(self._tokens + earned, float(self.limit.burst)), now
        if self._tokens < 1:
            return (1 - self._tokens) * self.limit.interval if self.limit.burst > 0 else math.inf
        self._tokens -= 1
        return 0.0
