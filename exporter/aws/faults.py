"""botocore's errors, mapped to ours."""

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


def mapped(operation: str, error: Exception) -> AwsError:
    """The error of our tree for what botocore raised during ``operation``."""
    if isinstance(error, ClientError):
        return _refusal(operation, error.response)
    return _kind(error)(operation, type(error).__name__, " ".join(str(error).split()) or "no message")


def _kind(error: Exception) -> type[AwsError]:
    if isinstance(error, _CREDENTIALS):
        return CredentialsError
    if isinstance(error, (ConnectionError, HTTPClientError)) or not isinstance(error, BotoCoreError):
        return TransitError  # lost on the way, or an answer that a parser stumbled over
    # botocore's own parser says it has understood nothing; anything else was refused before it was sent.
    return TransitError if "Parse" in type(error).__name__ else RefusedError


def _refusal(operation: str, response: Any) -> AwsError:
    told = response.get("Error", {})
    code = str(told.get("Code") or "Unknown")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = TransitError if status >= SERVER_ERROR else _CODES.get(code, RefusedError)
    return kind(operation, code, str(told.get("Message") or "no message"))
