"""boto3's sessions for one organization, and the keys that its chain of credentials finds."""

from collections.abc import Callable
from typing import Any

import boto3

from exporter.aws.faults import unfound
from exporter.aws.intake import limit
from exporter.credentials import UNATTENDED, Attendance, Chain, Keys, Session, Source


class OwnChain:
    """Who we are before any role is assumed. ``prepare`` is called with every session of botocore."""

    def __init__(
        self, source: Source, prepare: Callable[[Session], None], attendance: Attendance = UNATTENDED
    ) -> None:
        self._source = source
        self._prepare = prepare
        self._chain = Chain(source, attendance, prepare=prepare, made=limit)

    def keys(self, lifetime: float) -> Keys:
        """Keys that last so many seconds, or as long as there are any; raises CredentialsError."""
        try:
            return self._chain.keys(lifetime)
        except Exception as error:
            # Any program, file or service of the chain may fail in its own way.
            raise unfound(error) from error

    def forget(self) -> None:
        """Find new ones next time."""
        self._chain.forget()

    def session(self) -> Any:
        """A new session of boto3; raises botocore's errors."""
        session = Session(self._source, limit)
        self._prepare(session)
        return boto3.Session(botocore_session=session)
