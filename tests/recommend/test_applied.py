"""What is recommended, applied to the simulated AWS: for any organization, activity and SCPs."""

import json
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exporter.model import EntityType, Report, ServiceAccess
from exporter.recommend import (
    COMPANIONS,
    PROTECTED,
    REVIEWED,
    Attached,
    Case,
    Member,
    Variant,
    Wish,
    compact,
    recommend,
)
from exporter.services import service_names
from exporter.simulator import SimulationOptions
from exporter.simulator.activity import Activity, last_use
from exporter.simulator.founding import found
from exporter.simulator.organization import ControlPolicy
from exporter.simulator.reports import Reports

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # an organization is small anyway, and slow to shrink
NOW = 1_790_000_000.0
DAY = 86400.0
# Enough for every kind: daily, occasional and never used ones, protected ones, ones that standing SCPs deny.
NAMES = {
    name: title
    for number, (name, title) in enumerate(service_names().items())
    if number % 6 == 0
    or name in {"s3", "sts", "iam", "kms", "codecommit", "billing", "health", "support", "ssm"}
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

    @property
    def root(self):
        return self.organization.root

    services = frozenset(SERVICES)

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

    def allow_only(self, entity, services):
        """Take FullAWSAccess from the entity, and allow it these services instead."""
        policies = self.organization.policies
        attached = {**self.organization.attachments}
        kept = (one for one in attached[entity.id] if policies[one].name != "FullAWSAccess")
        attached[entity.id] = tuple(kept)
        self.organization = replace(self.organization, attachments=attached)
        self.attach(entity, scp("Allow", services))

    def apply(self, entity, recommended):
        """Put what is recommended in the place of ours, and of what it says has to go."""
        gone = {own.attached.policy_id for own in recommended.own}
        gone |= {policy.policy_id for policy in recommended.replaced}
        attached = {**self.organization.attachments}
        attached[entity.id] = tuple(one for one in attached[entity.id] if one not in gone)
        self.organization = replace(self.organization, attachments=attached)
        for policy in recommended.policies:
            self.attach(entity, compact(policy))

    def content(self, entity):
        return Reports(self.organization, NAMES, self.activity).content(entity.path, "", NOW)

    def members(self, entity):
        return [
            Member(one.id, one.name, one.state, self.organization.joined[one.id], one.path)
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


def bound(world, place):
    """Any entity that an SCP binds."""
    entities = world.organization.entities.values()
    found = [one for one in entities if one.type != EntityType.MANAGEMENT_ACCOUNT]
    return found[place % len(found)]


places = st.integers(0, 30)
wishes = st.builds(
    Wish,
    window=st.integers(7, 400).map(lambda days: days * DAY),
    variant=st.sampled_from(Variant),
    reviewed=st.booleans(),
    exempt=st.sampled_from([None, ("none",), ("control-tower",), ("sso", "break-glass=Rescue")]),
)


def wanted(case, wish):
    """What is recommended; where an allow list would have to exempt somebody, without."""
    try:
        return recommend(case, wish)
    except ValueError as error:
        if "exempted" not in str(error):
            raise
        return recommend(case, replace(wish, exempt=("none",)))


@settings(deadline=None, phases=QUICK, max_examples=30)
@given(world=worlds, place=places, wish=wishes, limit=st.sampled_from([400, 1000, 10_240]))
def test_nothing_in_use_is_denied_and_all_that_is_claimed_is(world, place, wish, limit):
    entity = bound(world, place)
    wish = replace(wish, limit=limit if wish.variant is Variant.DENY_LIST else 10_240)
    before = {account.id: world.accessible(account) for account in world.organization.member_accounts(entity)}
    recommended = wanted(world.case(entity), wish)
    in_use = set(world.used_since(entity, NOW - wish.window))
    assert all(len(compact(policy)) < wish.limit for policy in recommended.policies)

    world.apply(entity, recommended)
    said = world.content(entity)
    assert (said.accessible, said.not_accessed) == (
        recommended.after.accessible,
        recommended.after.not_accessed,
    )
    for account, service in in_use:
        assert service not in before[account.id] or service in world.accessible(account)
    protected = {row.namespace for row in said.rows} & PROTECTED.keys()
    assert protected == {verdict.namespace for verdict in recommended.allowed} & PROTECTED.keys()


def denied(recommended):
    return {verdict.namespace for verdict in recommended.denied}


@settings(deadline=None, phases=QUICK, max_examples=30)
@given(world=worlds, place=places, wish=wishes)
def test_what_is_recommended_again_after_it_was_attached_is_the_same(world, place, wish):
    entity = bound(world, place)
    first = wanted(world.case(entity), wish)
    world.apply(entity, first)
    again = wanted(world.case(entity), wish)
    assert again.policies == first.policies
    assert again.difference.none
    if wish.variant is Variant.DENY_LIST:
        assert denied(again) == denied(first)
    elif not first.grants:
        # An allow list also denies what no report listed the first time, and says so the second time.
        assert denied(again) >= denied(first)


def silent(case, days):
    """The same evidence, so many days later."""
    created = case.report.created + days * DAY
    return replace(case, report=replace(case.report, created=created))


@settings(deadline=None, phases=QUICK, max_examples=30)
@given(world=worlds, place=places, wish=wishes, days=st.integers(1, 300), attached=st.booleans())
def test_with_more_silence_it_only_grows(world, place, wish, days, attached):
    entity = bound(world, place)
    case = world.case(entity)
    first = wanted(case, wish)
    if attached and not first.grants:
        world.apply(entity, first)
        case = world.case(entity)
    later = wanted(silent(case, days), wish)
    assert denied(first) <= denied(later)
    assert not later.difference.removed


@settings(deadline=None, phases=QUICK, max_examples=30)
@given(world=worlds, place=places, wish=wishes, data=st.data(), attached=st.booleans())
def test_with_a_new_use_it_only_gives_back_that_service(world, place, wish, data, attached):
    entity = bound(world, place)
    case = world.case(entity)
    first = wanted(case, wish)
    if attached and not first.grants:
        world.apply(entity, first)
        case = world.case(entity)
    used = data.draw(st.sets(st.sampled_from(SERVICES), max_size=4))
    rows = tuple(ServiceAccess(name, last_authenticated=NOW - DAY, authenticated_entities=1) for name in used)
    news = Report(NOW, NOW, len(rows), 0, rows)
    later = wanted(replace(case, below=(news,)), wish)
    given_back = denied(first) - denied(later)
    companions = {name for name, others in COMPANIONS.items() if used.intersection(others)}
    assert denied(first) & used <= given_back <= used | companions
    listed = {row.namespace for row in case.report.services}
    undoubted = not any("nothing can be said" in note for note in first.notes)
    assert not undoubted or (denied(later) - denied(first)) & listed == set()


def test_the_properties_are_about_something():
    world = World(seed=1, accounts=8, ous=3, extra=[])
    recommended = recommend(world.case(world.organization.root), Wish(90 * DAY))
    assert len(recommended.denied) > 20
    assert len({verdict.ground for verdict in recommended.verdicts}) >= 5
    spared = {verdict.namespace for verdict in recommended.allowed} & REVIEWED.keys()
    assert spared
