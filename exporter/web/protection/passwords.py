"""Basic authentication: names and passwords against bcrypt hashes.

A check takes a tenth of a second of CPU by design. It is made in one thread, so that it holds nobody up; of
those that arrive together, equal ones are made once; and one that succeeded is not made again. What is
remembered is one keyed digest per user: failures are not, or a stranger could fill the memory with them.
"""

import binascii
import hmac
import secrets
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import NamedTuple

import bcrypt

from exporter.config.secret import Secret
from exporter.web.bench import Bench

_MOST_WAITING = 32
_MOST_BYTES = 72  # bcrypt looks no further, and the library refuses what Go cuts off


class Credentials(NamedTuple):
    """What a client says about itself."""

    user: bytes
    password: bytes


class BusyError(Exception):
    """So many checks are waiting that another one would wait for too long."""


def credentials(header: str) -> Credentials | None:
    """Those of an Authorization header, or None where it has none that can be read."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return Credentials(user, password) if colon else None


def matches(password: bytes, hashed: bytes) -> bool:
    """Whether a password has this hash, read as Go's bcrypt reads it: any minor version, cut at 72 bytes."""
    start = 3 if hashed[2:3] == b"$" else 4
    cost, _, rest = hashed[start:].partition(b"$")
    try:
        computed = bcrypt.hashpw(password[:_MOST_BYTES], b"$2b$%02d$%b" % (int(cost), rest[:22]))
    except ValueError:
        return False
    return hmac.compare_digest(computed[29:], rest[22:])


class Passwords:
    """Checks credentials, and remembers those that were right."""

    def __init__(self, matches: Callable[[bytes, bytes], bool] = matches) -> None:
        self._matches = matches
        self._bench = Bench(1, "passwords")
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, bytes] = {}
        self._waiting = 0

    async def right(self, users: Mapping[str, Secret], given: Credentials) -> bool:
        """Whether one of ``users`` (bcrypt hashes by name) has this name and this password; BusyError."""
        hashes = {name.encode(): hashed.reveal().encode() for name, hashed in users.items()}
        hashed = hashes.get(given.user)
        # A stranger's password is checked as well, against somebody's hash: to say no must take as long.
        against = next(iter(hashes.values())) if hashed is None else hashed
        digest = self._digest(given, against)
        if hashed is not None and hmac.compare_digest(self._right.get(given.user, b""), digest):
            return True
        if not await self._check(digest, given.password, against) or hashed is None:
            return False
        self._right = {name: known for name, known in self._right.items() if name in hashes}
        self._right[given.user] = digest
        return True

    def close(self) -> None:
        self._bench.close()

    async def _check(self, digest: bytes, password: bytes, hashed: bytes) -> bool:
        if self._waiting >= _MOST_WAITING and not self._bench.making(digest):
            raise BusyError
        self._waiting += 1
        try:
            return await self._bench.share(digest, lambda: self._matches(password, hashed))
        finally:
            self._waiting -= 1

    def _digest(self, given: Credentials, hashed: bytes) -> bytes:
        text = b"".join(len(part).to_bytes(8, "big") + part for part in (*given, hashed))
        return hmac.digest(self._key, text, "sha256")
