from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import AmbiguousError, UserError
from exporter.model import Entity, EntityType
from exporter.reference import Reference, matched

ORG = "o-exampleorgid"
ROOT = Entity("r-ab12", EntityType.ROOT, "Root", f"{ORG}/r-ab12")
UNIT = Entity("ou-ab12-c3d4e5f6", EntityType.ORGANIZATIONAL_UNIT, "Prod", f"{ROOT.path}/ou-ab12-c3d4e5f6")
TWIN = Entity("ou-ab12-zzzzzzzz", EntityType.ORGANIZATIONAL_UNIT, "Prod", f"{ROOT.path}/ou-ab12-zzzzzzzz")
ACCOUNT = Entity("111122223333", EntityType.ACCOUNT, "Payments", f"{UNIT.path}/111122223333")
TEAM = Entity("444455556666", EntityType.ACCOUNT, "r-team", f"{UNIT.path}/444455556666")
TREE = (ROOT, UNIT, TWIN, ACCOUNT, TEAM)


def meant(text):
    return matched(Reference.parsed(text), TREE)


def refused(text):
    with pytest.raises(UserError) as caught:
        meant(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("r-ab12", ROOT),
        ("ou-ab12-c3d4e5f6", UNIT),
        ("OU-AB12-C3D4E5F6", UNIT),
        (" 111122223333\n", ACCOUNT),
        ("1111-2222-3333", ACCOUNT),
        ("1111 2222 3333", ACCOUNT),
        (f"arn:aws:organizations::999999999999:root/{ORG}/r-ab12", ROOT),
        (f"arn:aws-us-gov:organizations::999999999999:ou/{ORG}/ou-ab12-c3d4e5f6", UNIT),
        (f"arn:aws:organizations::999999999999:account/{ORG}/111122223333", ACCOUNT),
        (UNIT.path, UNIT),
        (f"{ACCOUNT.path}/", ACCOUNT),
        ("r-ab12/ou-ab12-c3d4e5f6", UNIT),
        ("Payments", ACCOUNT),
        ("payments", ACCOUNT),
        ("Root", ROOT),
        ("r-team", TEAM),
    ],
)
def test_an_entity_is_known_by_id_arn_path_and_name(text, entity):
    assert meant(text) is entity


def test_an_exact_name_goes_before_one_that_differs_in_capitals():
    shouting = Entity("777788889999", EntityType.ACCOUNT, "PAYMENTS", f"{ROOT.path}/777788889999")
    assert matched(Reference.parsed("Payments"), (shouting, *TREE)) is ACCOUNT


def test_the_same_letters_written_otherwise_are_the_same_name():
    composed = Entity("777788889999", EntityType.ACCOUNT, "Z\u00fcrich  2", f"{ROOT.path}/777788889999")
    assert matched(Reference.parsed("zu\u0308rich 2"), (composed,)) is composed


def test_several_of_a_name_are_listed_with_ids_and_paths():
    with pytest.raises(AmbiguousError) as caught:
        meant("Prod")
    first, *listed = caught.value.problems
    assert "2 entities are called 'Prod'" in first
    assert listed == [f"  {one.id}  {one.path}" for one in (UNIT, TWIN)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Paymens", "did you mean 'Payments' (111122223333)?"),
        ("ou-ab12-nnnnnnnn", "no entity has the id"),
        ("12345", "twelve digits"),
        ("p-FullAWSAccess", "--policy-id"),
        ("2a3b4c5d-0000-4111-8222-333344445555", "--job-id"),
        (ORG, "organization's id"),
        ("me@example.com", "address"),
        ("ou-short", "ids look like"),
        ("o-anotherorg1/r-ab12", "is of organization o-anotherorg1"),
        ("arn:aws:organizations::999999999999:account/o-anotherorg1/111122223333", "o-anotherorg1"),
        (f"arn:aws:organizations::999999999999:organization/{ORG}", "the ARN of no root, OU or account"),
        (f"arn:aws:organizations::999999999999:policy/{ORG}/service_control_policy/p-1", "--policy-id p-1"),
        ("arn:aws:iam::111122223333:role/x", "the account in it is 111122223333"),
        ("arn:aws:s3:::bucket", "an ARN of s3"),
        ("  ", "id, ARN, path or name"),
    ],
)
def test_what_is_none_of_them_is_told_apart(text, told):
    assert told in refused(text)


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (Reference.by_id, "Payments", "is no id but a name"),
        (Reference.by_id, UNIT.path, "a path of ou-ab12-c3d4e5f6"),
        (Reference.by_id, f"arn:aws:organizations::9:ou/{ORG}/{UNIT.id}", "an ARN of ou-ab12-c3d4e5f6"),
        (Reference.by_path, UNIT.id, "is no path but an id"),
        (Reference.by_path, "r-ab12/ou-ab12-c3d4e5f6", "begins below the organization"),
    ],
)
def test_a_flag_for_one_form_tells_which_other_it_got(read, text, told):
    with pytest.raises(UserError) as caught:
        read(text)
    assert told in str(caught.value)


def test_what_has_to_be_an_id_is_no_name():
    with pytest.raises(UserError, match="no entity has the id r-team"):
        matched(Reference.by_id("r-team"), TREE)


@given(st.text())
def test_any_text_is_an_entity_or_refused(text):
    with suppress(UserError):
        assert meant(text) in TREE


@given(st.lists(st.text(min_size=1).filter(lambda name: name.strip() == name), unique=True, min_size=1))
def test_every_unique_name_finds_its_entity(names):
    tree = [
        Entity(f"{number:012}", EntityType.ACCOUNT, name, f"{ORG}/r-ab12/{number:012}")
        for number, name in enumerate(names)
        if not name.startswith("arn:")
    ]
    for entity in tree:
        reference = Reference.parsed(entity.name)
        if not reference.id:
            assert matched(reference, tree) is entity
