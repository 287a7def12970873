import json

import pytest

from exporter.aws import AwsOrganization
from exporter.config import parse
from exporter.permissions import needed
from exporter.simulator import Fault, FaultKind, SimulationOptions, start
from tests.simulated import SPEED, Commands, keep_pace, use_credentials

BY_POLICY = "organizations: [{targets: {policies: {enabled: true}}}]"
PERMISSIONS = sorted(needed(parse(BY_POLICY, "c.yml").organizations[0]))
UNNEEDED = "organizations:ListAccountsForParent"  # the simulated AWS tells the accounts' paths


@pytest.fixture
def point(tmp_path, monkeypatch, capsys):
    """Points commands at an endpoint, with all kinds of targets and perhaps a role."""
    use_credentials(monkeypatch, tmp_path)
    keep_pace(monkeypatch)

    def at(endpoint, role_arn=""):
        url, file = endpoint.url, tmp_path / "config.yml"
        role = f', role_arn: "{role_arn}"' if role_arn else ""
        file.write_text(
            f'organizations: [{{name: sim, endpoints: {{iam: "{url}", organizations: "{url}", sts: "{url}"}}'
            f"{role}, targets: {{policies: {{enabled: true}}}}}}]\n"
        )
        return Commands(endpoint, file, capsys)

    return at


@pytest.fixture
def checked(point, endpoint):
    """The JSON of ``check-aws`` with these permissions taken away."""

    def run(*denied, role_arn=""):
        commands = point(endpoint, role_arn)
        commands.aws.denied = set(denied)
        commands.aws.forget()
        ran = commands.run("check-aws", "--output", "json")
        commands.aws.denied = set()
        commands.aws.forget()
        document = ran.json
        assert ran.code == (0 if document["ok"] else 1)
        return document["organizations"][0]

    return run


def results(found):
    return {check["check"]: check["result"] for check in found["checks"]}


def test_with_everything_allowed_every_check_passes(checked):
    found = checked()
    assert found["ok"]
    assert set(results(found).values()) == {"ok"}
    assert set(PERMISSIONS) <= results(found).keys()


@pytest.mark.parametrize("permission", [one for one in PERMISSIONS if one != UNNEEDED])
def test_a_permission_taken_away_is_named_and_no_other(checked, permission):
    found = checked(permission)
    assert found["missing_permissions"] == [permission]
    (check,) = (one for one in found["checks"] if one["permission"] == permission)
    assert permission in check["remedy"]


def test_permission_to_assume_the_role_is_one_of_them(checked, endpoint):
    account = endpoint.simulation.organization.management_account.id
    role = f"arn:aws:iam::{account}:role/reader"
    found = checked("sts:AssumeRole", role_arn=role)
    assert found["missing_permissions"] == ["sts:AssumeRole"]
    assert role in found["checks"][-1]["remedy"]


def test_a_role_that_can_be_assumed_reads_the_organization(checked, endpoint):
    account = endpoint.simulation.organization.management_account.id
    found = checked(role_arn=f"arn:aws:iam::{account}:role/reader")
    assert found["ok"]
    assert results(found)["role"] == "ok"


def test_several_missing_permissions_are_all_named(checked):
    denied = {"organizations:ListParents", "organizations:ListAccounts", "iam:GetOrganizationsAccessReport"}
    assert set(checked(*denied)["missing_permissions"]) == denied


@pytest.mark.parametrize(
    ("options", "check", "remedy"),
    [
        ({"caller_is_management": False}, "management account", "role_arn"),
        ({"all_features": False}, "all features", "enable-all-features"),
        ({"scps_enabled": False}, "service control policies", "enable-policy-type"),
    ],
)
def test_what_stands_in_the_way_is_told_with_its_remedy(point, options, check, remedy):
    with start(SimulationOptions(accounts=1, ous=0, speed=SPEED, **options)) as endpoint:
        ran = point(endpoint).run("check-aws", "--output", "json")
    (failed,) = (one for one in ran.json["organizations"][0]["checks"] if one["check"] == check)
    assert (ran.code, failed["result"]) == (1, "failed")
    assert remedy in failed["remedy"]
    assert ran.json["organizations"][0]["missing_permissions"] == []


