from exporter.aws import AwsOrganization
from exporter.aws.access import Access, Door
from exporter.aws.scope import Scope
from exporter.config import parse
from exporter.permissions import GENERATE, GET, Table, policies
from exporter.permissions.principals import OWN
from exporter.permissions.statements import JOB
from exporter.simulator import SimulationOptions, start

ROLE = "arn:aws-us-gov:iam::111122223333:role/reader"


def found(text, **more):
    return policies(parse(text, "c.yml"), **more)


def actions(policy):
    return {action for statement in policy["Statement"] for action in listed(statement["Action"])}


def listed(value):
    return value if isinstance(value, list) else [value]


def statement(policy, sid):
    (one,) = (item for item in policy["Statement"] if item["Sid"] == sid)
    return one


def test_without_roles_one_principal_reads_everything():
    assert list(found("{}")) == [OWN]


def test_what_is_allowed_is_what_is_called_and_what_aws_reads_to_make_a_report(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    # Without paths, accounts are listed parent by parent too.
    with start(SimulationOptions(accounts=2, ous=1, paths=False, speed=10_000)) as aws:
        access = Access(iam_endpoint=aws.url, organizations_endpoint=aws.url, sts_endpoint=aws.url)
        door = Door(access, lambda _: None)
        exporter = AwsOrganization(door, Scope(policies_enabled=True), attachments=True)
        discovery = exporter.discover()
        session = exporter.open_session(60)
        session.get(session.generate(discovery.entities[0].path))
        called = {f"{api}:{operation}" for api, operation in aws.simulation.calls.counts}
    policy = found("organizations: [{targets: {policies: {enabled: true}}}]")[OWN]
    assert actions(policy) == called | set(JOB)


def test_policies_are_listed_only_where_reports_on_them_are_wanted():
    assert "organizations:ListPolicies" not in actions(found("{}")[OWN])


def test_who_only_reads_reports_made_elsewhere_needs_not_what_making_them_takes():
    off = ", ".join(
        f"{name}: {{enabled: false}}" for name in ("root", "ous", "management_account", "accounts")
    )
    allowed = actions(found(f"organizations: [{{targets: {{{off}}}}}]")[OWN])
    assert GET in allowed
    assert GENERATE not in allowed
    assert "organizations:DescribePolicy" not in allowed


def test_with_a_role_our_own_credentials_may_only_assume_it():
    by_principal = found(f"organizations: [{{region: us-gov-west-1, role_arn: '{ROLE}'}}]")
    assert list(by_principal) == [OWN, ROLE]
    assert by_principal[OWN]["Statement"] == [
        {"Sid": "AssumeRoles", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
    ]


def test_a_role_makes_reports_in_its_own_account_and_partition():
    role = found(f"organizations: [{{region: us-gov-west-1, role_arn: '{ROLE}'}}]")[ROLE]
    generate = statement(role, "GenerateReports")
    assert generate["Resource"] == "arn:aws-us-gov:iam::111122223333:access-report/*"


def test_each_profile_is_a_principal():
    by_principal = found("organizations: [{name: a, profile: p}, {name: b}]")
    assert list(by_principal) == ["profile p", OWN]


def test_what_several_organizations_need_of_one_principal_is_one_statement_each():
    two = found("organizations: [{name: a, targets: {policies: {enabled: true}}}, {name: b}]")[OWN]
    sids = [item["Sid"] for item in two["Statement"]]
    assert sids == ["GenerateReports", "ReadReports", "ReadOrganization"]
    assert "organizations:ListPolicies" in statement(two, "ReadOrganization")["Action"]


def test_all_roles_are_in_one_statement():
    roles = [f"arn:aws:iam::111122223333:role/{name}" for name in "ab"]
    named = [f"{{name: {role[-1]}, role_arn: '{role}'}}" for role in roles]
    own = found(f"organizations: [{', '.join(named)}]")[OWN]
    assert statement(own, "AssumeRoles")["Resource"] == roles


def test_the_table_of_the_state_is_our_own_credentials_business():
    table = Table("reports", "us-gov-west-1", "aws-us-gov")
    by_principal = found(
        f"organizations: [{{region: us-gov-west-1, role_arn: '{ROLE}'}}]", table=table, account_id="4" * 12
    )
    arn = "arn:aws-us-gov:dynamodb:us-gov-west-1:444444444444:table/reports"
    assert statement(by_principal[OWN], "KeepState")["Resource"] == arn
    assert not any(action.startswith("dynamodb:") for action in actions(by_principal[ROLE]))


def test_no_action_is_a_wildcard():
    everything = found(
        f"organizations: [{{name: a, targets: {{policies: {{enabled: true}}}}}}, {{name: b, profile: p}},"
        f" {{name: c, region: us-gov-west-1, role_arn: '{ROLE}'}}]",
        table=Table("t", "us-east-1", "aws"),
    )
    assert not any("*" in action for policy in everything.values() for action in actions(policy))
