"""From what an error says to its cause. Pure: the same words, the same cause.

Rules are kept by the error's code, which is AWS's, or the name of the exception where AWS did not answer.
Of those of one code the first whose pattern occurs in the message, or in an exception behind it, gives the
cause.
"""

import re
from collections.abc import Iterable, Mapping

from exporter.causes.cause import Cause, Evidence

Rule = tuple[str, Cause]

_NAMES = r"resolve|getaddrinfo|name or service not known|name resolution|nodename nor servname"

_NETWORK: Mapping[str, tuple[Rule, ...]] = {
    "EndpointConnectionError": ((_NAMES, Cause.NAME), ("", Cause.UNREACHABLE)),
    "ConnectTimeoutError": (("", Cause.UNREACHABLE),),
    "ReadTimeoutError": (("", Cause.NO_ANSWER),),
    "ConnectionClosedError": (("", Cause.NO_ANSWER),),
    "ConnectionError": (("", Cause.UNREACHABLE),),
    "ProxyConnectionError": (
        (r"http://\w+://", Cause.PROXY_SCHEME),  # botocore puts http:// before what it does not know
        (r"tunnel connection failed: 407|407 proxy", Cause.PROXY_LOGIN),
        (r"tunnel connection failed: 403", Cause.PROXY_DENIED),
        (r"tunnel connection failed: \d", Cause.PROXY_FAILED),
        ("", Cause.PROXY_DOWN),
    ),
    "InvalidProxiesConfigError": (("", Cause.PROXY_URL),),
    "SSLError": (
        (r"no such file|is a directory|permission denied|no_certificate_or_crl|pem lib", Cause.CA_BUNDLE),
        (r"bad end line|no start line|bad base64", Cause.CA_BUNDLE),
        (r"certificate has expired|not yet valid", Cause.CERTIFICATE_DATE),
        (r"doesn't match|hostname mismatch|ip address mismatch", Cause.CERTIFICATE_NAME),
        (r"certificate_verify_failed|unknown_ca|self[- ]signed|local issuer", Cause.CERTIFICATE),
        (r"wrong_version_number|record layer|unknown_protocol|http_request", Cause.NO_TLS),
        ("", Cause.TLS),
    ),
    "HTTPClientError": (
        (r"proxy url had unsupported scheme", Cause.PROXY_SCHEME),
        (r"invalid header|legal header|latin-1", Cause.MALFORMED),
        (r"failed to parse|invalid ipv6 url|port could not be cast|not a valid host|codec", Cause.PROXY_URL),
        (r"ca certificate|ca_bundle|no such file", Cause.CA_BUNDLE),
        (_NAMES, Cause.NAME),
        ("", Cause.GARBAGE),
    ),
    "407": (("", Cause.PROXY_LOGIN),),
}

_DENIALS: tuple[Rule, ...] = (
    (r"multi-?factor ?auth", Cause.MFA),
    (r"service control policies are not enabled", Cause.SCPS_OFF),
    (r"(deny in|no) an? service control policy|no service control policy", Cause.DENIED_SCP),
    (r"(deny in|no) an? resource control policy|no resource control policy", Cause.DENIED_RCP),
    (r"deny in a permissions boundary|no permissions boundary", Cause.DENIED_BOUNDARY),
    (r"deny in a session policy|no session policy", Cause.DENIED_SESSION),
    (r"deny in a vpc endpoint policy|no vpc endpoint policy", Cause.DENIED_ENDPOINT),
    (r"perform: sts:TagSession", Cause.TAG_SESSION),
    (r"perform:? sts:AssumeRoleWithWebIdentity", Cause.WEB_TRUST),
    (r"explicit deny", Cause.DENIED_IDENTITY),
    (r"no identity-based policy allows the sts:AssumeRole", Cause.CALLER),
    (r"perform:? sts:AssumeRole|assume role", Cause.TRUST),
    ("", Cause.DENIED),
)

_SIGNATURES: tuple[Rule, ...] = (
    (r"signature expired|not yet current|is now (earlier|later)", Cause.CLOCK),
    (r"scoped to|valid region", Cause.REGION_WRONG),
    ("", Cause.SIGNATURE),
)

