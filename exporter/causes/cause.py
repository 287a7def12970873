"""The causes, and what they are told by: an error, those behind it, and settings that it may be about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
_MOST = 8  # exceptions of a chain
_LENGTH = 1000  # characters of each


class Cause(StrEnum):
    """What is wrong. The values are codes in AWS's spelling, for errors that AWS gave none to."""

    UNKNOWN = "Unknown"
    # the network
    NAME = "NameNotResolved"
    UNREACHABLE = "ConnectionFailed"
    NO_ANSWER = "NoAnswer"
    PROXY_URL = "ProxyAddressInvalid"
    PROXY_SCHEME = "ProxySchemeUnsupported"
    PROXY_DOWN = "ProxyUnreachable"
    PROXY_DENIED = "ProxyForbidden"
    PROXY_LOGIN = "ProxyAuthenticationRequired"
    PROXY_FAILED = "ProxyFailed"
    CA_BUNDLE = "CaBundleUnusable"
    CERTIFICATE = "CertificateUntrusted"
    CERTIFICATE_NAME = "CertificateNameMismatch"
    CERTIFICATE_DATE = "CertificateNotValidNow"
    NO_TLS = "NotTls"
    TLS = "TlsFailed"
    GARBAGE = "AnswerUnreadable"
    # AWS itself
    SERVER = "ServerError"
    THROTTLED = "Throttled"
    CLOCK = "ClockSkew"
    REGION_DISABLED = "RegionDisabled"
    REGION_WRONG = "RegionWrong"
    # credentials
    NO_CREDENTIALS = "NoCredentials"
    CREDENTIALS = "CredentialsUnusable"
    PARTIAL = "PartialCredentials"
    MALFORMED = "InvalidCredentials"
    PROFILE = "ProfileNotFound"
    PROFILE_INVALID = "ProfileInvalid"
    PROCESS = "CredentialProcessFailed"
    EXPIRED = "ExpiredToken"
    KEY_UNKNOWN = "UnrecognizedKey"
    SIGNATURE = "SignatureDoesNotMatch"
    TOKEN_FILE = "TokenFileUnreadable"  # noqa: S105 - a code
    WEB_TOKEN = "WebIdentityTokenRefused"  # noqa: S105 - a code
    WEB_TOKEN_EXPIRED = "WebIdentityTokenExpired"  # noqa: S105 - a code
    WEB_TRUST = "WebIdentityNotTrusted"
    CALLER = "AssumeRoleNotAllowed"
    TRUST = "TrustRefused"
    TAG_SESSION = "TagSessionNotAllowed"
    DURATION = "SessionTooLong"
    MFA = "MfaRequired"
    SSO = "SsoSessionOver"
    LOGIN = "LoginUnusable"
    LOGIN_EXTRA = "LoginUnsupported"
    POD_IDENTITY = "NoPodIdentityAssociation"
    POD_TRUST = "PodIdentityNotTrusted"
    CONTAINER_TOKEN = "ContainerTokenRefused"  # noqa: S105 - a code
    CONTAINER = "ContainerAgentFailed"
    METADATA_HOPS = "MetadataNoAnswer"
    METADATA_DENIED = "MetadataRefused"
    METADATA_NO_ROLE = "MetadataNoRole"
    METADATA = "MetadataFailed"
    DEADLINE = "CredentialsTimeout"
    # permissions
    DENIED = "AccessDenied"
    DENIED_IDENTITY = "ExplicitDeny"
    DENIED_SCP = "DeniedByServiceControlPolicy"
    DENIED_RCP = "DeniedByResourceControlPolicy"
    DENIED_BOUNDARY = "DeniedByPermissionsBoundary"
    DENIED_SESSION = "DeniedBySessionPolicy"
    DENIED_ENDPOINT = "DeniedByEndpointPolicy"
    SCPS_OFF = "ServiceControlPoliciesOff"
    NO_ORGANIZATION = "NotInAnOrganization"
    # reports
    REPORT_DENIED = "ReportAccessDenied"
    ENTITY_PATH = "EntityPathInvalid"
    POLICY = "PolicyInvalid"
    JOB = "JobNotFound"
    JOB_LATE = "JobTooLate"
    SLOT = "SlotTaken"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an error beside its own words.

    ``trail`` is each exception behind it, outermost first, as ``Type: text``, or ``HTTP 503`` for an answer.
    ``ca_bundle`` is a setting and the file that it names, ``proxy`` a setting and the address in it without
    user and password, ``host`` whom the request was for, ``role`` the one that was to be
    assumed, ``token_file`` where a web identity's token is.
    """

    trail: tuple[str, ...] = ()
    ca_bundle: str = ""
    proxy: str = ""
    host: str = ""
    role: str = ""
    token_file: str = ""


def evidence(error: BaseException, environ: Mapping[str, str]) -> Evidence:
    """What ``error`` and the environment of the process tell."""
    url = _endpoint(error)
    return Evidence(
        trail=tuple(_trail(error)),
        ca_bundle=_ca_bundle(environ),
        proxy=_proxy(url, environ),
        host=_host(url),
        token_file=environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", ""),
    )


def answered(status: int, role: str) -> Evidence:
    """The evidence of an answer of AWS's; ``role`` is the one that was to be assumed, if that was asked."""
    return Evidence(trail=(f"HTTP {status}",), role=role)


def _errors(error: BaseException) -> Iterator[BaseException]:
    """An exception and those behind it, outermost first."""
    at: BaseException | None = error
    for _ in range(_MOST):
        if at is None:
            return
        yield at
        at = at.__cause__ or at.__context__


def _trail(error: BaseException) -> Iterator[str]:
    for each in _errors(error):
        yield f"{type(each).__name__}: {str(each)[:_LENGTH]}"


def _endpoint(error: BaseException) -> str:
    """The URL that was asked, as botocore's errors know it."""
    for each in _errors(error):
        kwargs = getattr(each, "kwargs", None)
        if isinstance(kwargs, dict) and kwargs.get("endpoint_url"):
            return str(kwargs["endpoint_url"])
    return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _ca_bundle(environ: Mapping[str, str]) -> str:
    return next((f"{name}={environ[name]}" for name in _BUNDLES if environ.get(name)), "")


def _proxy(url: str, environ: Mapping[str, str]) -> str:
    """The setting of the proxy for ``url``, and the address in it."""
    schemes = ("http", "https") if url.startswith("http:") else ("https", "http")
    names = [name for scheme in schemes for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())]
    name = next((name for name in names if environ.get(name)), "")
    return f"{name} ({_address(environ[name])})" if name else ""


def _address(proxy: str) -> str:
    """Host and port: whatever stands before the last ``@`` may be a password, escaped well or badly."""
    return proxy.rpartition("://")[2].rpartition("@")[2].partition("/")[0]
