"""Which entities are wanted."""

import pytest

from exporter.aws.scope import Scope
from exporter.model import Entity, EntityType, Policy

TREE = (
    Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam"),
    Entity("ou-exam-a", EntityType.ORGANIZATIONAL_UNIT, "Prod", "o-org/r-exam/ou-exam-a", "r-exam"),
    Entity(
        "111111111111",
        EntityType.ACCOUNT,
        "pay",
        "o-org/r-exam/ou-exam-a/111111111111",
        "ou-exam-a",
        "ACTIVE",
    ),
    Entity("222222222222", EntityType.ACCOUNT, "lab", "o-org/r-exam/222222222222", "r-exam", "SUSPENDED"),
)
EVERY = ("ACTIVE", "SUSPENDED")


def chosen(**scope):
    return [entity.name for entity in Scope(account_states=EVERY, **scope).entities(TREE)]


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({}, ["Root", "Prod", "pay", "lab"]),
        ({"include": ("ou-exam-a",)}, ["Prod", "pay"]),
        ({"include": ("r-exam",)}, ["Root", "Prod", "pay", "lab"]),
        ({"include": ("222222222222",)}, ["lab"]),
        ({"include": ("l*",)}, ["lab"]),
        ({"include": ("Prod",)}, ["Prod", "pay"]),
        ({"include": ("prod",)}, []),
        ({"exclude": ("ou-exam-a",)}, ["Root", "lab"]),
        ({"exclude": ("R*",)}, ["Root", "Prod", "pay", "lab"]),
        ({"include": ("ou-exam-a",), "exclude": ("p*",)}, ["Prod"]),
    ],
)
def test_selectors_choose(scope, names):
    assert chosen(**scope) == names


def test_only_accounts_have_a_state_to_be_chosen_by():
    assert [entity.name for entity in Scope().entities(TREE)] == ["Root", "Prod", "pay"]


def test_without_ids_every_policy_is_wanted():
    assert Scope().policies([Policy("p-1", "one")]) == (Policy("p-1", "one"),)


def test_a_wanted_policy_that_does_not_exist_is_kept_for_its_report_to_say_so():
    assert Scope(policy_ids=("p-2",)).policies([Policy("p-1", "one")]) == (Policy("p-2", ""),)
