"""Reading the tree of an organization."""

import json

import pytest

from exporter.aws.scope import Scope
from exporter.errors import CredentialsError, DeniedError, TransitError
from exporter.model import EntityType, Policy
from tests.aws.conftest import data, data_error

ORG = {"Id": "o-exampleorgid", "Arn": "arn:aws-cn:organizations::999999999999:organization/o-exampleorgid"}
ROOT = {
    "Id": "r-exam",
    "Name": "Root",
    "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
}
TOP = "o-exampleorgid/r-exam"


def account(account_id, path=None, **fields):
    paths = {"Paths": [path]} if path else {}
    return {"Id": account_id, "Name": f"name-{account_id}", "State": "ACTIVE", **paths, **fields}


def below(**children):
    """OUs by parent id."""
    listed = {name.replace("_", "-"): units for name, units in children.items()}
    return lambda asked: data(OrganizationalUnits=listed.get(asked["ParentId"], []))


@pytest.fixture
def tree(aws):
    aws.say("DescribeOrganization", data(Organization={**ORG, "MasterAccountId": "999999999999"}))
    aws.say("ListRoots", data(Roots=[ROOT]))
    units = {
        "r_exam": [{"Id": "ou-exam-b", "Name": "Beta", "Path": f"{TOP}/ou-exam-b/"}],
        "ou_exam_b": [{"Id": "ou-exam-c", "Name": "Gamma", "Path": f"{TOP}/ou-exam-b/ou-exam-c/"}],
    }
    aws.say("ListOrganizationalUnitsForParent", below(**units))
    aws.say(
        "ListAccounts",
        data(
            Accounts=[
                account("999999999999", f"{TOP}/999999999999/"),
                account("111111111111", f"{TOP}/ou-exam-b/ou-exam-c/"),
            ]
        ),
    )
    return aws


def ids(discovery):
    return [entity.id for entity in discovery.entities]


@pytest.mark.usefixtures("tree")
def test_a_parent_comes_before_its_children(organization):
    assert ids(organization().discover()) == [
        "r-exam",
        "ou-exam-b",
        "ou-exam-c",
        "111111111111",
        "999999999999",
    ]


@pytest.mark.usefixtures("tree")
def test_a_path_ends_in_its_entity_and_without_a_slash(organization):
    assert [entity.path for entity in organization().discover().entities] == [
        TOP,
        f"{TOP}/ou-exam-b",
        f"{TOP}/ou-exam-b/ou-exam-c",
        f"{TOP}/ou-exam-b/ou-exam-c/111111111111",
        f"{TOP}/999999999999",
    ]


@pytest.mark.usefixtures("tree")
def test_the_management_account_is_told_from_the_others(organization):
    found = {entity.id: entity.type for entity in organization().discover().entities}
    assert (found["999999999999"], found["111111111111"]) == (
        EntityType.MANAGEMENT_ACCOUNT,
        EntityType.ACCOUNT,
    )


@pytest.mark.usefixtures("tree")
def test_the_partition_is_that_of_the_organizations_arn(organization):
    assert organization().discover().partition == "aws-cn"


def test_without_paths_the_accounts_are_asked_for_parent_by_parent(tree, organization):
    tree.say("ListAccounts", data(Accounts=[account("111111111111")]))
    here = {"ou-exam-c": [account("111111111111")]}
    tree.say("ListAccountsForParent", lambda asked: data(Accounts=here.get(asked["ParentId"], [])))
    assert organization().discover().entities[-1].path == f"{TOP}/ou-exam-b/ou-exam-c/111111111111"


def test_without_a_path_an_ou_lies_below_the_parent_that_listed_it(tree, organization):
    tree.say("ListOrganizationalUnitsForParent", below(r_exam=[{"Id": "ou-exam-b", "Name": "Beta"}]))
    assert organization().discover().entities[1].path == f"{TOP}/ou-exam-b"


def test_an_empty_page_with_a_token_is_not_the_last(tree, organization):
    last = account("222222222222", f"{TOP}/")
    tree.say("ListAccounts", data(Accounts=[], NextToken="more"), data(Accounts=[last]))
    assert "222222222222" in ids(organization().discover())


def test_the_token_of_a_page_is_given_back(tree, organization):
    last = account("222222222222", f"{TOP}/")
    tree.say("ListAccounts", data(Accounts=[], NextToken="more"), data(Accounts=[last]))
    organization().discover()
    assert [asked.get("NextToken") for asked in tree.parameters("ListAccounts")] == [None, "more"]


def test_tokens_that_go_in_circles_are_an_error(tree, organization):
    tree.say("ListAccounts", *(data(Accounts=[], NextToken=token) for token in "abab"))
    with pytest.raises(TransitError, match="same NextToken twice"):
        organization().discover()


def test_ous_that_contain_each_other_end(tree, organization):
    one, two = {"Id": "ou-exam-b", "Name": "Beta"}, {"Id": "ou-exam-c", "Name": "Gamma"}
    tree.say("ListOrganizationalUnitsForParent", below(r_exam=[one], ou_exam_b=[two], ou_exam_c=[one]))
    assert ids(organization().discover())[:3] == ["r-exam", "ou-exam-b", "ou-exam-c"]


def test_an_account_listed_twice_counts_once(tree, organization):
    twice = [account("111111111111", f"{TOP}/"), account("111111111111", f"{TOP}/ou-exam-b/")]
    tree.say("ListAccounts", data(Accounts=twice))
    assert ids(organization().discover()).count("111111111111") == 1


