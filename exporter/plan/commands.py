"""The AWS CLI's commands for a step, and for the way back."""

from collections.abc import Iterator

from exporter.plan.placement import Placement
from exporter.plan.steps import Step
from exporter.recommend import Own, description, resource_name

_CLI = "aws organizations"


def paths(step: Step) -> tuple[str, ...]:
    """The files of a step's policies."""
    found = step.placement.found
    places = range(1, len(found.policies) + 1)
    return tuple(f"scps/{step.number:03}-{resource_name(found, place)}.json" for place in places)


def former(one: Placement) -> tuple[Own, ...]:
    """Ours in force there, each policy once."""
    return tuple({own.attached.policy_id: own for own in one.found.own}.values())


def backup(own: Own) -> str:
    """The file that keeps what a policy says now."""
    return f"rollback/{own.attached.policy_id}.json"


def forward(step: Step) -> Iterator[str]:
    """Ours in force are rewritten first, what is new is made and attached, what is left over is detached."""
    one = step.placement
    rewritten = [own.attached.policy_id for own in former(one)]
    for place, path in enumerate(paths(step), start=1):
        content = f"--content file://{path}"
        if rewritten:
            yield f"{_CLI} update-policy --policy-id {rewritten.pop(0)} {content}"
            continue
        name = f"--name {resource_name(one.found, place)} --description '{description(one.found)}'"
        made = f"{_CLI} create-policy --type SERVICE_CONTROL_POLICY {name} {content}"
        yield f"id=$({made} --query Policy.PolicySummary.Id --output text)"
        yield f'{_CLI} attach-policy --policy-id "$id" --target-id {one.entity.id}'
    for policy_id in rewritten:
        yield f"{_CLI} detach-policy --policy-id {policy_id} --target-id {one.entity.id}"


def back(step: Step) -> Iterator[str]:
    """What undoes ``forward``: of new policies the ids are looked up by their names."""
    one, before = step.placement, former(step.placement)
    target = f"--target-id {one.entity.id}"
    for place in range(len(before) + 1, len(one.found.policies) + 1):
        name = resource_name(one.found, place)
        listed = f"{_CLI} list-policies-for-target {target} --filter SERVICE_CONTROL_POLICY"
        yield f"id=$({listed} --query \"Policies[?Name=='{name}'].Id\" --output text)"
        yield f'{_CLI} detach-policy --policy-id "$id" {target}'
    for place, own in enumerate(before, start=1):
        policy = f"--policy-id {own.attached.policy_id}"
        if place <= len(one.found.policies):
            yield f"{_CLI} update-policy {policy} --content file://{backup(own)}"
        else:
            yield f"{_CLI} attach-policy {policy} {target}"
