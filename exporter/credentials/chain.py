"""The credentials of one source: found, kept while they last, and renewed before they end."""

import time
from collections.abc import Callable
from math import inf
from threading import Lock
from typing import Any, NamedTuple

from botocore.credentials import Credentials, ReadOnlyCredentials, RefreshableCredentials
from botocore.exceptions import NoCredentialsError

from exporter.credentials.attendance import UNATTENDED, Attendance
from exporter.credentials.keys import Keys
from exporter.credentials.look import Look, Looks
from exporter.credentials.metadata import objection
from exporter.credentials.providers import Asking, resolver
from exporter.credentials.session import Session, Source

_EARLY = 900.0  # s before their end that new ones are asked for, as botocore does
_AT_LEAST = 60.0  # s that credentials have to last to be used although they end too soon
_AGAIN = 60.0  # s between two looks where a source gives no longer ones
_GRACE = 15.0  # s for which a source that fails goes unnoticed while there are credentials
_PATIENCE = 1.0  # s for a look while there are credentials
_RETRY = 5.0  # s between two looks within that grace

LOOKS = Looks()


class _Found(NamedTuple):
    keys: Keys
    credentials: Any

    def lasts(self, seconds: float) -> bool:
        """Whether they are good for so long; keys of a user are for ever."""
        refreshable = isinstance(self.credentials, RefreshableCredentials)
        return not (refreshable and self.credentials.refresh_needed(seconds))


class Chain:
    """Finds keys by a source. Safe to use from several threads.

    ``prepare`` is called with each session that is made to look with.
    """

    def __init__(
        self,
        source: Source,
        attendance: Attendance = UNATTENDED,
        *,
        prepare: Callable[[Session], None] = lambda _: None,
        looks: Looks = LOOKS,
        grace: float = _GRACE,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._attendance = attendance
        self._prepare = prepare
        self._looks = looks
        self._steady = steady
        self._lock = Lock()
        self._found: _Found | None = None
        self._look: Look | None = None
        self._next = 0.0
        self._grace = grace
        self._since = inf  # when the first look began since something was found

    def keys(self, lifetime: float) -> Keys:
        """Keys that last ``lifetime`` seconds, or as long as there are any.

        Raises what botocore raises, or CredentialsTimeoutError. A source that fails is told also while the
        former keys would last, when it has failed for ``grace`` seconds: there is time to do something then.
        """
        with self._lock:
            found = self._found
            if found and (found.lasts(max(lifetime, _EARLY)) or self._waits(found, lifetime)):
                return found.keys
            usable = found if found and found.lasts(min(lifetime, _AT_LEAST)) else None
            return (self._renewed(usable) if usable else self._new()).keys

    def forget(self) -> None:
        """Look anew next time."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        self._found = self._look = None

    def _waits(self, found: _Found, lifetime: float) -> bool:
        return self._steady() < self._next and found.lasts(min(lifetime, _AT_LEAST))

    def _new(self) -> _Found:
        """Found now, however long a look may take."""
        try:
            return self._take(self._begun().outcome())
        except Exception:
            self._drop()
            raise

    def _renewed(self, usable: _Found) -> _Found:
        """Found in the background: ``usable`` until that has ended, and for some seconds of failures."""
        try:
            found = self._begun().outcome(_PATIENCE)
        except Exception:
            self._look, self._next = None, self._steady() + _RETRY
            if self._steady() - self._since < self._grace:
                return usable
            self._drop()
            raise
        return self._take(found) if found else usable

    def _begun(self) -> Look:
        """The look that is under way, or a new one."""
        if self._look is None:
            key = (self._source, id(self._attendance))
            self._look = self._looks.begin(key, self._find, Asking(self._attendance))
            self._since = min(self._since, self._steady())
        return self._look

    def _take(self, found: _Found) -> _Found:
        self._found, self._look, self._since = found, None, inf
        self._next = self._steady() + _AGAIN
        return found

    def _find(self, asking: Asking) -> _Found:
        session = Session(self._source)
        self._prepare(session)
        session.get_component("event_emitter").register("before-send", asking.sent)
        credentials = resolver(session, asking).load_credentials()
        if credentials is None:
            raise objection(session) or NoCredentialsError()
        # Those that a program has just given are not to be fetched again at once because they will end soon.
        credentials._advisory_refresh_timeout = 0  # noqa: SLF001 - only those are renewed here that are over
        frozen = credentials.get_frozen_credentials()
        return _Found(Keys.of(frozen.access_key, frozen.secret_key, frozen.token), credentials)


class ChainProvider:
    """The credentials of a chain as the provider of a session of botocore."""

    def __init__(self, chain: Chain) -> None:
        self._credentials = _ChainCredentials(chain)

    def load_credentials(self) -> Any:
        """Credentials that are looked for when something is to be signed."""
        return self._credentials


class _ChainCredentials(Credentials):  # type: ignore[misc]  # botocore has no types
    def __init__(self, chain: Chain) -> None:
        super().__init__("", "", method="chain")
        self._chain = chain

    def get_frozen_credentials(self) -> Any:
        """Keys as they are now; raises as :meth:`Chain.keys` does."""
        return ReadOnlyCredentials(*self._chain.keys(_AT_LEAST))
