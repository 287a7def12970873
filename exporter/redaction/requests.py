"""The secrets in a request of ours: what answers and errors may quote of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from exporter.redaction.clean import remember

_HEADERS = (
    "Authorization",
    "X-Amz-Security-Token",
    "x-amz-sso_bearer_token",
    "X-aws-ec2-metadata-token",
)
_PARAMETERS = ("WebIdentityToken", "ExternalId", "TokenCode")


def remember_request(request: Any) -> None:
    """``request`` has ``headers`` and a ``body``, as one that botocore is about to send."""
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
