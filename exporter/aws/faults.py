"""botocore's errors, mapped to ours."""

import os
import re
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name
    CredentialRetrievalError,
    HTTPClientError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from exporter.causes import Cause, answered, classify, evidence
from exporter.errors import (
    AwsError,
    CredentialsError,
    DeniedError,
    NoSuchJobError,
    RefusedError,
    SlotTakenError,
    TransitError,
)
from exporter.redaction import redacted, remember_surroundings, said

SERVER_ERROR = 500
SOURCE = "GetCredentials"  # what we call the finding of credentials, in place of an operation
MESSAGE = 1000  # characters
_CODE = re.compile(r"[A-Za-z0-9][\w.:-]{0,127}", re.ASCII)
NAME = 512  # characters: no name, path or code of AWS's comes near

_CREDENTIALS = (
    CredentialRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

# Causes for which botocore has one name: of addresses, proxies and TLS.
_TELLING = {
    Cause.NAME,
    Cause.PROXY_URL,
    Cause.PROXY_SCHEME,
    Cause.PROXY_DENIED,
    Cause.PROXY_LOGIN,
    Cause.PROXY_FAILED,
    Cause.CA_BUNDLE,
    Cause.CERTIFICATE,
    Cause.CERTIFICATE_NAME,
    Cause.CERTIFICATE_DATE,
    Cause.NO_TLS,
    Cause.MALFORMED,
}

_CODES: dict[str, type[AwsError]] = {
    "NoSuchEntity": NoSuchJobError,
    "NoSuchEntityException": NoSuchJobError,
    "ReportGenerationLimitExceeded": SlotTakenError,
    **dict.fromkeys(
        (
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IDPCommunicationError",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidIdentityToken",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "NotAuthorized",
            "RequestExpired",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        CredentialsError,
    ),
    **dict.fromkeys(
        (
            "AWSOrganizationsNotInUseException",
            "AccessDenied",
            "AccessDeniedException",
            "OptInRequired",
            "RegionDisabledException",
            "UnauthorizedOperation",
        ),
        DeniedError,
    ),
    # What botocore's retries gave up on, and what asks for a repetition without a 5xx.
    **dict.fromkeys(
        (
            "LimitExceededException",
            "PriorRequestNotComplete",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestTimeout",
            "RequestTimeoutException",
            "SlowDown",
            "Throttling",
            "ThrottledException",
            "ThrottlingException",
            "TooManyRequestsException",
        ),
        TransitError,
    ),
}


def mapped(operation: str, error: Exception, role: str = "") -> AwsError:
    """The error of our tree for what botocore raised during ``operation`` (that assumes ``role``)."""
    if isinstance(error, ClientError):
        return _refusal(operation, error.response, role)
    message = reason(error)
    if not isinstance(error, BotoCoreError):
        message = f"the answer cannot be read ({message})"
    return _kind(error)(operation, type(error).__name__, message, evidence(error, os.environ))


def unfound(error: Exception) -> CredentialsError:
    """The same for what any program, file or service of the credential chain raised, in whatever way."""
    if isinstance(error, ClientError):
        refused = _refusal(error.operation_name, error.response, "")
        return CredentialsError(refused.operation, refused.code, refused.message, refused.evidence)
    if isinstance(error, NoCredentialsError):
        return CredentialsError(SOURCE, "NoCredentials", "no AWS credentials were found")
    return CredentialsError(SOURCE, type(error).__name__, reason(error), evidence(error, os.environ))


def reason(error: Exception) -> str:
    """What an error says, on one line, without the answer that it may be about, and without secrets."""
    remember_surroundings(os.environ)
    return clipped(said(error), MESSAGE) or "no message"


def lost(error: Exception) -> str:
    """The code of a request without an answer: its cause, where the name of the exception tells less."""
    name = type(error).__name__
    cause = classify("", name, str(error), evidence(error, os.environ))
    return cause.value if cause in _TELLING else name


def told(text: object) -> str:
    """A message of AWS's: it may quote the request, with the token and the signature in it."""
    remember_surroundings(os.environ)
    return clipped(redacted(str(text or "")), MESSAGE)


def coded(code: object) -> str:
    """An error code as AWS writes them; empty for what is none, or has a secret in it."""
    text = str(code or "")
    return text if _CODE.fullmatch(text) and redacted(text) == text else ""


def clipped(text: object, most: int) -> str:
    """At most so many characters of what AWS said: it is logged, kept and shown."""
    whole = str(text or "")
    return whole if len(whole) <= most else f"{whole[: most - 1]}…"


def _kind(error: Exception) -> type[AwsError]:
    if isinstance(error, _CREDENTIALS):
        return CredentialsError
    if isinstance(error, (ConnectionError, HTTPClientError)) or not isinstance(error, BotoCoreError):
        return TransitError  # lost on the way, or an answer that a parser stumbled over
    # botocore's own parser says it has understood nothing; anything else was refused before it was sent.
    return TransitError if "Parse" in type(error).__name__ else RefusedError


def _refusal(operation: str, response: Any, role: str) -> AwsError:
    error = response.get("Error", {})
    code = coded(error.get("Code")) or "Unknown"
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = TransitError if status >= SERVER_ERROR else _CODES.get(code, RefusedError)
    message = told(error.get("Message")) or "no message"
    return kind(operation, code, message, answered(status, role))
