"""What is recommended, applied to the simulated AWS: for any organization, activity and SCPs."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.model import EntityType, Report
from exporter.recommend import PROTECTED, Attached, Case, Member, Variant, Wish, compact, recommend
from exporter.services import service_names
from exporter.simulator import SimulationOptions
from exporter.simulator.activity import Activity, last_use
from exporter.simulator.founding import found
from exporter.simulator.organization import ControlPolicy
from exporter.simulator.reports import Reports

NOW = 1_790_000_000.0
DAY = 86400.0
# Enough for every kind: daily, occasional and never used ones, protected ones, ones that standing SCPs deny.
NAMES = {
    name: title
    for number, (name, title) in enumerate(service_names().items())
    if number % 6 == 0 or name in {"s3", "sts", "iam", "kms", "codecommit", "billing", "health", "support"}
}
SERVICES = sorted(NAMES)


def scp(effect, services):
    actions = [f"{service}:*" for service in services]
    return json.dumps({"Statement": [{"Effect": effect, "Action": actions, "Resource": "*"}]})


control_policies = st.tuples(
    st.sampled_from(["Allow", "Deny", "Deny"]), st.lists(st.sampled_from(SERVICES), min_size=1, max_size=8)
).map(lambda drawn: scp(*drawn))


class World:
    """A simulated organization at one moment, with SCPs of our choice on top of its own."""

    def __init__(self, seed, accounts, ous, extra):
        self.organization = found(SimulationOptions(accounts=accounts, ous=ous, seed=seed, clock=lambda: NOW))
        entities = list(self.organization.entities.values())
        for place, content in extra:
            self.attach(entities[place % len(entities)], content)
        self.activity = Activity(
            SERVICES, self.organization.joined, seed=seed, began=NOW, speed=1.0, partition="aws"
        )

    def attach(self, entity, content):
        policy_id = f"p-added{len(self.organization.policies):03}"
        policy = ControlPolicy(policy_id, policy_id, "", content)
        attached = {**self.organization.attachments}
        attached[entity.id] = (*attached[entity.id], policy_id)
        self.organization = replace(
            self.organization,
            policies={**self.organization.policies, policy_id: policy},
            attachments=attached,
        )

    def content(self, entity):
        return Reports(self.organization, NAMES, self.activity).content(entity.path, "", NOW)

    def members(self, entity):
        return [
            Member(one.id, one.name, one.state, self.organization.joined[one.id])
            for one in self.organization.member_accounts(entity)
        ]

    def case(self, entity):
        said = self.content(entity)
        attached = [
            Attached(above.id, policy_id, "", self.organization.policies[policy_id].content)
            for above in self.organization.lineage(entity)
            for policy_id in self.organization.attachments[above.id]
        ]
        report = Report(NOW, NOW, said.accessible, said.not_accessed, said.rows)
        return Case(entity, report, tuple(self.members(entity)), tuple(attached))

    def used_since(self, entity, cutoff):
        """Every (account, service) used since, by the truth about each account."""
        for account in self.organization.member_accounts(entity):
            for use in self.activity.uses(account):
                last = last_use(use, NOW)
                if last is not None and last >= cutoff:
                    yield account, use.namespace

    def accessible(self, entity):
        return {row.namespace for row in self.content(entity).rows}


worlds = st.builds(
    World,
    seed=st.integers(0, 10_000),
    accounts=st.integers(1, 8),
    ous=st.integers(0, 4),
    extra=st.lists(st.tuples(st.integers(0, 20), control_policies), max_size=3),
)


@settings(deadline=None, max_examples=60)
@given(
    world=worlds,
    place=st.integers(0, 30),
    days=st.integers(1, 400),
    variant=st.sampled_from(Variant),
    limit=st.sampled_from([300, 1000, 10_240]),
)
def test_nothing_in_use_is_denied_and_all_that_is_claimed_is(world, place, days, variant, limit):
    bound = [one for one in world.organization.entities.values() if one.type != EntityType.MANAGEMENT_ACCOUNT]
    entity = bound[place % len(bound)]
    wish = Wish(days * DAY, variant, limit=limit if variant is Variant.DENY_LIST else 10_240)
    before = {account.id: world.accessible(account) for account in world.organization.member_accounts(entity)}
    recommended = recommend(world.case(entity), wish)
    in_use = set(world.used_since(entity, NOW - wish.window))
    assert all(len(compact(policy)) <= wish.limit for policy in recommended.policies)

    for policy in recommended.policies:
        world.attach(entity, compact(policy))
    said = world.content(entity)
    assert (said.accessible, said.not_accessed) == (
        recommended.after.accessible,
        recommended.after.not_accessed,
    )
    for account, service in in_use:
        assert service not in before[account.id] or service in world.accessible(account)
    protected = {row.namespace for row in said.rows} & PROTECTED.keys()
    assert protected == {verdict.namespace for verdict in recommended.allowed} & PROTECTED.keys()


def test_the_property_is_about_something():
    world = World(seed=1, accounts=8, ous=3, extra=[])
    recommended = recommend(world.case(world.organization.root), Wish(90 * DAY))
    assert len(recommended.denied) > 20
    assert len({verdict.ground for verdict in recommended.verdicts}) >= 4


@pytest.mark.parametrize("variant", Variant)
def test_what_is_recommended_again_after_applying_is_nothing(variant):
    world = World(seed=1, accounts=8, ous=3, extra=[])
    root = world.organization.root
    for policy in recommend(world.case(root), Wish(90 * DAY, variant)).policies:
        world.attach(root, compact(policy))
    assert recommend(world.case(root), Wish(90 * DAY, variant)).policies == ()
