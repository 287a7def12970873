"""The same words, the same cause; each cause with one line of what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.causes import Cause, Evidence, classify, remedy
from exporter.errors import AwsError, CredentialsError, DeniedError, RefusedError, TransitError

ARN = "arn:aws:sts::111122223333:assumed-role/reader/x"


def denied(why, action="iam:GenerateOrganizationsAccessReport", resource="arn:aws:iam::1:x"):
    return f"User: {ARN} is not authorized to perform: {action} on resource: {resource} {why}"


SAID = [
    ("GetCallerIdentity", "SignatureDoesNotMatch", "Signature expired: A is now earlier than B", Cause.CLOCK),
    ("ListRoots", "InvalidSignatureException", "Signature not yet current: A is still later", Cause.CLOCK),
    ("ListRoots", "RequestTimeTooSkewed", "too large", Cause.CLOCK),
    ("ListRoots", "SignatureDoesNotMatch", "does not match the signature you provided", Cause.SIGNATURE),
    (
        "ListRoots",
        "SignatureDoesNotMatch",
        "Credential should be scoped to a valid region",
        Cause.REGION_WRONG,
    ),
    ("AssumeRole", "RegionDisabledException", "STS is not activated in this region", Cause.REGION_DISABLED),
    ("ListRoots", "ExpiredToken", "The security token included in the request is expired", Cause.EXPIRED),
    (
        "AssumeRoleWithWebIdentity",
        "ExpiredTokenException",
        "Token expired: current date/time 9 must be before the expiration date/time 8",
        Cause.WEB_TOKEN_EXPIRED,
    ),
    ("AssumeRoleWithWebIdentity", "InvalidIdentityToken", "no provider found", Cause.WEB_TOKEN),
    (
        "AssumeRoleWithWebIdentity",
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        Cause.WEB_TRUST,
    ),
    ("ListRoots", "UnrecognizedClientException", "token is invalid", Cause.KEY_UNKNOWN),
    ("GetCallerIdentity", "InvalidClientTokenId", "token is invalid", Cause.KEY_UNKNOWN),
    ("AssumeRole", "AccessDenied", denied("", "sts:AssumeRole"), Cause.TRUST),
    (
        "AssumeRole",
        "AccessDenied",
        denied("because no identity-based policy allows the sts:AssumeRole action", "sts:AssumeRole"),
        Cause.CALLER,
    ),
    ("AssumeRole", "AccessDenied", denied("", "sts:TagSession"), Cause.TAG_SESSION),
    ("AssumeRole", "AccessDenied", "MultiFactorAuthentication failed with invalid code", Cause.MFA),
    ("AssumeRole", "ValidationError", "The requested DurationSeconds exceeds the MaxSession", Cause.DURATION),
    ("Get", "AccessDenied", denied("with an explicit deny in a service control policy"), Cause.DENIED_SCP),
    ("Get", "AccessDenied", "Service control policies are not enabled for this organization", Cause.SCPS_OFF),
    ("Get", "AccessDenied", denied("because no service control policy allows the x"), Cause.DENIED_SCP),
    ("Get", "AccessDenied", denied("with an explicit deny in a resource control policy"), Cause.DENIED_RCP),
    ("Get", "AccessDenied", denied("with an explicit deny in a permissions boundary"), Cause.DENIED_BOUNDARY),
    ("Get", "AccessDenied", denied("because no permissions boundary allows the x"), Cause.DENIED_BOUNDARY),
    ("Get", "AccessDenied", denied("because no session policy allows the x action"), Cause.DENIED_SESSION),
    ("Get", "AccessDenied", denied("with an explicit deny in a VPC endpoint policy"), Cause.DENIED_ENDPOINT),
    ("Get", "AccessDenied", denied("with an explicit deny in an identity-based p"), Cause.DENIED_IDENTITY),
    ("Get", "AccessDenied", denied("because no identity-based policy allows the x"), Cause.DENIED),
    ("ListRoots", "AccessDeniedException", "You don't have permissions", Cause.DENIED),
    ("ListRoots", "ThrottlingException", "Rate exceeded", Cause.THROTTLED),
    ("ListRoots", "ServiceException", "internal service error", Cause.SERVER),
    ("ListRoots", "503", "Service Unavailable", Cause.SERVER),
    ("GetCredentials", "NoCredentials", "none", Cause.NO_CREDENTIALS),
    ("GetCredentials", "EOFError", "no message", Cause.MFA),
    ("GetCredentials", "ProfileNotFound", "The config profile (x) could not be found", Cause.PROFILE),
    ("GetCredentials", "SSOTokenLoadError", "Token for corp does not exist", Cause.SSO),
    ("GetCredentials", "FileNotFoundError", "No such file: '/var/run/x/token'", Cause.TOKEN_FILE),
    ("GetCredentials", "FileNotFoundError", "No such file: '/opt/vault'", Cause.PROCESS),
    (
        "GetCredentials",
        "CredentialRetrievalError",
        "from container-role: non 200 response 404: ResourceNotFoundException: No association found",
        Cause.POD_IDENTITY,
    ),
    (
        "GetCredentials",
        "CredentialRetrievalError",
        "from container-role: non 200 response 401",
        Cause.CONTAINER_TOKEN,
    ),
    ("GetCredentials", "LoginUnsupportedError", "it takes the package awscrt", Cause.LOGIN_EXTRA),
    ("GetCredentials", "LoginRefreshRequired", "log in again", Cause.LOGIN),
    ("GetCredentials", "RuntimeError", "anything", Cause.CREDENTIALS),
    ("GetCredentials", "RuntimeError", "the refreshed credentials are still expired", Cause.EXPIRED),
    ("ListRoots", "EndpointConnectionError", "Could not connect to the endpoint", Cause.UNREACHABLE),
    ("ListRoots", "SomethingNew", "never seen", Cause.UNKNOWN),
]

# What botocore raises, and what was behind it.
MET = [
    ("EndpointConnectionError", "NameResolutionError: Failed to resolve 'sts.x'", Cause.NAME),
    ("EndpointConnectionError", "ConnectionRefusedError: [Errno 111] Connection refused", Cause.UNREACHABLE),
    ("ConnectTimeoutError", "TimeoutError: timed out", Cause.UNREACHABLE),
    ("ReadTimeoutError", "TimeoutError: timed out", Cause.NO_ANSWER),
    ("ProxyConnectionError", "ConnectionRefusedError: [Errno 111]", Cause.PROXY_DOWN),
    ("ProxyConnectionError", "OSError: Tunnel connection failed: 403 Forbidden", Cause.PROXY_DENIED),
    ("ProxyConnectionError", "OSError: Tunnel connection failed: 407 Who", Cause.PROXY_LOGIN),
    ("ProxyConnectionError", "OSError: Tunnel connection failed: 502 Bad", Cause.PROXY_FAILED),
    ("ProxyConnectionError", 'Failed to connect to proxy URL: "http://socks5://p:1080"', Cause.PROXY_SCHEME),
    ("HTTPClientError", "ProxySchemeUnknown: Proxy URL had unsupported scheme x", Cause.PROXY_SCHEME),
    ("HTTPClientError", "LocationParseError: Failed to parse: 'u:p' is not a valid host", Cause.PROXY_URL),
    ("SSLError", "FileNotFoundError: [Errno 2] No such file or directory", Cause.CA_BUNDLE),
    ("SSLError", "SSLError: [X509: NO_CERTIFICATE_OR_CRL_FOUND]", Cause.CA_BUNDLE),
    ("SSLError", "SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED: self-signed", Cause.CERTIFICATE),
    ("SSLError", "CERTIFICATE_VERIFY_FAILED: certificate has expired", Cause.CERTIFICATE_DATE),
    ("SSLError", "CertificateError: hostname 'a' doesn't match 'b'", Cause.CERTIFICATE_NAME),
    ("SSLError", "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number", Cause.NO_TLS),
    ("HTTPClientError", "ValueError: Invalid header value", Cause.MALFORMED),
    ("ResponseParserError", "ParseError: syntax error", Cause.GARBAGE),
]


@pytest.mark.parametrize(("operation", "code", "message", "cause"), SAID)
def test_what_aws_says_has_a_cause(operation, code, message, cause):
    assert classify(operation, code, message) is cause


@pytest.mark.parametrize(("name", "behind", "cause"), MET)
def test_what_is_behind_an_error_tells_its_cause(name, behind, cause):
    assert classify("ListRoots", name, "something", Evidence(trail=(f"{name}: something", behind))) is cause


@pytest.mark.parametrize(("name", "behind", "cause"), MET[:12])
def test_the_network_is_told_behind_credentials_too(name, behind, cause):
    trail = ("CredentialRetrievalError: x", f"{name}: something", behind)
    assert classify("GetCredentials", "CredentialRetrievalError", "x", Evidence(trail=trail)) is cause


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.UNKNOWN])
def test_every_cause_has_one_line(cause):
    line = remedy(cause, "ListRoots", "no")
    assert line
    assert "\n" not in line
    assert "{" not in line


def test_without_a_network_nobody_is_told_to_give_credentials():
    network = (Cause.NAME, Cause.UNREACHABLE, Cause.NO_ANSWER, Cause.PROXY_DOWN, Cause.CERTIFICATE)
    assert not [cause for cause in network if "give credentials" in remedy(cause, "GetCallerIdentity", "")]


def test_a_missing_bundle_is_named_with_its_file():
    told = remedy(Cause.CA_BUNDLE, "ListRoots", "", Evidence(ca_bundle="AWS_CA_BUNDLE=/etc/none.pem"))
    assert "AWS_CA_BUNDLE=/etc/none.pem" in told


def test_a_denial_names_who_and_what():
    message = denied("with an explicit deny in a permissions boundary")
    told = DeniedError("Generate", "AccessDenied", message).remedy
    assert ARN in told
    assert "iam:GenerateOrganizationsAccessReport" in told


def test_braces_in_a_message_are_only_text():
    assert "{host}" in remedy(Cause.DENIED, "x", "perform: a:b User: {host}")


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (TransitError, Cause.GARBAGE),
        (CredentialsError, Cause.CREDENTIALS),
        (DeniedError, Cause.DENIED),
        (RefusedError, Cause.UNKNOWN),
    ],
)
def test_an_error_that_says_nothing_has_the_cause_of_its_kind(kind, cause):
    assert kind("Op", "Odd", "odd").cause is cause


def test_an_error_without_a_remedy_is_told_alone():
    assert RefusedError("Op", "Odd", "odd").advised == "Op: Odd: odd"


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_any_words_have_a_cause_and_a_line(operation, code, message, trail):
    error = AwsError(operation, code, message, Evidence(trail=tuple(trail)))
    assert isinstance(error.cause, Cause)
    assert "\n" not in error.remedy.replace(message, "").replace(operation, "")
