"""The plan as files, each with its path below a directory."""

import json
from collections.abc import Mapping
from typing import Any

from exporter.plan.commands import backup, former, paths
from exporter.plan.page import page
from exporter.plan.placement import Placement, Plan
from exporter.plan.proof import Proof
from exporter.plan.steps import Step, steps
from exporter.recommend import length, policy_texts, terraform
from exporter.times import rfc3339


def files(planned: Plan, proof: Proof) -> Mapping[str, str]:
    """A policy each for AWS, what is in force now for the way back, and the whole for people and programs."""
    written: dict[str, str] = {}
    for step in steps(planned):
        texts = policy_texts(step.placement.found)
        written |= {path: f"{text}\n" for path, text in zip(paths(step), texts, strict=True)}
        written |= {backup(own): f"{own.attached.content}\n" for own in former(step.placement)}
    resources = [terraform(one.found) for one in planned.placements if one.found.policies]
    return {
        **written,
        "plan.tf": "\n".join(resources),
        "plan.json": json.dumps(_document(planned, proof), indent=2) + "\n",
        "plan.md": page(planned, proof),
    }


def _document(planned: Plan, proof: Proof) -> dict[str, Any]:
    return {
        "policies": planned.policies,
        "closes_pairs": planned.pairs,
        "proof": {"entities": proof.entities, "uses": proof.uses, "denied": list(proof.denied)},
        "steps": [_step(step) for step in steps(planned)],
        "entities": [_entity(one) for one in planned.placements],
        "not_judged": dict(planned.missing),
        "notes": list(planned.notes()),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "entity_id": step.placement.entity.id,
        "files": list(paths(step)),
        "why_now": step.why,
        "gives_back": list(step.gives_back),
        "takes_the_place_of": [own.attached.policy_id for own in former(step.placement)],
    }


def _entity(one: Placement) -> dict[str, Any]:
    return {
        "id": one.entity.id,
        "name": one.entity.name,
        "path": one.entity.path,
        "report_created": rfc3339(one.found.case.report.created),
        "accounts": len(one.found.case.members),
        "denies": list(one.services),
        "denied_above": one.above,
        "closes_pairs": one.pairs,
        "characters": [length(policy) for policy in one.found.policies],
        "attached_afterwards": one.attached,
    }
