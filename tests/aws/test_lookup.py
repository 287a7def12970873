import pytest

from exporter.aws import entity_at
from exporter.errors import RefusedError, TransitError
from exporter.model import Entity, EntityType
from tests.aws.conftest import data, data_error

ORGANIZATION = {"Id": "o-exampleorgid", "MasterAccountId": "999999999999"}
PARENTS = {"111111111111": "ou-exam-bbbbbbbb", "ou-exam-bbbbbbbb": "r-exam", "999999999999": "r-exam"}
UNIT_PATH = "o-exampleorgid/r-exam/ou-exam-bbbbbbbb"


@pytest.fixture
def find(aws, organization):
    aws.say("DescribeOrganization", data(Organization=ORGANIZATION))
    aws.say("ListParents", lambda asked: data(Parents=[{"Id": PARENTS[asked["ChildId"]]}]))
    return organization().find


def test_an_accounts_path_is_found_from_below(find):
    path = f"{UNIT_PATH}/111111111111"
    assert find("111111111111") == Entity(
        "111111111111", EntityType.ACCOUNT, "", path, parent_id="ou-exam-bbbbbbbb"
    )


def test_a_root_needs_no_look_up(find, aws):
    assert find("r-exam") == Entity("r-exam", EntityType.ROOT, "", "o-exampleorgid/r-exam")
    assert aws.count("ListParents") == 0


def test_the_management_account_is_known(find):
    assert find("999999999999").type is EntityType.MANAGEMENT_ACCOUNT


def test_an_id_that_does_not_exist_is_refused(find, aws):
    aws.say("ListParents", data_error(400, "ChildNotFoundException"))
    with pytest.raises(RefusedError):
        find("ou-exam-zzzzzzzz")


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
