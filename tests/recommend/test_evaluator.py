"""What is recommended, judged by an evaluator of policies that is not ours, in two hundred organizations."""

import json
import random
import subprocess

import pytest

from exporter.recommend import Variant, Wish
from tests.recommend.cases import DAY
from tests.recommend.test_applied import NOW, SERVICES, World, bound, scp, wanted

pytestmark = [pytest.mark.slow, pytest.mark.tool("iam-simulate")]

ORGANIZATIONS = 200
EXEMPT = ("break-glass=Rescue", "sso=Admin")
RESCUERS = (
    "role/Rescue",
    "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
)
OTHERS = ("role/Rescuer", "role/app/Rescue", "user/Rescue", "root")
PER_WORLD = 40  # services asked for, each for every kind of principal


@pytest.fixture
def evaluator(tool):
    with subprocess.Popen(
        [tool("iam-simulate")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:

        def ask(levels, requests):
            if not requests:
                return []
            program.stdin.write(json.dumps({"levels": levels, "requests": requests}) + "\n")
            program.stdin.flush()
            answer = json.loads(program.stdout.readline())
            assert "errors" not in answer, answer
            return answer["allowed"]

        yield ask


def drawn(seed):
    """A world, an entity of it, and a wish; half of them an allow list, half with exemptions."""
    dice = random.Random(seed)
    extra = [
        (dice.randrange(20), scp(dice.choice(["Allow", "Deny", "Deny"]), dice.sample(SERVICES, 6)))
        for _ in range(dice.randrange(4))
    ]
    world = World(seed=seed, accounts=dice.randint(1, 8), ous=dice.randint(0, 4), extra=extra)
    entity = bound(world, dice.randrange(30))
    if seed % 8 == 1:
        world.allow_only(entity, dice.sample(SERVICES, len(SERVICES) // 2))
    variant = list(Variant)[seed % 2]
    exempt = EXEMPT if seed // 2 % 2 else ("none",)
    wish = Wish(dice.randint(7, 400) * DAY, variant, reviewed=dice.random() < 0.5, exempt=exempt)
    return world, entity, wish


def levels(world, account):
    """The texts of the SCPs on an account's way, level by level."""
    organization = world.organization
    return [
        [json.loads(organization.policies[one].content) for one in organization.attachments[place.id]]
        for place in organization.lineage(account)
    ]


def requests(account, services, principals):
    return [
        (f"arn:aws:iam::{account.id}:{principal}", f"{service}:AnyAction")
        for service in services
        for principal in principals
    ]


def test_no_used_service_is_denied_and_no_denial_is_without_effect(evaluator):
    asked = {"used": 0, "denied": 0, "exempt": 0}
    granted = 0
    for seed in range(ORGANIZATIONS):
        world, entity, wish = drawn(seed)
        dice = random.Random(-seed)
        accounts = list(world.organization.member_accounts(entity))
        before = {account.id: levels(world, account) for account in accounts}
        recommended = wanted(world.case(entity), wish)
        granted += recommended.grants
        world.apply(entity, recommended)
        denied = sorted(one.namespace for one in recommended.denied)
        in_use = {}
        for account, service in world.used_since(entity, NOW - wish.window):
            in_use.setdefault(account.id, []).append(service)
        for account in accounts:
            after = levels(world, account)
            used = requests(account, sorted(in_use.get(account.id, ())), OTHERS[:1])
            was, now = evaluator(before[account.id], used), evaluator(after, used)
            assert was == now, (seed, used)
            asked["used"] += len(used)
        if not accounts or not recommended.policies:
            continue
        account = dice.choice(accounts)
        after = levels(world, account)
        shut = requests(account, dice.sample(denied, min(PER_WORLD, len(denied))), OTHERS)
        assert not any(evaluator(after, shut)), seed
        asked["denied"] += len(shut)
        if recommended.exempt:
            rescue = requests(account, dice.sample(denied, min(PER_WORLD, len(denied))), RESCUERS)
            assert evaluator(after, rescue) == evaluator(before[account.id], rescue), seed
            asked["exempt"] += len(rescue)
    assert min(asked.values()) > 1000, asked
    assert granted > 10
