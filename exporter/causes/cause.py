"""The causes, and what they are told by."""

from dataclasses import dataclass
from enum import StrEnum


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
