import pytest

from exporter.aws import entity_at
from exporter.errors import AmbiguousError, RefusedError, TransitError, UserError
from exporter.model import Entity, EntityType
from exporter.reference import Reference
from tests.aws.conftest import data, data_error

ORGANIZATION = {"Id": "o-exampleorgid", "MasterAccountId": "999999999999"}
PARENTS = {"111111111111": "ou-exam-bbbbbbbb", "ou-exam-bbbbbbbb": "r-exam", "999999999999": "r-exam"}
UNIT_PATH = "o-exampleorgid/r-exam/ou-exam-bbbbbbbb"


@pytest.fixture
def find(aws, organization):
    aws.say("DescribeOrganization", data(Organization=ORGANIZATION))
    aws.say("ListRoots", data(Roots=[{"Id": "r-exam", "Name": "Root"}]))
    aws.say("ListParents", lambda asked: data(Parents=[{"Id": PARENTS[asked["ChildId"]]}]))
    known = organization()
    return lambda text: known.find(Reference.parsed(text))


@pytest.fixture
def names(aws):
    """The whole tree, for who looks for a name: accounts, two of them with a number for a name, and an OU."""
    unit = {"Id": "ou-exam-bbbbbbbb", "Name": "Prod", "Path": f"{UNIT_PATH}/"}
    listed = [("111111111111", "Payments"), ("222222222222", "r-team"), ("333333333333", "Prod")]
    listed += [("444444444444", "777777777777"), ("666666666666", "8888-8888-8888")]
    accounts = [{"Id": one, "Name": name, "Paths": [f"{UNIT_PATH}/"]} for one, name in listed]
    below = "OrganizationalUnits"
    aws.say("ListOrganizationalUnitsForParent", data(**{below: [unit]}), data(**{below: []}))
    aws.say("ListAccounts", data(Accounts=accounts))


def test_an_accounts_path_is_found_from_below(find):
    path = f"{UNIT_PATH}/111111111111"
    assert find("111111111111") == Entity(
        "111111111111", EntityType.ACCOUNT, "", path, parent_id="ou-exam-bbbbbbbb"
    )


def test_a_root_is_compared_with_the_organizations_own(find, aws):
    assert find("r-exam") == Entity("r-exam", EntityType.ROOT, "Root", "o-exampleorgid/r-exam")
    assert aws.count("ListParents") == 0


def test_the_management_account_is_known(find):
    assert find("999999999999").type is EntityType.MANAGEMENT_ACCOUNT


@pytest.mark.parametrize(
    ("entity_id", "operation", "key"),
    [
        ("111111111111", "ListAccountsForParent", "Accounts"),
        ("ou-exam-bbbbbbbb", "ListOrganizationalUnitsForParent", "OrganizationalUnits"),
    ],
)
def test_what_is_asked_for_by_its_id_has_its_name_too(find, aws, entity_id, operation, key):
    aws.say(operation, data(**{key: [{"Id": "other", "Name": "no"}, {"Id": entity_id, "Name": "Payments"}]}))
    assert find(entity_id).name == "Payments"


def test_a_name_that_may_not_be_looked_up_is_no_reason_to_fail(find, aws):
    aws.say("ListAccountsForParent", data_error(400, "AccessDeniedException"))
    assert find("111111111111").name == ""


def test_an_arn_and_a_path_are_looked_up_by_their_id(find):
    found = find("111111111111")
    assert find("arn:aws:organizations::9:account/o-exampleorgid/111111111111") == found
    assert find("o-exampleorgid/r-exam/111111111111") == found  # where the account was before it moved


def test_a_name_is_looked_up_in_the_whole_tree(find, names):
    assert find("payments").id == "111111111111"


def test_a_name_that_looks_like_an_id_is_found(find, names, aws):
    assert find("r-team").id == "222222222222"


@pytest.mark.parametrize(
    ("name", "account"), [("777777777777", "444444444444"), ("8888-8888-8888", "666666666666")]
)
def test_a_name_of_twelve_digits_is_found(find, names, aws, name, account):
    aws.say("ListParents", data_error(400, "ChildNotFoundException"))
    assert find(name).id == account


def test_an_account_s_number_in_an_arn_is_no_name(find, names, aws):
    aws.say("ListParents", data_error(400, "ChildNotFoundException"))
    with pytest.raises(UserError, match="no entity has the id 777777777777"):
        find("arn:aws:organizations::9:account/o-exampleorgid/777777777777")
    assert aws.count("ListAccounts") == 0


def test_a_name_that_several_have_is_told(find, names):
    with pytest.raises(AmbiguousError, match="ou-exam-bbbbbbbb  o-exampleorgid"):
        find("Prod")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ou-exam-zzzzzzzz", "no entity has the id or name ou-exam-zz"),
        ("ou-none-zzzzzzzz", "no entity has the id or name ou-none"),
        ("555555555555", "no entity has the id or name 5555"),
        ("arn:aws:organizations::9:ou/o-exampleorgid/ou-none-zzzzzzzz", "begin with ou-exam-"),
        ("arn:aws:organizations::9:root/o-exampleorgid/r-none", "this organization's is r-exam"),
        ("arn:aws:organizations::9:root/o-anotherorg1/r-exam", "o-anotherorg1"),
    ],
)
def test_an_id_that_does_not_exist_is_told(find, names, aws, text, told):
    aws.say("ListParents", data_error(400, "ChildNotFoundException"))
    with pytest.raises(UserError, match=told):
        find(text)


def test_an_id_of_this_organizations_form_is_not_looked_for_among_the_names(find, names, aws):
    aws.say("ListParents", data_error(400, "ChildNotFoundException"))
    with pytest.raises(UserError):
        find("ou-exam-zzzzzzzz")
    assert aws.count("ListAccounts") == 0


def test_an_empty_page_of_parents_is_not_the_last(find, aws):
    empty = data(Parents=[], NextToken="more")
    aws.say("ListParents", empty, data(Parents=[{"Id": "r-exam"}]))
    assert find("111111111111").path == "o-exampleorgid/r-exam/111111111111"


def test_a_child_without_a_parent_is_refused(find, aws):
    aws.say("ListParents", data(Parents=[]))
    with pytest.raises(RefusedError, match="no parent"):
        find("ou-exam-zzzzzzzz")


def test_parents_without_end_are_no_path(find, aws):
    aws.say("ListParents", data(Parents=[{"Id": "ou-exam-bbbbbbbb"}]))
    with pytest.raises(TransitError, match="no root"):
        find("ou-exam-bbbbbbbb")


@pytest.mark.parametrize(
    ("path", "kind", "parent"),
    [
        ("o-exampleorgid/r-exam", EntityType.ROOT, ""),
        (UNIT_PATH, EntityType.ORGANIZATIONAL_UNIT, "r-exam"),
        (f"{UNIT_PATH}/111111111111", EntityType.ACCOUNT, "ou-exam-bbbbbbbb"),
        ("111111111111", EntityType.ACCOUNT, ""),
    ],
)
def test_a_path_tells_what_it_is_the_path_of(path, kind, parent):
    entity = entity_at(path)
    assert (entity.type, entity.parent_id, entity.path) == (kind, parent, path)