def test_without_credentials_nothing_else_is_looked_at(point, endpoint, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    ran = point(endpoint).run("check-aws", "--output", "json")
    (check,) = ran.json["organizations"][0]["checks"]
    assert (check["check"], check["result"]) == ("credentials", "failed")


def test_a_job_that_fails_for_another_reason_is_told(point, endpoint):
    commands = point(endpoint)
    commands.aws.forget()
    commands.aws.faults.add(Fault(FaultKind.FAILED, code="INTERNAL", message="no"))
    ran = commands.run("check-aws")
    commands.aws.forget()
    assert ran.code == 1
    assert "INTERNAL: no" in ran.out


def test_a_slot_that_is_taken_is_no_missing_permission(point, endpoint):
    commands = point(endpoint)
    taken = Fault(
        FaultKind.ERROR,
        "GenerateOrganizationsAccessReport",
        times=0,
        status=409,
        code="ReportGenerationLimitExceeded",
    )
    commands.aws.faults.add(taken)
    ran = commands.run("check-aws", "--timeout", "100ms")
    commands.aws.faults.clear()
    assert ran.code == 1
    assert "? report: not checked" in ran.out


def test_the_table_has_ticks_and_what_to_do_about_each_cross(point, endpoint):
    commands = point(endpoint)
    commands.aws.denied = {"organizations:ListPolicies"}
    out = commands.run("check-aws").out
    commands.aws.denied = set()
    assert "\N{CHECK MARK} management account" in out
    assert "\N{BALLOT X} organizations:ListPolicies: AccessDeniedException" in out
    assert "-> allow organizations:ListPolicies" in out


def test_more_reports_than_the_slot_can_make_is_a_warning(point, endpoint):
    commands = point(endpoint)
    text = commands.file.read_text().replace(
        "policies: {enabled: true}", "root: {refresh: 1m}, accounts: {refresh: 1m}"
    )
    commands.file.write_text(text)
    found = commands.run("check-aws", "--output", "json").json["organizations"][0]
    assert found["checks"][-1]["check"] == "sweep"
    assert json.dumps(found).count('"failed"') == 0


def test_a_permission_that_is_not_needed_is_told_and_fails_nothing(checked):
    found = checked(UNNEEDED)
    assert (found["ok"], found["missing_permissions"], results(found)[UNNEEDED]) == (True, [], "note")


def test_keys_that_aws_does_not_know_leave_no_tick(point, endpoint):
    commands = point(endpoint)
    unknown = Fault(FaultKind.ERROR, times=0, status=403, code="UnrecognizedClientException")
    commands.aws.faults.add(unknown)
    ran = commands.run("check-aws")
    commands.aws.faults.clear()
    assert ran.code == 1
    assert "\N{CHECK MARK}" not in ran.out.partition("state")[0]


def test_first_pages_without_anything_are_read_on(point):
    with start(SimulationOptions(accounts=1, ous=0, speed=SPEED, empty_pages=True)) as endpoint:
        found = point(endpoint).run("check-aws", "--output", "json").json["organizations"][0]
    assert found["ok"]
    assert set(results(found).values()) == {"ok"}


def test_credentials_are_asked_for_as_long_as_serve_asks(point, endpoint, monkeypatch):
    lifetimes = []
    open_session = AwsOrganization.open_session

    def opened(self, lifetime):
        lifetimes.append(lifetime)
        return open_session(self, lifetime)

    monkeypatch.setattr(AwsOrganization, "open_session", opened)
    commands = point(endpoint)
    commands.file.write_text(f"{commands.file.read_text()}collection: {{job_timeout: 2h}}\n")
    assert commands.run("check-aws", "--timeout", "1m").code == 0
    assert lifetimes == [7200.0]
