"""The secrets that the process was given, and those in its requests, which answers and errors may quote."""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

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
_HEADERS = (
    "Authorization",
    "X-Amz-Security-Token",
    "x-amz-sso_bearer_token",
    "X-aws-ec2-metadata-token",
)
_PARAMETERS = ("WebIdentityToken", "ExternalId", "TokenCode")


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


def remember_request(request: Any) -> None:
    """Know the secrets in a request, with ``headers`` and a ``body``, that botocore is about to send."""
    remember(*_of_headers(request.headers), *_of_body(request.body))


def _of_headers(headers: Any) -> Iterator[str]:
    for name in _HEADERS:
        value = headers.get(name)
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
        # A signature is new with every request, and there are patterns for it.
        if text and "Signature=" not in text:
            yield text


def _of_body(body: Any) -> Iterator[str]:
    text = body.decode("latin-1") if isinstance(body, bytes) else body
    if not isinstance(text, str) or not any(f"{name}=" in text for name in _PARAMETERS):
        return
    for name, values in parse_qs(text).items():
        if name in _PARAMETERS:
            yield from values
