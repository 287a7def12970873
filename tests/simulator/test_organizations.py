"""Organizations' read operations, asked by boto3 over HTTP."""

import json

import pytest
from botocore.exceptions import ClientError

from exporter.model import EntityType


def _all(organizations, method, key, **parameters):
    pages = organizations.get_paginator(method).paginate(**parameters)
    return [item for page in pages for item in page[key]]


def _code(ask):
    with pytest.raises(ClientError) as error:
        ask()
    return error.value.response["Error"]["Code"]


@pytest.fixture
def organizations(aws):
    return aws.client("organizations")


def test_an_organization_is_described(aws, organizations):
    organization = organizations.describe_organization()["Organization"]
    assert organization["Id"] == aws.organization.id
    assert organization["MasterAccountId"] == aws.organization.management_account.id
    assert organization["FeatureSet"] == "ALL"


def test_the_root_has_scps_enabled(aws, organizations):
    (root,) = organizations.list_roots()["Roots"]
    assert root["Id"] == aws.organization.root.id
    assert root["Arn"].endswith(aws.organization.root.path)
    assert root["PolicyTypes"] == [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]


@pytest.mark.parametrize(
    ("switch", "features"), [("scps_enabled", "ALL"), ("all_features", "CONSOLIDATED_BILLING")]
)
def test_a_root_can_be_without_scps(simulate, switch, features):
    organizations = simulate(**{switch: False}).client("organizations")
    assert organizations.list_roots()["Roots"][0]["PolicyTypes"] == []
    assert organizations.describe_organization()["Organization"]["FeatureSet"] == features


def test_every_account_is_listed_with_path_and_state(aws, organizations):
    listed = _all(organizations, "list_accounts", "Accounts")
    accounts = list(aws.organization.accounts())
    assert len(listed) == len(accounts) == 31
    assert [(one["Id"], one["Name"], one["Paths"], one["State"]) for one in listed] == [
        (one.id, one.name, [f"{one.path}/"], one.state) for one in accounts
    ]
    assert not any("Status" in one for one in listed)


def test_hostile_names_arrive_as_they_are(simulate):
    aws = simulate(hostile_names=True)
    listed = _all(aws.client("organizations"), "list_accounts", "Accounts")
    assert [one["Name"] for one in listed] == [one.name for one in aws.organization.accounts()]


def test_states_can_give_way_to_the_older_status(simulate):
    aws = simulate(account_state=False, account_status=True, accounts=200)
    listed = _all(aws.client("organizations"), "list_accounts", "Accounts")
    assert not any("State" in one for one in listed)
    assert {one["Status"] for one in listed} == {"ACTIVE", "SUSPENDED", "PENDING_CLOSURE"}


def test_paths_can_be_missing(simulate):
    aws = simulate(paths=False)
    organizations = aws.client("organizations")
    assert not any("Paths" in one for one in _all(organizations, "list_accounts", "Accounts"))
    units = organizations.list_organizational_units_for_parent(ParentId=aws.organization.root.id)
    assert not any("Path" in one for one in units["OrganizationalUnits"])


def test_paths_can_leave_the_account_out(simulate):
    aws = simulate(account_paths_end_with_account=False)
    for one in _all(aws.client("organizations"), "list_accounts", "Accounts"):
        assert f"{one['Paths'][0]}{one['Id']}" == aws.organization.entities[one["Id"]].path


def test_the_tree_can_be_walked_from_the_root(simulate):
    aws = simulate(ous=12, accounts=60)
    organizations = aws.client("organizations")
    found, waiting = {}, [aws.organization.root.id]
    while waiting:
        parent = waiting.pop()
        units = _all(
            organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
        )
        accounts = _all(organizations, "list_accounts_for_parent", "Accounts", ParentId=parent)
        found |= {one["Id"]: one["Path"].rstrip("/") for one in units}
        found |= {one["Id"]: one["Paths"][0].rstrip("/") for one in accounts}
        waiting += [one["Id"] for one in units]
    entities = aws.organization.entities.values()
    assert found == {one.id: one.path for one in entities if one.type is not EntityType.ROOT}


def test_children_and_parents_agree(aws, organizations):
    root = aws.organization.root.id
    units = _all(organizations, "list_children", "Children", ParentId=root, ChildType="ORGANIZATIONAL_UNIT")
    accounts = _all(organizations, "list_children", "Children", ParentId=root, ChildType="ACCOUNT")
    assert {one["Type"] for one in units} == {"ORGANIZATIONAL_UNIT"}
    assert [one["Id"] for one in accounts] == [aws.organization.management_account.id]
    for child in [*units, *accounts]:
        parents = organizations.list_parents(ChildId=child["Id"])["Parents"]
        assert parents == [{"Id": root, "Type": "ROOT"}]


