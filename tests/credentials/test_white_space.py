"""White space around keys and tokens is none of theirs, on whatever way they come."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from exporter.aws.faults import unfound
from exporter.causes import Cause
from exporter.credentials import InvalidCredentialsError

ROLE = "arn:aws:iam::999999999999:role/reader"
CHAINED = f"[profile top]\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\n"


def padded(**more):
    return json.dumps({"Version": 1, "AccessKeyId": "ASIABASE\r\n", "SecretAccessKey": " secret\n", **more})


def test_keys_of_a_program_that_is_a_source_profile_are_trimmed(configured, program, chain, sts):
    keys = padded(SessionToken="token\n").replace("\\", "\\\\")
    path = program(f"printf '%b' '{keys}'")
    configured(f"{CHAINED}credential_process = {path}\n")
    assert chain(profile="top", region="eu-west-1", sts_endpoint=sts.url).keys(0.0).access_key == "ASIAROLE"
    assert "Credential=ASIABASE/" in sts.signed[0]


def test_keys_of_the_environment_that_are_a_profile_s_source_are_trimmed(configured, chain, sts, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV\n")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret\r\n")
    configured(f"[profile top]\nrole_arn = {ROLE}\ncredential_source = Environment\n")
    chain(profile="top", region="eu-west-1", sts_endpoint=sts.url).keys(0.0)
    assert "Credential=AKIAENV/" in sts.signed[0]


def test_a_key_of_a_source_with_a_blank_within_is_refused_by_name(configured, chain, sts):
    configured(f"{CHAINED}aws_access_key_id = AKIA BASE\naws_secret_access_key = secret\n")
    with pytest.raises(InvalidCredentialsError, match="the access key id holds"):
        chain(profile="top", region="eu-west-1", sts_endpoint=sts.url).keys(0.0)
    assert sts.asked == []


@pytest.fixture
def token_file(tmp_path):
    return tmp_path / "token"


@pytest.fixture
def web_identity(monkeypatch, token_file):
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token_file))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)


@pytest.mark.usefixtures("web_identity")
def test_a_web_identity_s_token_file_may_end_in_a_line_break(chain, sts, token_file):
    token_file.write_text("a.web.token\n")
    chain(region="eu-west-1", sts_endpoint=sts.url).keys(0.0)
    assert sts.asked[0]["WebIdentityToken"] == "a.web.token"


@pytest.mark.usefixtures("web_identity")
@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_token_file_is_told_as_one(chain, sts, token_file, text):
    token_file.write_text(text)
    with pytest.raises(Exception, match="WebIdentityToken") as caught:
        chain(region="eu-west-1", sts_endpoint=sts.url).keys(0.0)
    assert unfound(caught.value).cause is Cause.TOKEN_FILE


@pytest.fixture
def agent(monkeypatch):
    """A container's agent on loopback; the headers that it was asked with."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers.get("Authorization"))
            end = {"Token": "t", "Expiration": "2999-01-01T00:00:00Z"}
            body = padded(**end).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{server.server_port}/v1")
    yield asked
    server.shutdown()
    server.server_close()


def test_an_agent_s_token_file_may_end_in_a_line_break(chain, agent, token_file, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token_file))
    token_file.write_text("first\n")
    found = chain()
    assert found.keys(0.0).access_key == "ASIABASE"
    token_file.write_text("second\r\n")
    found.forget()
    found.keys(0.0)
    assert agent == ["first", "second"]


def test_an_agent_s_token_may_end_in_a_line_break(chain, agent, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "plain\n")
    chain().keys(0.0)
    assert agent == ["plain"]


def test_an_agent_without_a_token_is_asked_without_one(chain, agent):
    chain().keys(0.0)
    assert agent == [None]


def test_an_agent_s_token_file_that_is_not_there_is_told(chain, agent, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(FileNotFoundError):
        chain().keys(0.0)
    assert agent == []
