import json

from hypothesis import given
from hypothesis import strategies as st

from exporter.model import Entity, EntityType
from exporter.scp import effect
from exporter.simulator.organization import ControlPolicy, Organization
from exporter.simulator.reports import Evaluation

_NAMESPACES = ("ec2", "iam", "s3", "sts")
_ALL = frozenset(_NAMESPACES)


def _policy(*statements, name="p-12345678"):
    return ControlPolicy(name, name, "", json.dumps({"Statement": list(statements)}))


def _content(*statements):
    return _policy(*statements).content


def _allow(*actions):
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def _deny(*actions, **more):
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*", **more}


def _evaluate(**attached):
    """An evaluation of a root, an OU below it and an account in that, each with its policies."""
    root = Entity("r-aaaa", EntityType.ROOT, "Root", "o-a/r-aaaa")
    unit = Entity("ou-1", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-a/r-aaaa/ou-1", "r-aaaa")
    account = Entity("1", EntityType.ACCOUNT, "Account", "o-a/r-aaaa/ou-1/1", "ou-1")
    management = Entity("2", EntityType.MANAGEMENT_ACCOUNT, "Management", "o-a/r-aaaa/2", "r-aaaa")
    entities = {"root": root, "unit": unit, "account": account, "management": management}
    policies = [
        _policy(*statements, name=f"p-{place}-{number}")
        for place, lists in attached.items()
        for number, statements in enumerate(lists)
    ]
    organization = Organization(
        id="o-a",
        partition="aws",
        root=root,
        management_account=management,
        entities={entity.id: entity for entity in entities.values()},
        children={},
        joined={},
        policies={policy.id: policy for policy in policies},
        attachments={
            entity.id: tuple(f"p-{place}-{number}" for number in range(len(attached.get(place, ()))))
            for place, entity in entities.items()
        },
    )
    evaluation = Evaluation(organization, _NAMESPACES)
    return lambda place: evaluation.accessible(entities[place])


_FULL = [_allow("*")]


def test_full_access_at_every_level_makes_everything_accessible():
    assert _evaluate(root=[_FULL], unit=[_FULL], account=[_FULL])("account") == _ALL


def test_a_level_without_an_allow_closes_everything_below():
    assert _evaluate(root=[_FULL], unit=[], account=[_FULL])("account") == frozenset()


def test_an_allow_list_holds_for_the_ou_and_all_below():
    accessible = _evaluate(root=[_FULL], unit=[[_allow("s3:*", "ec2:Describe*")]], account=[_FULL])
    assert accessible("unit") == accessible("account") == {"s3", "ec2"}


def test_a_deny_above_cannot_be_undone_below():
    accessible = _evaluate(root=[_FULL, [_deny("s3:*")]], unit=[_FULL], account=[[_allow("s3:*", "iam:*")]])
    assert accessible("account") == {"iam"}


def test_a_deny_below_does_not_reach_up():
    accessible = _evaluate(root=[_FULL], unit=[_FULL, [_deny("s3:*")]], account=[_FULL])
    assert accessible("root") == _ALL
    assert accessible("unit") == _ALL - {"s3"}


def test_the_management_account_is_bound_by_no_scp():
    assert _evaluate(root=[[_deny("*")]], management=[])("management") == _ALL


def test_denying_some_actions_leaves_the_service_accessible():
    assert effect(_content(_deny("s3:DeleteBucket", "ec2:Run*")), _NAMESPACES).denied == frozenset()


def test_a_conditional_deny_leaves_the_service_accessible():
    condition = {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert effect(_content(_deny("*", Condition=condition)), _NAMESPACES).denied == frozenset()


def test_a_deny_for_some_resources_leaves_the_service_accessible():
    assert effect(_content(_deny("s3:*", Resource="arn:aws:s3:::logs")), _NAMESPACES).denied == frozenset()


def test_a_deny_of_not_actions_spares_the_services_it_names():
    statement = {"Effect": "Deny", "NotAction": ["iam:*", "sts:AssumeRole"], "Resource": "*"}
    assert effect(_content(statement), _NAMESPACES).denied == {"ec2", "s3"}


def test_an_allow_of_not_actions_allows_what_it_does_not_name_wholly():
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "s3:Put*"], "Resource": "*"}
    assert effect(_content(statement), _NAMESPACES).allowed == {"ec2", "s3", "sts"}


def test_a_statement_and_an_action_need_no_list_around_them():
    policy = ControlPolicy(
        "p-1", "", "", '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    )
    assert effect(policy.content, _NAMESPACES).allowed == {"s3"}


_lists = st.lists(st.sets(st.sampled_from(_NAMESPACES), min_size=1), max_size=2)


@given(root=_lists, unit=_lists, account=_lists, denied=st.sets(st.sampled_from(_NAMESPACES), min_size=1))
def test_below_is_never_more_accessible_than_above_and_a_deny_always_wins(root, unit, account, denied):
    def attached(lists):
        return [[_allow(*(f"{name}:*" for name in names))] for names in lists]

    deny = [_deny(*(f"{name}:*" for name in denied))]
    accessible = _evaluate(root=attached(root), unit=[*attached(unit), deny], account=attached(account))
    assert accessible("account") <= accessible("unit") <= accessible("root")
    assert not accessible("unit") & denied
