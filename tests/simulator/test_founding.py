import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.model import EntityType
from exporter.simulator.founding import found
from exporter.simulator.options import SimulationOptions


def _found(**options):
    return found(SimulationOptions(clock=lambda: 1_790_000_000.0, **options))


def _names(organization):
    return {entity.name for entity in organization.entities.values()}


@settings(max_examples=40)
@given(accounts=st.integers(1, 120), ous=st.integers(0, 80), seed=st.integers(), nasty=st.booleans())
def test_any_organization_is_a_tree_of_the_size_that_was_asked_for(accounts, ous, seed, nasty):
    organization = _found(accounts=accounts, ous=ous, seed=seed, hostile_names=nasty)
    entities = list(organization.entities.values())
    kinds = [entity.type for entity in entities]
    assert kinds.count(EntityType.ACCOUNT) == accounts
    assert kinds.count(EntityType.ORGANIZATIONAL_UNIT) == ous
    for number, entity in enumerate(entities[1:], start=1):
        parent = organization.entities[entity.parent_id]
        assert entity.path == f"{parent.path}/{entity.id}"
        assert parent in entities[:number]


def test_the_same_seed_founds_the_same_organization():
    assert _found() == _found()


def test_another_seed_founds_another():
    assert _found().id != _found(seed=8).id


def test_ous_nest_five_levels_deep():
    organization = _found(ous=10)
    units = [one for one in organization.entities.values() if one.type is EntityType.ORGANIZATIONAL_UNIT]
    assert max(unit.depth for unit in units) == 5


def test_a_large_organization_nests_no_deeper_than_aws_allows():
    organization = _found(ous=2000, accounts=10)
    assert max(one.depth for one in organization.entities.values()) <= 6


def test_ous_have_the_names_one_expects():
    assert {"Security", "Infrastructure", "Workloads", "Prod", "Sandbox"} <= _names(_found())


def test_account_names_are_unique():
    organization = _found(accounts=500, ous=40)
    names = [account.name for account in organization.accounts()]
    assert len(set(names)) == len(names)


def test_every_ou_has_an_account_where_there_are_enough():
    organization = _found(accounts=30, ous=12)
    units = [one for one in organization.entities.values() if one.type is EntityType.ORGANIZATIONAL_UNIT]
    assert all(any(organization.member_accounts(unit)) for unit in units)


def test_the_members_of_the_root_are_all_accounts_but_the_management_account():
    organization = _found(accounts=25)
    members = list(organization.member_accounts(organization.root))
    assert len(members) == 25
    assert organization.management_account not in members


def test_not_every_account_is_active():
    states = {account.state for account in _found(accounts=300).accounts()}
    assert states == {"ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"}


def test_an_allow_list_stands_in_the_place_of_full_access():
    organization = _found()
    sandbox = next(one for one in organization.entities.values() if one.name == "Sandbox")
    names = [organization.policies[policy].name for policy in organization.attachments[sandbox.id]]
    assert names == ["SandboxAllowList"]


def test_a_policy_applies_to_what_it_is_attached_to_and_below():
    organization = _found()
    workloads = next(one for one in organization.entities.values() if one.name == "Workloads")
    regions = next(one for one in organization.policies.values() if one.name == "RegionsInUse")
    assert all(organization.applies(regions.id, one) for one in organization.member_accounts(workloads))
    assert not organization.applies(regions.id, organization.root)


@pytest.mark.parametrize("character", ['"', "\\", "\n", "\r", "\t", "&", "<", "{", "\u2028", "\U0001f4b8"])
def test_hostile_names_hold_what_must_be_escaped(character):
    assert any(character in name for name in _names(_found(hostile_names=True)))


def test_a_path_that_only_ends_like_an_entitys_is_not_found():
    organization = _found()
    assert organization.at(organization.root.path) is organization.root
    assert organization.at(f"{organization.root.path}/") is None
    assert organization.at(f"o-other/{organization.root.id}") is None
