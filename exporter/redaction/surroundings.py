"""The secrets that the process was given: in its environment, and in the files that it names."""

from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from exporter.redaction.clean import remember

_VALUES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
_FILES = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_MOST = 64 * 1024  # bytes of a token


def trim(environ: MutableMapping[str, str]) -> None:
    """Take white space from around AWS's settings and proxies: a secret of a file ends in a line break."""
    for name, value in list(environ.items()):
        wanted = name.startswith("AWS_") or name.upper() in _PROXIES
        if wanted and value != value.strip():
            environ[name] = value.strip()


def remember_surroundings(environ: Mapping[str, str]) -> None:
    """Know the secrets in ``environ``, and those in files as they are now: tokens are exchanged."""
    remember(*(environ.get(name) for name in _VALUES))
    remember(*(_text(environ[name]) for name in _FILES if environ.get(name)))
    for name, value in environ.items():
        if name.upper() in _PROXIES:
            remember(*_of_proxy(value))


def _text(path: str) -> str:
    with suppress(OSError, ValueError), Path(path).open("rb") as file:
        return file.read(_MOST).decode("utf-8", "replace")
    return ""


def _of_proxy(url: str) -> tuple[str, ...]:
    """User and password, and the password, as they are written and as they are meant."""
    user_and_password = url.rpartition("://")[2].rpartition("@")[0]
    password = user_and_password.partition(":")[2]
    return user_and_password, unquote(user_and_password), password, unquote(password)
