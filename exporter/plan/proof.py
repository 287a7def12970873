"""The plan, read again by what checks other people's drafts: nothing in use below is denied anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from exporter.drafts import Draft, check, parse
from exporter.plan.placement import Placement, Plan
from exporter.recommend import latest_uses, policy_texts


@dataclass(frozen=True, slots=True)
class Proof:
    """``denied`` names what is in use and would be denied, which is to be nothing; the counts say what was
    looked at: entities, and services in use on them.
    """

    entities: int
    uses: int
    denied: tuple[str, ...]


def prove(planned: Plan) -> Proof:
    """Hold the policies of each entity and of all above it against the evidence of everything below it."""
    drafts = {one.entity.id: tuple(_drafts(one)) for one in planned.placements}
    denied: list[str] = []
    uses = 0
    for one in planned.placements:
        case, since = one.found.case, one.found.jury.cutoff
        in_force = [draft for place in one.entity.path.split("/")[1:] for draft in drafts.get(place, ())]
        used = latest_uses(case.rows()).values()
        uses += sum(use.at >= since for use in used)
        if in_force:
            findings = check(case, in_force, since=since).findings
            denied += [f"{found.namespace} on {one.called}: {'; '.join(found.how)}" for found in findings]
    return Proof(len(planned.placements), uses, tuple(denied))


def _drafts(placement: Placement) -> Iterator[Draft]:
    for number, text in enumerate(policy_texts(placement.found), start=1):
        yield from parse(f"{placement.entity.id}#{number}", text)
