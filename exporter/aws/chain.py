"""boto3's sessions for one organization, and the keys that its chain of credentials finds."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import InvalidConfigError

from exporter.aws.faults import unfound
from exporter.credentials import UNATTENDED, Attendance, Chain, Keys, Session, Source


class OwnChain:
    """Who we are before any role is assumed. ``prepare`` is called with every session of botocore."""

    def __init__(
        self, source: Source, prepare: Callable[[Session], None], attendance: Attendance = UNATTENDED
    ) -> None:
        self._source = source
        self._prepare = prepare
        self._chain = Chain(source, attendance, prepare=prepare)

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

    def session(self, mode: str, attempts: int) -> tuple[Any, Config]:
        """A new session of boto3, and how often it repeats a call; raises botocore's errors.

        That is ``mode`` and ``attempts`` unless the environment or the profile has it otherwise.
        """
        session = Session(self._source)
        self._prepare(session)
        wished = session.wished("retry_mode"), session.wished("max_attempts")
        retries = {"mode": wished[0] or mode, "total_max_attempts": _count(wished[1], attempts)}
        return boto3.Session(botocore_session=session), Config(retries=retries)


def _count(wished: str, otherwise: int) -> int:
    if not wished:
        return otherwise
    if not wished.isdecimal() or not int(wished):
        raise InvalidConfigError(
            error_msg=f"AWS_MAX_ATTEMPTS (max_attempts): {wished!r} is no number above 0"
        )
    return int(wished)
