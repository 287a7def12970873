"""Every recipe of docs/credentials.md, run as it stands there, against AWS's own names."""

import hashlib
import json
import re
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exporter.aws import configured
from exporter.config import parse
from exporter.errors import AwsError
from tests.credentials.world import Key, Role, World

PAGE = Path(__file__).parents[2] / "docs" / "credentials.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
USER = Key("arn:aws:iam::111122223333:user/exporter", "", float("inf"))
USER.access_key, USER.secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
READER = "role/org-access-exporter"
LAST = "assumed-role/org-access-exporter/"
EUROPE = ["sts.eu-central-1.amazonaws.com", "iam.amazonaws.com", "organizations.us-east-1.amazonaws.com"]
GOV = [
    "sts.us-gov-west-1.amazonaws.com",
    "iam.us-gov.amazonaws.com",
    "organizations.us-gov-west-1.amazonaws.com",
]
CHINA = [
    "sts.cn-north-1.amazonaws.com.cn",
    "iam.cn-north-1.amazonaws.com.cn",
    "organizations.cn-northwest-1.amazonaws.com.cn",
]


def recipes():
    """The blocks under each heading that has a configuration, by the heading: {kind: text}."""
    found = {}
    for part in re.split(r"^#{2,3} ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = dict(BLOCK.findall(part))
        if "yaml" in blocks:
            found[part.partition("\n")[0]] = blocks
    return found


RECIPES = recipes()


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.keys[USER.access_key] = USER
    yield made
    made.close()


@pytest.fixture
def follow(world, monkeypatch, tmp_path):
    """``follow(title)``: the organization that a recipe makes; its addresses are led to the world."""
    token = tmp_path / "token"

    def here(text):
        text = re.sub(r"/var/run/secrets/\S+", str(token), text)
        text = re.sub(r"http://169\.254\.[0-9.]+", world.agents, text)
        text = text.replace("/etc/ssl/certs/corporate.pem", world.ca).replace("/usr/local/bin", str(tmp_path))
        return text.replace("http://proxy.example.org:3128", world.proxy)

    def make(title):
        blocks = RECIPES[title]
        token.write_text("agent-token" if title.startswith("Pod") else "web-token")
        # Any recipe needs the way into this small world; one whose subject that is has it already.
        monkeypatch.setenv("HTTPS_PROXY", world.proxy)
        monkeypatch.setenv("AWS_CA_BUNDLE", world.ca)
        for name, value in re.findall(r"^export (\w+)=(.*)$", here(blocks.get("sh", "")), re.MULTILINE):
            monkeypatch.setenv(name, value)
        (tmp_path / "config").write_text(here(blocks.get("ini", "")))
        (organization,) = parse(blocks["yaml"], "recipe.yml").organizations
        return configured.organization(organization, lambda _: None)

    return make


def works(organization):
    """A report is made and looked at, and the organization is asked for."""
    session = organization.open_session(300.0)
    assert session.get(session.generate("o-exampleorg/r-exam")).status == "IN_PROGRESS"
    organization._door.service("organizations").call("describe_organization")


def reader(world, partition="aws", **more):
    world.roles[f"arn:{partition}:iam::111122223333:{READER}"] = Role(**more)


def web(world, partition="aws"):
    world.web_tokens.add("web-token")
    world.roles[f"arn:{partition}:iam::444455556666:role/exporter-pod"] = Role(web=True)
    reader(world, partition, by="444455556666:assumed-role/exporter-pod/", external_id="any-word-of-yours")


def ready(world, title, monkeypatch, tmp_path):  # noqa: C901, PLR0911, PLR0912 - a case for each place
    """What the place of a recipe has ready; the ARN that reads in the end, and the names that were asked."""
    hop = EUROPE[1:]
    match title:
        case "IRSA in the management account" | "IRSA from another account, one hop":
            world.web_tokens.add("web-token")
            reader(world, web=True)
            return LAST, EUROPE
        case "IRSA from another account, two hops":
            web(world)
            return LAST, EUROPE
        case "Pod Identity in the management account":
            return "assumed-role/pod-role/eks-pod", hop
        case "Pod Identity from another account":
            reader(world, by="assumed-role/pod-role/", tag_session=True)
            return LAST, EUROPE
        case "ECS and Fargate":
            monkeypatch.setattr(
                "botocore.utils.ContainerMetadataFetcher.IP_ADDRESS", world.agents.split("//")[1]
            )
            return "assumed-role/task-role/task", hop
        case "EC2":
            monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", world.agents)
            return "assumed-role/instance-role/", hop
        case "A machine elsewhere":
            reader(world, by="user/exporter", external_id="any-word-of-yours")
            return LAST, ["sts.us-east-1.amazonaws.com", *hop]
        case "IAM Roles Anywhere":
            _helper(world, tmp_path)
            return "assumed-role/org-access-exporter/machine", hop
        case "SSO, for a person":
            _logged_in(world, tmp_path)
            return "AWSReservedSSO_OrgAudit/person", ["portal.sso.us-east-1.amazonaws.com", *hop]
        case "A proxy":
            reader(world, by="user/exporter", external_id="any-word-of-yours")
            return LAST, EUROPE
        case "A private CA":
            return "user/exporter", hop
        case "VPC endpoints":
            web(world)
            return LAST, [f"{api}.vpce.internal" for api in ("sts", "iam", "organizations")]
        case "FIPS":
            reader(world, by="user/exporter", external_id="any-word-of-yours")
            named = ("sts-fips.us-east-1", "iam-fips", "organizations-fips.us-east-1")
            return LAST, [f"{name}.amazonaws.com" for name in named]
        case "GovCloud":
            web(world, "aws-us-gov")
            return LAST, GOV
        case "China":
            reader(world, "aws-cn", by="user/exporter", external_id="any-word-of-yours")
            return LAST, CHINA
    raise AssertionError(f"nothing is known of the recipe {title!r}")


def _helper(world, tmp_path):
    """The signing helper of Roles Anywhere, which prints keys."""
    role = f"arn:aws:iam::111122223333:{READER}"
    key = world.session(role, "machine")
    given = {
        "Version": 1,
        "AccessKeyId": key.access_key,
        "SecretAccessKey": key.secret,
        "SessionToken": key.token,
        "Expiration": key.end,
    }
    path = tmp_path / "aws_signing_helper"
    path.write_text(f"#!/bin/sh\n[ \"$1\" = credential-process ] && echo '{json.dumps(given)}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _logged_in(world, tmp_path, token="sso-token"):
    """What ``aws sso login`` leaves behind."""
    world.sso_tokens.add("sso-token")
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    end = datetime.fromtimestamp(time.time() + 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kept = {"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1"}
    text = json.dumps({**kept, "accessToken": token, "expiresAt": end})
    (cache / f"{hashlib.sha1(b'corp').hexdigest()}.json").write_text(text)


@pytest.fixture(autouse=True)
def sso_cache(monkeypatch, tmp_path):
    """The home directory of this test: botocore looked for it when it was imported."""
    folder = str(tmp_path / ".aws" / "sso" / "cache")
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", folder)
    monkeypatch.setattr("botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR", folder)


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_as_it_stands(world, follow, monkeypatch, tmp_path, title):
    arn, hosts = ready(world, title, monkeypatch, tmp_path)
    works(follow(title))
    (who,) = set(world.callers("GetOrganizationsAccessReport"))
    assert arn in who
    assert world.hosts() == hosts


def test_there_is_a_recipe_for_every_place():
    assert len(RECIPES) == 16


def test_every_signature_is_right_and_for_the_region_of_its_service(world, follow, monkeypatch, tmp_path):
    ready(world, "IRSA from another account, two hops", monkeypatch, tmp_path)
    works(follow("IRSA from another account, two hops"))
    assert {(name, region) for name, _, region, _ in world.calls} == {
        ("AssumeRoleWithWebIdentity", ""),
        ("AssumeRole", "eu-central-1"),
        ("GenerateOrganizationsAccessReport", "us-east-1"),
        ("GetOrganizationsAccessReport", "us-east-1"),
        ("DescribeOrganization", "us-east-1"),
    }


def test_a_wrong_secret_is_refused(world, follow):
    world.keys[USER.access_key] = other = Key(USER.arn, "", float("inf"))
    other.access_key = USER.access_key
    with pytest.raises(AwsError, match="SignatureDoesNotMatch"):
        works(follow("A private CA"))


def test_a_pods_report_is_read_with_the_keys_that_made_it_while_others_are_given(world, follow):
    world.rotating, world.lifetime = True, 700.0
    organization = follow("Pod Identity in the management account")
    session = organization.open_session(300.0)
    job = session.generate("o-exampleorg/r-exam")
    organization._door.forget()
    other = organization.open_session(300.0)
    assert other.get(other.generate("o-exampleorg/r-exam")).status == "IN_PROGRESS"
    assert session.get(job).status == "IN_PROGRESS"
    with pytest.raises(AwsError, match="NoSuchEntity"):
        other.get(job)


def test_a_pods_token_is_read_again(world, follow, tmp_path):
    organization = follow("Pod Identity in the management account")
    world.agent_tokens = {"second-token"}
    with pytest.raises(AwsError):
        organization.open_session(300.0)
    (tmp_path / "token").write_text("second-token")
    works(organization)


def test_without_tag_session_a_pod_is_refused_another_role(world, follow, monkeypatch, tmp_path):
    reader(world, by="assumed-role/pod-role/")
    with pytest.raises(AwsError, match="sts:TagSession"):
        follow("Pod Identity from another account").open_session(300.0)


def test_a_web_token_is_read_again(world, follow, tmp_path):
    title = "IRSA in the management account"
    reader(world, web=True)
    world.web_tokens.add("second-token")
    organization = follow(title)
    with pytest.raises(AwsError, match="InvalidIdentityToken"):
        organization.open_session(300.0)
    (tmp_path / "token").write_text("second-token")
    works(organization)


def test_an_instance_whose_hop_limit_is_too_low_gives_nothing_and_keeps_nobody_waiting(
    world, follow, monkeypatch, tmp_path
):
    ready(world, "EC2", monkeypatch, tmp_path)
    world.imds_hops = False
    start = time.monotonic()
    with pytest.raises(AwsError, match="metadata service takes connections and does not answer"):
        follow("EC2").open_session(300.0)
    assert time.monotonic() - start < 25.0


def test_a_session_of_sso_that_is_over_is_told(world, follow, tmp_path):
    _logged_in(world, tmp_path, token="revoked")
    with pytest.raises(AwsError, match="UnauthorizedSSOTokenError"):
        follow("SSO, for a person").open_session(300.0)


@pytest.mark.parametrize("status", [403, 407, 503])
def test_a_proxy_that_lets_nothing_through_is_told(world, follow, status):
    world.refuses_tunnels = status
    with pytest.raises(AwsError, match="ProxyConnectionError"):
        follow("A proxy").open_session(300.0)


def test_a_ca_that_is_not_known_is_told(world, follow, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    World(other).close()
    monkeypatch.setattr(world, "ca", str(other / "authority.crt"))
    with pytest.raises(AwsError, match="SSLError"):
        works(follow("A private CA"))


def test_a_bundle_that_is_not_there_is_told(world, follow, monkeypatch):
    monkeypatch.setattr(world, "ca", "/nowhere/ca.pem")
    with pytest.raises(AwsError, match="No such file"):
        works(follow("A private CA"))
