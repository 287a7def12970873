"""Credentials: found, assumed, kept for a job, and found again."""

import itertools
from datetime import UTC, datetime

import pytest

from exporter.errors import AwsError, CredentialsError, DeniedError
from tests.aws.conftest import query, query_error

GET = "GetOrganizationsAccessReport"
NOW = 1_700_000_000.0
ROLE = "arn:aws:iam::999999999999:role/reader"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def assumed(number, lifetime=3600.0, clock=lambda: NOW):
    expires = datetime.fromtimestamp(clock() + lifetime, UTC).isoformat()
    keys = f"<AccessKeyId>ASIAROLE{number}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
    end = f"<SessionToken>t{number}</SessionToken><Expiration>{expires}</Expiration>"
    return query("AssumeRole", f"<Credentials>{keys}{end}</Credentials>")


@pytest.fixture
def roles(aws, clock):
    numbers = itertools.count(1)
    aws.say("AssumeRole", lambda _: assumed(next(numbers), clock=clock))
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    return aws


def key_used(aws):
    return aws.parameters(GET)[-1]["_authorization"].partition("Credential=")[2].partition("/")[0]


def test_calls_are_signed_with_the_keys_of_the_chain(aws, organization):
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    organization().open_session(300.0).get("job-1")
    assert key_used(aws) == "AKIDOWN"


def test_calls_are_signed_with_the_keys_of_the_role(roles, organization):
    organization(role_arn=ROLE).open_session(300.0).get("job-1")
    assert key_used(roles) == "ASIAROLE1"


def test_the_role_is_assumed_under_the_session_name_and_external_id(roles, organization):
    organization(role_arn=ROLE, external_id="secret-word", session_name="us").open_session(300.0)
    asked = roles.parameters("AssumeRole")[0]
    assert (asked["RoleArn"], asked["RoleSessionName"], asked["ExternalId"]) == (ROLE, "us", "secret-word")


def test_a_key_of_ones_own_is_known_again_without_telling_it(aws, organization):
    first, second = (organization().open_session(300.0).principal for _ in range(2))
    assert first == second != ""
    assert "AKIDOWN" not in first


def test_another_key_is_another_principal(aws, organization, monkeypatch):
    first = organization().open_session(300.0).principal
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER")
    assert organization().open_session(300.0).principal != first


def test_the_session_of_a_role_is_never_known_again(roles, organization):
    assert organization(role_arn=ROLE).open_session(300.0).principal == ""


def test_a_role_is_assumed_once_for_many_jobs(roles, organization):
    made = organization(role_arn=ROLE)
    for _ in range(3):
        made.open_session(300.0).get("job-1")
    assert roles.count("AssumeRole") == 1


def test_a_role_that_would_end_within_the_job_is_assumed_anew(roles, organization, clock):
    made = organization(role_arn=ROLE, clock=clock)
    made.open_session(300.0)
    clock.now += 3600.0 - 299.0
    made.open_session(300.0).get("job-1")
    assert key_used(roles) == "ASIAROLE2"


def test_a_session_keeps_its_keys_while_others_get_new_ones(roles, organization, clock):
    made = organization(role_arn=ROLE, clock=clock)
    old = made.open_session(300.0)
    clock.now += 3500.0
    made.open_session(300.0)
    old.get("job-1")
    assert key_used(roles) == "ASIAROLE1"


def test_after_a_refusal_of_the_credentials_new_ones_are_found(aws, organization, monkeypatch):
    made = organization()
    aws.say(GET, query_error(403, "ExpiredToken"), query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    with pytest.raises(CredentialsError):
        made.open_session(300.0).get("job-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDNEW")
    made.open_session(300.0).get("job-1")
    assert key_used(aws) == "AKIDNEW"


def test_a_role_that_may_not_be_assumed_is_denied(aws, organization):
    aws.say("AssumeRole", query_error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"))
    with pytest.raises(DeniedError, match="sts:AssumeRole"):
        organization(role_arn=ROLE).open_session(300.0)


@pytest.mark.parametrize("answer", ["", "<Credentials></Credentials>"])
def test_an_assumed_role_without_keys_is_an_error(aws, organization, answer):
    aws.say("AssumeRole", query("AssumeRole", answer))
    with pytest.raises(AwsError):
        organization(role_arn=ROLE).open_session(300.0)


def test_an_unknown_profile_is_a_credentials_error(organization):
    with pytest.raises(CredentialsError, match="nobody"):
        organization(profile="nobody").open_session(300.0)


def test_credentials_that_appear_later_are_found(organization, aws, monkeypatch):
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    made = organization()
    with pytest.raises(CredentialsError):
        made.open_session(300.0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDLATE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    made.open_session(300.0).get("job-1")
    assert key_used(aws) == "AKIDLATE"
