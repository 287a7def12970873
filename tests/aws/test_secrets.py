"""Secrets that AWS, libraries and programs tell, in errors; and keys with white space around them."""

import shlex

import pytest

from exporter.aws.faults import coded
from exporter.errors import AwsError, CredentialsError
from tests.aws.conftest import query, query_error

GET = "GetOrganizationsAccessReport"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzKEY012345"
TOKEN = "IQoJb3JpZ2luX2VjEHoaCXVzLWVhc3QtMSJHMEUCIQDa"


@pytest.fixture
def session_keys(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAQWERTZUIOPASDFGH")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {}", "\t{} "])
@pytest.mark.usefixtures("session_keys")
def test_white_space_around_a_key_is_none_of_it(aws, organization, monkeypatch, name, around):
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    value = {"AWS_ACCESS_KEY_ID": "ASIAQWERTZUIOPASDFGH", "AWS_SECRET_ACCESS_KEY": SECRET}.get(name, TOKEN)
    monkeypatch.setenv(name, around.format(value))
    organization().open_session(300.0).get("job")
    assert "Credential=ASIAQWERTZUIOPASDFGH/" in aws.parameters(GET)[0]["_authorization"]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("AWS_ACCESS_KEY_ID", "access key id"),
        ("AWS_SECRET_ACCESS_KEY", "secret access key"),
        ("AWS_SESSION_TOKEN", "session token"),
    ],
)
@pytest.mark.parametrize("within", ["\n", "\r", " ", "\x07", "é"])
@pytest.mark.usefixtures("session_keys")
def test_a_key_that_cannot_be_one_is_named_and_not_shown(organization, monkeypatch, name, part, within):
    monkeypatch.setenv(name, f"{TOKEN}{within}{SECRET}")
    with pytest.raises(CredentialsError) as caught:
        organization().open_session(300.0)
    assert part in str(caught.value)
    assert TOKEN not in caught.value.advised
    assert SECRET not in caught.value.advised
    assert "copy them anew" in caught.value.remedy


def test_keys_of_a_program_are_trimmed_too(aws, organization, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    printed = '{"Version": 1, "AccessKeyId": "AKIDPROGRAM1\\n", "SecretAccessKey": "' + SECRET + '\\r\\n"}'
    (tmp_path / "config").write_text(f"[default]\ncredential_process = printf %s {shlex.quote(printed)}\n")
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    organization().open_session(300.0).get("job")
    assert "Credential=AKIDPROGRAM1/" in aws.parameters(GET)[0]["_authorization"]


def test_what_a_program_writes_when_it_fails_is_not_told(organization, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    script = tmp_path / "give"
    script.write_text("#!/bin/sh\necho 'login failed: correct horse battery' >&2\nexit 1\n")
    script.chmod(0o755)
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {script}\n")
    with pytest.raises(CredentialsError) as caught:
        organization().open_session(300.0)
    assert "horse" not in caught.value.advised
    assert "credential_process" in caught.value.advised


@pytest.mark.usefixtures("session_keys")
def test_an_answer_that_quotes_the_request_is_told_without_what_signed_it(aws, organization):
    canonical = f"POST\n/\n\nhost:iam\nx-amz-security-token:{TOKEN}\n\nhost;x-amz-security-token\n{SECRET}"
    aws.say(GET, query_error(403, "SignatureDoesNotMatch", f"The Canonical String should be '{canonical}'"))
    with pytest.raises(CredentialsError) as caught:
        organization().open_session(300.0).get("job")
    assert TOKEN not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "host:iam" in str(caught.value)


@pytest.mark.usefixtures("session_keys")
def test_a_secret_in_a_code_is_not_counted_as_one(aws, organization, calls):
    aws.say(GET, query_error(400, TOKEN))
    with pytest.raises(AwsError) as caught:
        organization().open_session(300.0).get("job")
    assert caught.value.code == "Unknown"
    assert [call.code for call in calls] == ["Unknown"]


@pytest.mark.usefixtures("session_keys")
def test_a_failed_job_is_told_without_secrets(aws, organization):
    details = f"<ErrorDetails><Message>x {TOKEN}</Message><Code>INTERNAL</Code></ErrorDetails>"
    aws.say(GET, query(GET, f"<JobStatus>FAILED</JobStatus>{details}"))
    page = organization().open_session(300.0).get("job")
    assert page.error_message == "x <secret>"


@pytest.mark.parametrize("code", ["", "a b", "x" * 200, "<b>", "\n", None])
def test_what_is_no_code_is_none(code):
    assert coded(code) == ""


@pytest.mark.parametrize("url", ["http://me:p4ss/w0rd@127.0.0.1:9", "http://me:p4ss#w0rd@127.0.0.1:9"])
def test_a_badly_escaped_proxy_is_named_without_its_password(organization, monkeypatch, url):
    monkeypatch.setenv("HTTP_PROXY", url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    with pytest.raises(AwsError) as caught:
        organization(iam_endpoint="http://iam.invalid").open_session(300.0).get("job")
    assert "p4ss" not in caught.value.advised
    assert "HTTP_PROXY" in caught.value.remedy
    assert "percent-encode" in caught.value.remedy