def test_policies_are_listed_and_described(aws, organizations):
    listed = _all(organizations, "list_policies", "Policies", Filter="SERVICE_CONTROL_POLICY")
    assert {one["Id"] for one in listed} == set(aws.organization.policies)
    assert [one["Name"] for one in listed if one["AwsManaged"]] == ["FullAWSAccess"]
    for one in listed:
        policy = organizations.describe_policy(PolicyId=one["Id"])["Policy"]
        assert policy["PolicySummary"] == one
        assert json.loads(policy["Content"])["Version"] == "2012-10-17"


def test_there_are_no_policies_of_another_type(organizations):
    assert organizations.list_policies(Filter="TAG_POLICY")["Policies"] == []


def test_targets_and_policies_agree(aws, organizations):
    pairs = {
        (target["TargetId"], policy_id)
        for policy_id in aws.organization.policies
        for target in _all(organizations, "list_targets_for_policy", "Targets", PolicyId=policy_id)
    }
    attached = {
        (entity_id, policy["Id"])
        for entity_id in aws.organization.entities
        for policy in organizations.list_policies_for_target(
            TargetId=entity_id, Filter="SERVICE_CONTROL_POLICY"
        )["Policies"]
    }
    assert pairs == attached


def test_one_entity_can_be_described(aws, organizations):
    unit = aws.entity("Prod")
    account = next(aws.organization.member_accounts(unit))
    described = organizations.describe_organizational_unit(OrganizationalUnitId=unit.id)
    assert described["OrganizationalUnit"]["Name"] == "Prod"
    assert organizations.describe_account(AccountId=account.id)["Account"]["Name"] == account.name


def test_pages_are_as_long_as_the_limit_says(simulate):
    organizations = simulate(organization_page_limit=7).client("organizations")
    pages = list(organizations.get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [7, 7, 7, 7, 3]


def test_an_empty_page_can_carry_a_token(simulate):
    aws = simulate(empty_pages=True)
    organizations = aws.client("organizations")
    first = organizations.list_accounts()
    assert first["Accounts"] == []
    assert first["NextToken"]
    assert len(_all(organizations, "list_accounts", "Accounts")) == 31


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        ("list_accounts_for_parent", {"ParentId": "r-none"}, "ParentNotFoundException"),
        ("list_parents", {"ChildId": "123456789012"}, "ChildNotFoundException"),
        ("describe_policy", {"PolicyId": "p-none0000"}, "PolicyNotFoundException"),
        ("describe_account", {"AccountId": "000000000000"}, "AccountNotFoundException"),
        (
            "describe_organizational_unit",
            {"OrganizationalUnitId": "ou-none-00000000"},
            "OrganizationalUnitNotFoundException",
        ),
        (
            "list_policies_for_target",
            {"TargetId": "000000000000", "Filter": "SERVICE_CONTROL_POLICY"},
            "TargetNotFoundException",
        ),
        ("list_accounts", {"NextToken": "made up"}, "InvalidInputException"),
        ("list_accounts", {"MaxResults": 21}, "InvalidInputException"),
        ("list_policies", {}, "InvalidInputException"),
        ("create_organizational_unit", {"ParentId": "r-none", "Name": "new"}, "AccessDeniedException"),
    ],
)
def test_wrong_parameters_get_the_error_of_the_model(aws, method, parameters, code):
    organizations = aws.client("organizations", parameter_validation=False)
    assert _code(lambda: getattr(organizations, method)(**parameters)) == code


def test_a_token_of_another_operation_is_refused(simulate):
    organizations = simulate(empty_pages=True).client("organizations")
    token = organizations.list_roots()["NextToken"]
    assert _code(lambda: organizations.list_accounts(NextToken=token)) == "InvalidInputException"


def test_a_member_account_may_see_the_organization_and_nothing_in_it(aws):
    member = next(aws.organization.member_accounts(aws.organization.root))
    organizations = aws.session("organizations", member.id)
    assert organizations.describe_organization()["Organization"]["Id"] == aws.organization.id
    assert _code(organizations.list_accounts) == "AccessDeniedException"


def test_a_stranger_has_no_organization(aws):
    organizations = aws.session("organizations", "111122223333")
    assert _code(organizations.describe_organization) == "AWSOrganizationsNotInUseException"


def test_too_many_calls_are_throttled_if_asked_for(simulate):
    organizations = simulate(throttles=True).client("organizations")
    organizations.describe_organization()
    organizations.describe_organization()
    assert _code(organizations.describe_organization) == "TooManyRequestsException"
