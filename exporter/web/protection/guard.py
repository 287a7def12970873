"""What every request passes: the web configuration must be whole, then the rate limit, then the password."""

import math
import time
from collections.abc import Callable

from aiohttp import hdrs, web

from exporter.config.web import RateLimit, WebConfig
from exporter.errors import ConfigError
from exporter.web.manners import Handler
from exporter.web.protection.passwords import BusyError, Passwords, credentials
from exporter.web.protection.source import WebConfigFile

_CHALLENGE = 'Basic realm="org-access-exporter", charset="UTF-8"'


class Bucket:
    """A token bucket, ``rate_limit``: it starts full. ``clock`` gives seconds that never go back."""

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


class Guard:
    """Lets a request through, or answers 500, 429, 503 or 401, in this order."""

    def __init__(self, file: WebConfigFile) -> None:
        self._file = file
        self._passwords = Passwords()
        self._bucket: Bucket | None = None

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer in the place of ``handler``, if the request may not pass."""
        try:
            config = self._file.current()
        except ConfigError:
            raise web.HTTPInternalServerError(
                text="500: the web configuration is broken; the log tells how\n"
            ) from None
        self._limit(config.rate_limit)
        await self._authenticate(config, request)
        return await handler(request)

    async def add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """Add the headers that the file has for every answer; one without a value is none."""
        for name, value in self._file.config.headers.items():
            if value:
                response.headers[name] = value

    def close(self) -> None:
        self._passwords.close()

    def _limit(self, limit: RateLimit | None) -> None:
        if limit is None:
            self._bucket = None
            return
        if self._bucket is None or self._bucket.limit != limit:
            self._bucket = Bucket(limit, time.monotonic)
        wait = self._bucket.take()
        if wait:
            later = {hdrs.RETRY_AFTER: str(math.ceil(wait))} if math.isfinite(wait) else {}
            raise web.HTTPTooManyRequests(text="429: more requests than rate_limit allows\n", headers=later)

    async def _authenticate(self, config: WebConfig, request: web.Request) -> None:
        if not config.users:
            return
        given = credentials(request.headers.get(hdrs.AUTHORIZATION, ""))
        try:
            if given and await self._passwords.right(config.users, given):
                return
        except BusyError:
            raise web.HTTPServiceUnavailable(
                text="503: too many passwords are waiting to be checked\n", headers={hdrs.RETRY_AFTER: "1"}
            ) from None
        raise web.HTTPUnauthorized(headers={hdrs.WWW_AUTHENTICATE: _CHALLENGE})
