"""What the SCPs that are attached already do."""

from collections.abc import Collection, Mapping
from functools import reduce
from itertools import groupby

from exporter.recommend.case import Attached
from exporter.scp import Effect, effect, mentioned


def already_denied(attached: Collection[Attached], namespaces: Collection[str]) -> Mapping[str, str]:
    """Those of ``namespaces`` that SCPs deny, or do not allow, each with the reason."""
    found: dict[str, str] = {}
    for entity_id, level in groupby(attached, key=lambda one: one.entity_id):
        effects = [(one, effect(one.content, namespaces)) for one in level]
        whole = reduce(Effect.__or__, (what for _, what in effects), Effect())
        for one, what in effects:
            found |= {name: f"denied by {_called(one)}" for name in what.denied if name not in found}
        shut = set(namespaces) - whole.allowed - found.keys()
        found |= dict.fromkeys(sorted(shut), f"allowed by no SCP on {entity_id}")
    return found


def denied_by_name(attached: Collection[Attached]) -> Mapping[str, str]:
    """The services that the attached SCPs name and deny: what a report leaves out."""
    named: frozenset[str] = frozenset().union(*(mentioned(one.content) for one in attached))
    return dict(sorted(already_denied(attached, named).items()))


def told(one: Attached, namespaces: Collection[str]) -> str:
    """What one SCP does to services, in words; ``namespaces`` are all that are known."""
    universe = {*namespaces, *mentioned(one.content)}
    what = effect(one.content, universe)
    denies = (
        f"denies {', '.join(sorted(what.denied))}"
        if len(what.denied) < len(universe)
        else "denies everything"
    )
    allows = (
        "allows everything" if len(what.allowed) == len(universe) else f"allows {len(what.allowed)} services"
    )
    parts = [*([allows] if what.allowed else []), *([denies] if what.denied else [])]
    return "; ".join(parts) or "denies no service wholly"


def _called(one: Attached) -> str:
    return (
        f"{one.name} ({one.policy_id}) on {one.entity_id}"
        if one.name
        else f"{one.policy_id} on {one.entity_id}"
    )
