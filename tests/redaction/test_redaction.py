"""No secret is left in a text, and no ordinary word is lost for that."""

import base64
import html
import json
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.redaction import MASK, redacted, remember, remember_request, remember_surroundings, trim
from exporter.redaction.clean import SECRETS
from exporter.redaction.known import Secrets

KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzKEY012345"
TOKEN = "IQoJb3JpZ2luX2VjEHoaCXVzLWVhc3QtMSJHMEUCIQDa+/k9xQ2fYtR7uPq0vLmZ3WsN8bKcD4eHgJ6iOaTz1yE5rXwVnBmQ"

WRITINGS = {
    "as it is": str,
    "in bytes": lambda text: repr(text.encode()),
    "with a line break": lambda text: repr(f"{text}\n"),
    "in a URL": lambda text: quote(text, safe=""),
    "in a form": quote_plus,
    "in a URL in a URL": lambda text: quote(quote(text, safe=""), safe=""),
    "in lower case escapes": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 behind a user": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "in base64 within more": lambda text: base64.b64encode(f"ab{text}cd".encode()).decode(),
    "in hexadecimal digits": lambda text: text.encode().hex(),
    "in JSON": lambda text: json.dumps({"x": text}),
    "in XML": html.escape,
    "within a word": lambda text: f"x{text}y",
    "broken over lines": lambda text: "\n  ".join(text[at : at + 19] for at in range(0, len(text), 19)),
    "its first half": lambda text: text[: len(text) // 2 + 4],
    "its second half": lambda text: text[len(text) // 2 - 6 :],
}

LOOKALIKES = [
    "http://user:{}@proxy:3128",
    "http://user:p@{}@proxy:3128/",
    "http://user:p/{}@proxy:3128",
    "Invalid header value b'{}\\n'",
    'Invalid header value "{}"',
    "Port could not be cast to integer value as '{}'",
    "Failed to parse: 'user:{}' is not a valid host or port",
    "x-amz-security-token:{}\n\nhost;x-amz-date",
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature={}",
    "{{'Authorization': 'Basic {}'}}",
    "Proxy-Authorization: Basic {}",
    "Credential={}/20261126/us-east-1",
    "X-Amz-Signature={}&x=1",
    "<SecretAccessKey>{}</SecretAccessKey>",
    '{{"SessionToken": "{}"}}',
    "aws_secret_access_key = {}",
    "ExternalId={}&Version=1",
    "password {}",
    "password: {}",
    "Bearer {}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}",
]

ORDINARY = [
    "ListRoots: AccessDeniedException: You don't have permissions to access this resource.",
    "The security token included in the request is expired",
    "ExpiredToken: The security token included in the request is invalid",
    "User: arn:aws:sts::111122223333:assumed-role/reader/me@corp.example may not perform: iam:GetX",
    "organizations[0].external_id: must be a string of 2 to 1224 characters",
    "Error when retrieving token from sso: Token has expired and refresh failed",
    "https://sts.us-east-1.amazonaws.com/ cannot be reached",
    "proxy wants a user and a password (407): give them in its URL",
    "Basic information about the account",
    "no session token, or an empty one",
    "the proxy of HTTPS_PROXY (proxy.corp:3128) wants a user",
]


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    SECRETS.__init__()


@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS)
@pytest.mark.parametrize("secret", [KEY, TOKEN], ids=["key", "token"])
def test_a_known_secret_is_found_in_every_writing(secret, writing):
    remember(secret)
    left = redacted(f"before {writing(secret)} behind")
    assert MASK in left
    assert left.startswith("before ")
    assert not [piece for piece in (writing(secret)[8:-8], secret[10:22]) if piece in left]


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_nobody_knows_is_found_by_what_it_looks_like(text):
    assert "c4nary" not in redacted(text.format("c4nary00"))


def test_a_token_of_another_is_found_by_its_shape():
    assert redacted("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln told") == f"{MASK} told"
    assert redacted("key AKIAIOSFODNN7EXAMPLE here") == f"key {MASK} here"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text):
    remember("prod", "a", "production", "111122223333", "org-access-exporter", "password")
    assert redacted(text) == text


def test_a_short_secret_is_found_where_it_stands_alone():
    remember("xid-1")
    assert redacted("external id xid-1, not xid-12 or axid-1") == f"external id {MASK}, not xid-12 or axid-1"


def test_the_oldest_of_very_many_are_forgotten():
    secrets = Secrets()
    for number in range(2000):
        secrets.add(f"secret-number-{number:08d}-of-many-that-there-are")
    assert secrets.taken_out("secret-number-00001999-of-many-that-there-are") == MASK
    assert secrets.taken_out("x secret-number-00000001").startswith("x ")


def test_the_secrets_of_the_surroundings_are_known(tmp_path):
    token = tmp_path / "token"
    token.write_text("service-account-token-0123456789\n")
    remember_surroundings(
        {
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "none"),
            "https_proxy": "http://me:hunter%2F22@proxy:1",
            "HTTP_PROXY": "http://me:b@d/p4ss@proxy:1",
        }
    )
    said = f"{KEY} service-account-token-0123456789 hunter/22 hunter%2F22 b@d/p4ss"
    assert redacted(said) == " ".join([MASK] * 5)


def test_white_space_around_settings_is_taken_away():
    environ = {"AWS_SESSION_TOKEN": "t\r\n", "HTTPS_PROXY": " http://p\n", "OTHER": " x "}
    trim(environ)
    assert environ == {"AWS_SESSION_TOKEN": "t", "HTTPS_PROXY": "http://p", "OTHER": " x "}


def test_what_a_request_was_signed_with_is_known():
    headers = {"X-Amz-Security-Token": b"token-of-some-request-1"}
    remember_request(SimpleNamespace(headers=headers, body=b"Action=AssumeRole&ExternalId=external-id-77"))
    assert redacted("token-of-some-request-1 external-id-77") == f"{MASK} {MASK}"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_around_a_secret_is_left_without_it(before, behind):
    secrets = Secrets()
    secrets.add(TOKEN)
    assert TOKEN not in secrets.taken_out(before + TOKEN + behind)


@given(st.text())
def test_any_text_can_be_cleaned(text):
    assert isinstance(redacted(text), str)
