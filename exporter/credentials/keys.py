"""A pair of keys, and the session token that may go with it."""

from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError

from exporter.redaction import remember

_PARTS = ("the access key id", "the secret access key", "the session token")


class InvalidCredentialsError(BotoCoreError):  # type: ignore[misc]  # botocore has no types
    """A key that cannot be one; it is named, and not shown."""

    fmt = "{part} holds {what}, which no key does"


class Keys(NamedTuple):
    """Credentials that do not refresh themselves."""

    access_key: str
    secret_key: str
    token: str | None

    @classmethod
    def of(cls, access_key: Any, secret_key: Any, token: Any) -> "Keys":
        """As some source gave them; raises InvalidCredentialsError.

        White space around them is none of theirs: files and environments end in line breaks. They are secrets
        from here on.
        """
        keys = cls(_text(access_key), _text(secret_key), _text(token) or None)
        remember(*keys)
        for part, value in zip(_PARTS, (keys.access_key, keys.secret_key), strict=False):
            if not value:
                raise InvalidCredentialsError(part=part, what="nothing but white space")
        for part, given in zip(_PARTS, keys, strict=True):
            _refuse(part, given or "")
        return keys


def _text(given: Any) -> str:
    return str(given or "").strip()


def _refuse(part: str, value: str) -> None:
    if not value.isascii():
        raise InvalidCredentialsError(part=part, what="a letter that is not ASCII")
    if not value.isprintable() or len(value.split()) > 1:
        raise InvalidCredentialsError(part=part, what="a line break, blank or control character within")