def test_an_account_in_an_ou_nobody_listed_is_kept(tree, organization):
    tree.say("ListAccounts", data(Accounts=[account("111111111111", f"{TOP}/ou-exam-new/")]))
    assert "111111111111" in ids(organization().discover())


def test_status_stands_in_for_state(tree, organization):
    old = {"Id": "111111111111", "Name": "one", "Status": "SUSPENDED", "Paths": [f"{TOP}/"]}
    tree.say("ListAccounts", data(Accounts=[old]))
    found = organization(Scope(account_states=("SUSPENDED",))).discover()
    assert found.entities[-1].state == "SUSPENDED"


def test_since_when_an_account_is_a_member_is_known_where_aws_says_so(tree, organization):
    tree.say("ListAccounts", data(Accounts=[account("1", TOP, JoinedTimestamp=1.5e9), account("2", TOP)]))
    joined = {entity.id: entity.joined for entity in organization().discover().entities}
    assert (joined["1"], joined["2"], joined["r-exam"]) == (1.5e9, None, None)


def test_accounts_in_other_states_are_left_out(tree, organization):
    tree.say("ListAccounts", data(Accounts=[account("111111111111", f"{TOP}/", State="SUSPENDED")]))
    assert "111111111111" not in ids(organization().discover())


@pytest.mark.usefixtures("tree")
def test_policies_are_not_asked_for_unless_wanted(organization, aws):
    organization().discover()
    assert aws.count("ListPolicies") == 0


def test_policies_are_those_of_all_pages(tree, organization):
    pages = [data(Policies=[{"Id": f"p-{n}", "Name": n}], NextToken=n) for n in "ab"]
    tree.say("ListPolicies", *pages, data(Policies=[]))
    found = organization(Scope(policies_enabled=True)).discover()
    assert found.policies == (Policy("p-a", "a"), Policy("p-b", "b"))


def test_a_member_account_is_told_what_may_be_wrong(tree, organization):
    tree.say("ListRoots", data_error(400, "AccessDeniedException", "You don't have permissions."))
    with pytest.raises(DeniedError, match="management account"):
        organization().discover()


def test_an_answer_without_an_organization_is_an_error(tree, organization):
    tree.say("DescribeOrganization", data())
    with pytest.raises(TransitError, match="no Organization"):
        organization().discover()


@pytest.mark.parametrize("body", ["", "<html></html>", '{"Accounts": [', "[]", "null"])
@pytest.mark.parametrize("operation", ["ListAccounts", "ListOrganizationalUnitsForParent"])
def test_garbage_is_not_taken_for_an_empty_organization(tree, organization, operation, body):
    tree.say(operation, (200, body))
    with pytest.raises(TransitError):
        organization().discover()


def test_an_organization_without_a_root_is_an_error(tree, organization):
    tree.say("ListRoots", data(Roots=[]))
    with pytest.raises(TransitError, match="no root"):
        organization().discover()


@pytest.mark.parametrize("answer", [data(), data(Accounts=[])])
def test_an_organization_without_any_account_is_an_error(tree, organization, answer):
    tree.say("ListAccounts", answer)
    with pytest.raises(TransitError, match="no account"):
        organization().discover()


def test_tokens_without_end_are_an_error(tree, organization, monkeypatch):
    monkeypatch.setattr("exporter.aws.calls._MOST_PAGES", 5)
    tree.say("ListAccounts", *(data(Accounts=[], NextToken=str(number)) for number in range(9)))
    with pytest.raises(TransitError, match="no end after 5 pages"):
        organization().discover()


def test_an_empty_list_may_be_left_out(tree, organization):
    tree.say("ListOrganizationalUnitsForParent", data())
    assert "r-exam" in ids(organization().discover())


def test_without_credentials_discovery_says_so(organization, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError, match="no AWS credentials were found"):
        organization().discover()


@pytest.mark.parametrize(
    "answer",
    [
        data_error(400, "AccessDeniedException"),
        data_error(503, "ServiceException"),
        (200, "<html>Sign in</html>"),
        data(Policies=[{"Name": "without an id"}]),
        (200, json.dumps({"Policies": [], "NextToken": "t"})),
    ],
)
def test_scps_that_cannot_be_listed_do_not_cost_the_tree(tree, organization, monkeypatch, answer):
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _: None)
    tree.say("ListPolicies", answer)
    found = organization(Scope(policies_enabled=True)).discover()
    assert len(found.entities) == 5
    assert "ListPolicies" in found.lacking or "list_policies" in found.lacking


def test_scps_that_are_named_in_the_configuration_need_no_listing(tree, organization):
    tree.say("ListPolicies", data_error(400, "AccessDeniedException"))
    found = organization(Scope(policies_enabled=True, policy_ids=("p-a",))).discover()
    assert found.policies == (Policy("p-a", ""),)


def test_credentials_that_end_while_scps_are_listed_are_the_whole_discoverys_trouble(tree, organization):
    tree.say("ListPolicies", data_error(400, "ExpiredTokenException"))
    with pytest.raises(CredentialsError):
        organization(Scope(policies_enabled=True)).discover()


def test_other_kinds_of_policies_are_no_scps(tree, organization):
    kinds = ("SERVICE_CONTROL_POLICY", "TAG_POLICY")
    tree.say("ListPolicies", data(Policies=[{"Id": kind, "Type": kind} for kind in kinds]))
    found = organization(Scope(policies_enabled=True)).discover()
    assert [policy.id for policy in found.policies] == ["SERVICE_CONTROL_POLICY"]
