import pytest

from exporter.model import Entity, EntityType
from exporter.recommend import Attached, Member
from tests.aws.conftest import data, data_error

ORGANIZATION = {"Id": "o-exampleorgid", "MasterAccountId": "999999999999"}
UNIT = Entity(
    "ou-exam-bbbbbbbb", EntityType.ORGANIZATIONAL_UNIT, "", "o-exampleorgid/r-exam/ou-exam-bbbbbbbb", "r-exam"
)
ROOT = Entity("r-exam", EntityType.ROOT, "", "o-exampleorgid/r-exam")


def account(account_id, path=None, **more):
    return {"Id": account_id, "Name": "n", "State": "ACTIVE", "JoinedTimestamp": 1.5e9, **more} | (
        {"Paths": [path]} if path else {}
    )


@pytest.fixture
def members(aws, organization):
    aws.say("DescribeOrganization", data(Organization=ORGANIZATION))
    return lambda entity: organization().population(entity).members


def test_accounts_below_are_found_by_their_paths(aws, members):
    below, beside = f"{UNIT.path}/", "o-exampleorgid/r-exam/ou-exam-bbbbbbbbb/"
    aws.say("ListAccounts", data(Accounts=[account("1" * 12, below), account("2" * 12, beside)]))
    assert members(UNIT) == (Member("1" * 12, "n", "ACTIVE", 1.5e9, f"{UNIT.path}/{'1' * 12}"),)


def test_where_aws_tells_no_paths_the_tree_is_walked(aws, members):
    aws.say("ListAccounts", data(Accounts=[account("1" * 12), account("2" * 12)]))
    aws.say(
        "ListOrganizationalUnitsForParent",
        data(OrganizationalUnits=[{"Id": "ou-exam-cccccccc"}]),
        data(OrganizationalUnits=[]),
    )
    aws.say("ListAccountsForParent", data(Accounts=[]), data(Accounts=[account("1" * 12)]))
    assert [member.id for member in members(UNIT)] == ["1" * 12]


def test_the_management_account_is_no_member(aws, members):
    aws.say(
        "ListAccounts",
        data(Accounts=[account("9" * 12, f"{ROOT.path}/"), account("1" * 12, f"{ROOT.path}/")]),
    )
    assert [member.id for member in members(ROOT)] == ["1" * 12]


def test_an_account_is_its_own_member(aws, members):
    one = Entity("1" * 12, EntityType.ACCOUNT, "", f"{UNIT.path}/{'1' * 12}", UNIT.id)
    aws.say("ListAccounts", data(Accounts=[account("1" * 12), account("2" * 12)]))
    assert [member.id for member in members(one)] == ["1" * 12]


def test_an_account_of_unknown_age_has_none(aws, members):
    aws.say("ListAccounts", data(Accounts=[{"Id": "1" * 12, "Status": "ACTIVE", "Paths": [f"{ROOT.path}/"]}]))
    assert members(ROOT) == (Member("1" * 12, "", "ACTIVE", None, f"{ROOT.path}/{'1' * 12}"),)


def test_scps_are_read_from_the_root_down_each_text_once(aws, organization):
    aws.say(
        "ListPoliciesForTarget",
        data(Policies=[{"Id": "p-full", "Name": "Full"}]),
        data(Policies=[{"Id": "p-full", "Name": "Full"}, {"Id": "p-deny", "Name": "Deny"}]),
    )
    aws.say("DescribePolicy", lambda asked: data(Policy={"Content": asked["PolicyId"]}))
    assert organization().attached(UNIT.path.split("/")[1:]) == (
        Attached("r-exam", "p-full", "Full", "p-full"),
        Attached(UNIT.id, "p-full", "Full", "p-full"),
        Attached(UNIT.id, "p-deny", "Deny", "p-deny"),
    )
    assert aws.count("DescribePolicy") == 2


@pytest.mark.parametrize(
    "answer", [data_error(400, "PolicyNotFoundException"), data(Policy={}), data(Policy={"Content": ""})]
)
def test_an_scp_whose_text_cannot_be_had_is_named_and_has_none(aws, organization, answer):
    aws.say("ListPoliciesForTarget", data(Policies=[{"Id": "p-gone", "Name": "Gone"}]))
    aws.say("DescribePolicy", answer)
    assert organization().attached(["r-exam"]) == (Attached("r-exam", "p-gone", "Gone", ""),)


def test_a_byte_order_mark_is_no_part_of_a_text(aws, organization):
    aws.say("ListPoliciesForTarget", data(Policies=[{"Id": "p-a"}]))
    aws.say("DescribePolicy", data(Policy={"Content": "\ufeff{}"}))
    assert [one.content for one in organization().attached(["r-exam"])] == ["{}"]


def test_the_management_account_below_an_ou_is_told(aws, organization):
    aws.say(
        "DescribeOrganization", data(Organization=ORGANIZATION | {"Arn": "arn:aws-us-gov:organizations::9:o"})
    )
    aws.say("ListAccounts", data(Accounts=[account("9" * 12, UNIT.path), account("1" * 12, ROOT.path)]))
    found = organization().population(UNIT)
    assert (found.members, found.manages, found.partition) == ((), True, "aws-us-gov")


def test_names_are_those_of_the_way_down(aws, organization):
    aws.say("ListRoots", data(Roots=[{"Id": "r-exam", "Name": "Root"}]))
    units = [{"Id": "ou-exam-aaaaaaaa", "Name": "other"}, {"Id": UNIT.id, "Name": "Unit"}]
    aws.say("ListOrganizationalUnitsForParent", data(OrganizationalUnits=units))
    assert organization().names(UNIT) == {"r-exam": "Root", UNIT.id: "Unit"}


MEMBERS = (Member("1" * 12, "n", "ACTIVE", 1.5e9),)


def test_delegated_administrators_are_told_with_what_they_run(aws, organization):
    listed = [{"Id": "1" * 12}, {"Id": "2" * 12}]
    aws.say("ListDelegatedAdministrators", data(DelegatedAdministrators=listed))
    services = [{"ServicePrincipal": "guardduty.amazonaws.com"}]
    aws.say("ListDelegatedServicesForAccount", data(DelegatedServices=services))
    assert organization().delegated(MEMBERS) == {"1" * 12: ("guardduty.amazonaws.com",)}


def test_what_they_run_may_stay_unknown(aws, organization):
    aws.say("ListDelegatedAdministrators", data(DelegatedAdministrators=[{"Id": "1" * 12}]))
    aws.say("ListDelegatedServicesForAccount", data_error(400, "AccessDeniedException"))
    assert organization().delegated(MEMBERS) == {"1" * 12: ()}


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
def test_that_nobody_may_ask_for_them_is_no_failure(aws, organization, code):
    aws.say("ListDelegatedAdministrators", data_error(400, code))
    assert organization().delegated(MEMBERS) is None