_AWS: Mapping[str, tuple[Rule, ...]] = {
    "AccessDenied": _DENIALS,
    "AccessDeniedException": _DENIALS,
    "AuthFailure": (("", Cause.SIGNATURE),),
    "AuthorizationError": _DENIALS,
    "UnauthorizedOperation": _DENIALS,
    "NotAuthorized": _DENIALS,
    "AWSOrganizationsNotInUseException": (("", Cause.NO_ORGANIZATION),),
    "OptInRequired": (("", Cause.KEY_UNKNOWN),),
    "ExpiredToken": ((r"token expired: current", Cause.WEB_TOKEN_EXPIRED), ("", Cause.EXPIRED)),
    "ExpiredTokenException": ((r"token expired: current", Cause.WEB_TOKEN_EXPIRED), ("", Cause.EXPIRED)),
    "IDPCommunicationError": (("", Cause.WEB_TOKEN),),
    "IDPRejectedClaim": (("", Cause.WEB_TOKEN),),
    "InvalidIdentityToken": (("", Cause.WEB_TOKEN),),
    "InvalidAccessKeyId": (("", Cause.KEY_UNKNOWN),),
    "InvalidClientTokenId": (("", Cause.KEY_UNKNOWN),),
    "UnrecognizedClientException": (("", Cause.KEY_UNKNOWN),),
    "MissingAuthenticationToken": (("", Cause.NO_CREDENTIALS),),
    "IncompleteSignature": _SIGNATURES,
    "InvalidSignatureException": _SIGNATURES,
    "SignatureDoesNotMatch": _SIGNATURES,
    "RequestExpired": (("", Cause.CLOCK),),
    "RequestInTheFuture": (("", Cause.CLOCK),),
    "RequestTimeTooSkewed": (("", Cause.CLOCK),),
    "RegionDisabledException": (("", Cause.REGION_DISABLED),),
    "ValidationError": ((r"durationseconds|session limit", Cause.DURATION),),
    "ORGANIZATIONS_REPORT_ACCESS_DENIED": (("", Cause.REPORT_DENIED),),
    "INVALID_ORGANIZATIONS_ENTITY_PATH": (("", Cause.ENTITY_PATH),),
    "INVALID_ORGANIZATIONS_POLICY": (("", Cause.POLICY),),
    "NoSuchEntity": (("", Cause.JOB),),
    "NoSuchEntityException": (("", Cause.JOB),),
    "JobDeadlineExceeded": (("", Cause.JOB_LATE),),
    "ReportGenerationLimitExceeded": (("", Cause.SLOT),),
    **dict.fromkeys(
        (
            "429",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "Throttling",
            "ThrottledException",
            "ThrottlingException",
            "TooManyRequestsException",
        ),
        (("", Cause.THROTTLED),),
    ),
}

_CONTAINER: tuple[Rule, ...] = (
    (r"no association|response 404", Cause.POD_IDENTITY),
    (r"norole|no role", Cause.POD_IDENTITY),
    (r"assumerole|not authorized to perform", Cause.POD_TRUST),
    (r"response 40[13]", Cause.CONTAINER_TOKEN),
    (r"legal header value", Cause.CONTAINER_TOKEN),
    ("", Cause.CONTAINER),
)

