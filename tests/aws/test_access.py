"""Credentials: found, assumed, kept for a job, and found again."""

import itertools
import time
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


@pytest.mark.parametrize("lifetime", [300.0, 3600.0, 7200.0, 13 * 3600.0])
def test_a_role_is_assumed_for_the_hour_that_a_chain_of_roles_may_last(roles, organization, lifetime):
    made = organization(role_arn=ROLE)
    for _ in range(3):
        made.open_session(lifetime)
    assert [asked["DurationSeconds"] for asked in roles.parameters("AssumeRole")] == ["3600"]


def scope(aws, operation):
    """The Region and the API that the last such call was signed for."""
    return aws.parameters(operation)[-1]["_authorization"].partition("Credential=")[2].split("/")[2:4]


GOV = ROLE.replace("aws", "aws-us-gov", 1)
CHINA = ROLE.replace("aws", "aws-cn", 1)


@pytest.mark.parametrize(
    ("access", "around", "region"),
    [
        ({}, {}, "us-east-1"),
        ({}, {"AWS_REGION": "eu-central-1"}, "eu-central-1"),
        ({"role_arn": GOV}, {"AWS_DEFAULT_REGION": "us-gov-east-1"}, "us-gov-east-1"),
        ({"region": "eu-west-3"}, {"AWS_REGION": "eu-central-1"}, "eu-west-3"),
        ({"role_arn": CHINA, "profile": "cn"}, {}, "cn-northwest-1"),
        ({"role_arn": CHINA}, {}, "cn-north-1"),
    ],
    indirect=["around"],
)
def test_sts_is_asked_in_the_organizations_region(organization, roles, access, region, around):
    organization(**{"role_arn": ROLE, **access}).open_session(300.0)
    assert scope(roles, "AssumeRole") == [region, "sts"]


@pytest.fixture
def around(request, monkeypatch, tmp_path):
    """Nothing names a Region but this environment, and a profile ``cn`` that is in China."""
    keys = "region = cn-northwest-1\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n"
    (tmp_path / "config").write_text(f"[profile cn]\n{keys}")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in request.param.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("leg", ["profile", "web identity"])
def test_region_and_endpoint_hold_for_the_legs_of_the_chain_too(
    aws, organization, monkeypatch, tmp_path, leg
):
    """Nothing but the fake listens: a leg that went to AWS's own address would fail."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    aws.say("AssumeRole", assumed(1, clock=time.time))
    status, body = assumed(2, clock=time.time)
    aws.say("AssumeRoleWithWebIdentity", (status, body.replace("AssumeRole", "AssumeRoleWithWebIdentity")))
    aws.say(GET, query(GET, "<JobStatus>IN_PROGRESS</JobStatus>"))
    if leg == "profile":
        keys = "aws_access_key_id = AKIDBASE\naws_secret_access_key = s\n"
        role = f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\n"
        (tmp_path / "config").write_text(f"[profile base]\n{keys}{role}")
        organization(profile="p", region="eu-south-2").open_session(300.0).get("job-1")
        assert scope(aws, "AssumeRole") == ["eu-south-2", "sts"]
    else:
        (tmp_path / "token").write_text("a.web.token")
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        organization(region="eu-south-2").open_session(300.0).get("job-1")
        assert aws.parameters("AssumeRoleWithWebIdentity")[-1]["WebIdentityToken"] == "a.web.token"
    assert key_used(aws).startswith("ASIAROLE")
