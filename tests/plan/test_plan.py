"""A plan for a whole organization, applied to the simulated AWS."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exporter.model import EntityType
from exporter.plan import files, plan, prove, steps, summary
from exporter.recommend import LIMIT, Wish, length, recommend
from exporter.scp import effect
from tests.plan.examples import NAMES, written
from tests.recommend.test_applied import DAY, World, worlds

TESTDATA = Path(__file__).parent / "testdata"
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
KINDS = {EntityType.ROOT, EntityType.ORGANIZATIONAL_UNIT}
WISH = Wish(90 * DAY)
FULL = ("p-FullAWSAccess",)


def planned(world, wish=WISH):
    units = [one for one in world.organization.entities.values() if one.type in KINDS]
    return plan([recommend(world.case(unit), wish) for unit in units], {})


def attach(world, made):
    for one in made.placements:
        world.apply(one.entity, one.found)


def in_use(world):
    """Every (account, service) that is in use and allowed."""
    allowed = {
        account.id: world.accessible(account) for account in world.organization.member_accounts(world.root)
    }
    uses = world.used_since(world.root, world.case(world.root).report.created - WISH.window)
    return {(account.id, service) for account, service in uses if service in allowed[account.id]}


def denied(world):
    """Every (account, service) that is not allowed."""
    return {
        (account.id, service)
        for account in world.organization.member_accounts(world.root)
        for service in world.services - world.accessible(account)
    }


@settings(max_examples=30, phases=QUICK)
@given(worlds)
def test_nothing_in_use_below_is_denied_anywhere(world):
    used = in_use(world)
    attach(world, planned(world))
    assert not used & denied(world)


@settings(max_examples=15, phases=QUICK)
@given(worlds)
def test_a_service_stands_once_on_the_way_from_the_root_to_an_account(world):
    made = planned(world)
    services = {one.entity.id: set(one.services) for one in made.placements}
    for one in made.placements:
        for above in one.entity.path.split("/")[1:-1]:
            assert not services[one.entity.id] & services[above]


@settings(max_examples=15, phases=QUICK)
@given(worlds)
def test_a_denial_is_as_high_as_nobody_below_needs_the_service(world):
    made = planned(world)
    placed = {one.entity.id: one for one in made.placements}
    for one in made.placements:
        if one.entity.parent_id in placed:
            parent = placed[one.entity.parent_id].found
            assert not set(one.services) & {verdict.namespace for verdict in parent.denied}


@settings(max_examples=10, phases=QUICK)
@given(worlds)
def test_once_attached_there_is_nothing_to_do(world):
    attach(world, planned(world))
    again = planned(world)
    assert [step.placement.entity.id for step in steps(again)] == []
    assert again.pairs == 0


@settings(max_examples=10, phases=QUICK)
@given(worlds)
def test_it_closes_as_many_pairs_as_it_says(world):
    before = denied(world)
    made = planned(world)
    members = list(world.organization.member_accounts(world.root))
    attach(world, made)
    closed = denied(world) - before
    active = {one.id for one in members if one.state == "ACTIVE"}
    # What SCPs on single accounts deny, no report of an OU tells.
    alone = any(world.organization.attachments[one.id] != FULL for one in members)
    counted = sum(account in active for account, _ in closed)
    assert made.pairs >= counted if alone else made.pairs == counted


def test_what_is_recommended_for_one_ou_first_moves_up_with_the_plan_and_is_never_open_in_between():
    world = World(seed=5, accounts=20, ous=8, extra=[])
    unit = next(one for one in world.organization.entities.values() if one.depth == 1 and one.type in KINDS)
    world.apply(unit, recommend(world.case(unit), WISH))
    closed = denied(world)
    made = planned(world)
    (step,) = [step for step in steps(made) if step.placement.entity.id == unit.id]
    assert step.gives_back
    assert step.number == len(steps(made))
    for one in steps(made):
        world.apply(one.placement.entity, one.placement.found)
        assert closed <= denied(world)


def test_the_order_is_trials_first_then_by_accounts_and_the_root_last():
    world = World(seed=5, accounts=30, ous=9, extra=[])
    named = [
        replace(found, case=replace(found.case, names={found.case.entity.id: found.case.entity.name}))
        for found in (one.found for one in planned(world).placements)
    ]
    order = [step.placement for step in steps(plan(named, {}))]
    assert len(order) > 3
    assert order[-1].entity.type is EntityType.ROOT
    trials = [one.entity.name in {"Sandbox", "NonProd", "Policy Staging"} for one in order]
    assert trials == sorted(trials, reverse=True)


def test_the_proof_reads_the_policies_and_would_tell():
    made = planned(World(seed=5, accounts=20, ous=8, extra=[]))
    proof = prove(made)
    assert proof.denied == ()
    assert proof.entities == len(made.placements)
    assert proof.uses > 20
    used = next(one.namespace for one in made.placements[0].found.verdicts if one.ground == "used")
    policy = {"Sid": "X", "Effect": "Deny", "Action": f"{used}:*", "Resource": "*"}
    first = made.placements[0]
    wrong = replace(first.found, policies=({"Version": "2012-10-17", "Statement": [policy]},))
    broken = replace(made, placements=(replace(first, found=wrong), *made.placements[1:]))
    assert any(told.startswith(f"{used} on ") for told in prove(broken).denied)


def test_the_files_are_policies_that_aws_takes_and_a_page_that_leads_there_and_back():
    made = planned(World(seed=5, accounts=20, ous=8, extra=[]))
    proof = prove(made)
    written = files(made, proof)
    texts = [text for path, text in written.items() if path.startswith("scps/")]
    assert len(texts) == made.policies > 3
    assert all(len(text) <= LIMIT and effect(text, ["x"]) is not None for text in texts)
    page = written["plan.md"]
    assert summary(made, proof) in page
    for path in (path for path in written if path.startswith("scps/")):
        assert f"--content file://{path}" in page
    for one in (one for one in made.placements if one.services):
        assert page.count(f'attach-policy --policy-id "$id" --target-id {one.entity.id}') == 1
        assert page.count(f'detach-policy --policy-id "$id" --target-id {one.entity.id}') == 1
    document = json.loads(written["plan.json"])
    assert document["closes_pairs"] == made.pairs == sum(one["closes_pairs"] for one in document["entities"])
    assert written["plan.tf"].count('resource "aws_organizations_policy" ') == made.policies
    assert all(length(policy) <= LIMIT for one in made.placements for policy in one.found.policies)


def test_a_policy_of_ours_is_rewritten_in_its_place_and_kept_for_the_way_back():
    world = World(seed=5, accounts=20, ous=8, extra=[])
    root = world.organization.root
    world.apply(root, recommend(world.case(root), Wish(300 * DAY)))
    (ours,) = [one for one in world.organization.attachments[root.id] if one.startswith("p-added")]
    written = files(made := planned(world), prove(made))
    assert f"update-policy --policy-id {ours} --content file://scps/" in written["plan.md"]
    assert f"update-policy --policy-id {ours} --content file://rollback/{ours}.json" in written["plan.md"]
    assert json.loads(written[f"rollback/{ours}.json"])["Statement"]


def test_more_scps_than_aws_takes_on_an_entity_are_told():
    world = World(seed=5, accounts=20, ous=8, extra=[])
    for _ in range(10):
        world.attach(world.organization.root, json.dumps({"Statement": []}))
    assert any("AWS takes 10 on one entity" in note for note in planned(world).notes())


@settings(max_examples=10, phases=QUICK)
@given(worlds, st.integers(400, 1200))
def test_short_policies_are_as_safe(world, limit):
    used = in_use(world)
    attach(world, planned(world, replace(WISH, limit=limit)))
    assert not used & denied(world)


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_looks_like_this(name):
    assert written(name) == (TESTDATA / name).read_text(encoding="utf-8")