_CHAIN: Mapping[str, tuple[Rule, ...]] = {
    "NoCredentials": (("", Cause.NO_CREDENTIALS),),
    "NoCredentialsError": (("", Cause.NO_CREDENTIALS),),
    "ParamValidationError": ((r"parameter webidentitytoken", Cause.TOKEN_FILE),),
    "PartialCredentialsError": (("", Cause.PARTIAL),),
    "InvalidCredentialsError": (("", Cause.MALFORMED),),
    "ProfileNotFound": (("", Cause.PROFILE),),
    "ConfigNotFound": (("", Cause.PROFILE_INVALID),),
    "ConfigParseError": (("", Cause.PROFILE_INVALID),),
    "InfiniteLoopConfigError": (("", Cause.PROFILE_INVALID),),
    "InvalidConfigError": (("", Cause.PROFILE_INVALID),),
    "UnknownCredentialError": (("", Cause.PROFILE_INVALID),),
    "CredentialRetrievalError": (
        (r"from custom-process", Cause.PROCESS),
        (r"from (container-role|ecs)", Cause.CONTAINER),  # refined by _CONTAINER
        (r"mfa", Cause.MFA),
        (r"from iam-role", Cause.METADATA),
        ("", Cause.CREDENTIALS),
    ),
    "MetadataError": (
        (r"does not answer", Cause.METADATA_HOPS),
        (r"refuses us", Cause.METADATA_DENIED),
        (r"knows of no role", Cause.METADATA_NO_ROLE),
        ("", Cause.METADATA),
    ),
    "RefreshWithMFAUnsupportedError": (("", Cause.MFA),),
    "EOFError": (("", Cause.MFA),),
    "MfaRequiredError": (("", Cause.MFA),),
    "RuntimeError": ((r"still expired", Cause.EXPIRED),),
    "CredentialsTimeoutError": (("", Cause.DEADLINE),),
    "MissingDependencyException": (("", Cause.LOGIN_EXTRA),),
    "LoginError": (("", Cause.LOGIN),),
    "LoginUnsupportedError": (("", Cause.LOGIN_EXTRA),),
    "LoginTokenLoadError": (("", Cause.LOGIN),),
    "LoginRefreshRequired": (("", Cause.LOGIN),),
    **dict.fromkeys(
        (
            "NoAuthTokenError",
            "PendingAuthorizationExpiredError",
            "SSOError",
            "SSOTokenLoadError",
            "TokenRetrievalError",
            "UnauthorizedException",
            "UnauthorizedSSOTokenError",
        ),
        (("", Cause.SSO),),
    ),
    "ForbiddenException": (("", Cause.SSO),),
    # What a provider of botocore's lets out as it is, told apart by what it was about.
    "FileNotFoundError": ((r"token", Cause.TOKEN_FILE), ("", Cause.PROCESS)),
    "PermissionError": ((r"token", Cause.TOKEN_FILE), ("", Cause.PROCESS)),
    "JSONDecodeError": (("", Cause.PROCESS),),
    "KeyError": ((r"accesskeyid|secretaccesskey|token|expiration", Cause.POD_IDENTITY),),
    "ValueError": (
        (r"legal header value", Cause.CONTAINER_TOKEN),
        (r"no closing quotation|no escaped character", Cause.PROCESS),
        (r"unsupported host|unsupported scheme", Cause.CONTAINER),
    ),
}
_SERVER = re.compile(r"5\d\d|Internal(Failure|Error|ServerError)|Service(Unavailable)?(Exception)?")
_PARSER = re.compile(r"\w*Pars\w*")


def classify(operation: str, code: str, message: str, evidence: Evidence | None = None) -> Cause:
    """The cause of an error; UNKNOWN where what it says is not enough to tell."""
    trail = evidence.trail if evidence else ()
    told = "\n".join((message, *trail))
    found = _first(_rules(code), told)
    if found is Cause.CONTAINER:
        found = _first(_CONTAINER, told)
    if found in {Cause.UNKNOWN, Cause.CREDENTIALS}:
        found = _behind(trail, told) or found
    if found is not Cause.UNKNOWN:
        return found
    return _vague(operation, code, trail)


def _rules(code: str) -> tuple[Rule, ...]:
    return _NETWORK.get(code) or _AWS.get(code) or _CHAIN.get(code) or _ours(code)


def _ours(code: str) -> tuple[Rule, ...]:
    """A code that we gave is the cause itself."""
    return (("", Cause(code)),) if code in set(Cause) else ()


def _first(rules: Iterable[Rule], told: str) -> Cause:
    found = (cause for pattern, cause in rules if re.search(pattern, told, re.IGNORECASE))
    return next(found, Cause.UNKNOWN)


def _behind(trail: Iterable[str], told: str) -> Cause | None:
    """The cause of an exception behind the one that was caught, where that has one."""
    for entry in trail:
        found = _first(_NETWORK.get(entry.partition(":")[0], ()), told)
        if found is not Cause.UNKNOWN:
            return found
    return None


def _vague(operation: str, code: str, trail: Iterable[str]) -> Cause:
    if _SERVER.fullmatch(code) or any(entry.startswith("HTTP 5") for entry in trail):
        return Cause.SERVER
    if _PARSER.fullmatch(code):
        return Cause.GARBAGE
    if operation == "GetCredentials":
        return Cause.CREDENTIALS
    return Cause.UNKNOWN
