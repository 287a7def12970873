"""In which order to attach, so that a mistake is noticed where it hurts least."""

import re
from dataclasses import dataclass

from exporter.model import EntityType
from exporter.plan.placement import Placement, Plan

_TRIAL = re.compile(
    r"sand-?box|play-?ground|\btest|\bdev(elopment)?\b|non-?prod|stag(e|ing)\b|\bqa\b|\blab", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Step:
    """``number`` from 1; ``gives_back``: services that ours in force denies there, and the new does not."""

    number: int
    placement: Placement
    why: str
    gives_back: tuple[str, ...]


def steps(planned: Plan) -> tuple[Step, ...]:
    """Where something is to be done: what only adds first, a trial OU before others, then by accounts.

    What gives services back, since they are denied further up from now on, comes last and from the top down:
    until then both deny them, and nothing is open in between.
    """
    todo = [one for one in planned.placements if one.changes]
    ordered = sorted(todo, key=_weight)
    return tuple(
        Step(number, one, _why(one), _gives_back(one)) for number, one in enumerate(ordered, start=1)
    )


def _weight(one: Placement) -> tuple[bool, int, bool, bool, int, str]:
    later = bool(_gives_back(one))
    root = one.entity.type is EntityType.ROOT
    depth = one.entity.depth if later else 0
    return later, depth, root and not later, not _trial(one), len(one.found.case.members), one.entity.path


def _gives_back(one: Placement) -> tuple[str, ...]:
    return tuple(verdict.namespace for verdict in one.found.difference.removed)


def _trial(one: Placement) -> bool:
    return bool(_TRIAL.search(one.called))


def _why(one: Placement) -> str:
    members = len(one.found.case.members)
    accounts = f"{members} account{'s' * (members != 1)}"
    if _gives_back(one):
        return f"after what is above it: it gives back what is denied there now; {accounts}"
    if one.entity.type is EntityType.ROOT:
        return f"last of those that add: it binds all {accounts}"
    return f"for trials by its name; {accounts}" if _trial(one) else accounts
