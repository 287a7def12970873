"""botocore's errors, mapped to ours."""

import os
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

from exporter.aws.evidence import answered, evidence
from exporter.errors import (
    AwsError,
    CredentialsError,
    DeniedError,
    NoSuchJobError,
    RefusedError,
    SlotTakenError,
    TransitError,
)

SERVER_ERROR = 500
SOURCE = "GetCredentials"  # what we call the finding of credentials, in place of an operation
MESSAGE = 1000  # characters
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
    told = reason(error)
    if not isinstance(error, BotoCoreError):
        told = f"the answer cannot be read ({told})"
    return _kind(error)(operation, type(error).__name__, told, evidence(error, os.environ))


def unfound(error: Exception) -> CredentialsError:
    """The same for what any program, file or service of the credential chain raised, in whatever way."""
    if isinstance(error, ClientError):
        operation, told = error.operation_name, _refusal(error.operation_name, error.response, "")
        return CredentialsError(operation, told.code, told.message, told.evidence)
    if isinstance(error, NoCredentialsError):
        return CredentialsError(SOURCE, "NoCredentials", "no AWS credentials were found")
    return CredentialsError(SOURCE, type(error).__name__, reason(error), evidence(error, os.environ))


def reason(error: Exception) -> str:
    """What an error says, on one line, without the answer that it may be about.

    botocore's parser quotes all of it: one of STS has keys in it, and any may be huge.
    """
    told = str(error).split("\nb'")[0].split('\nb"')[0]
    return clipped(" ".join(told.split()), MESSAGE) or "no message"


def clipped(text: object, most: int) -> str:
    """At most so many characters of what AWS said: it is logged, kept and shown."""
    told = str(text or "")
    return told if len(told) <= most else f"{told[: most - 1]}…"


def _kind(error: Exception) -> type[AwsError]:
    if isinstance(error, _CREDENTIALS):
        return CredentialsError
    if isinstance(error, (ConnectionError, HTTPClientError)) or not isinstance(error, BotoCoreError):
        return TransitError  # lost on the way, or an answer that a parser stumbled over
    # botocore's own parser says it has understood nothing; anything else was refused before it was sent.
    return TransitError if "Parse" in type(error).__name__ else RefusedError


def _refusal(operation: str, response: Any, role: str) -> AwsError:
    told = response.get("Error", {})
    code = clipped(told.get("Code"), NAME) or "Unknown"
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = TransitError if status >= SERVER_ERROR else _CODES.get(code, RefusedError)
    message = clipped(told.get("Message"), MESSAGE) or "no message"
    return kind(operation, code, message, answered(status, role))
