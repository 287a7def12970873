"""What the SCPs that are attached already do."""

from collections.abc import Collection, Mapping
from functools import reduce

from exporter.recommend.case import Attached
from exporter.scp import Effect, effect, mentioned


def already_denied(attached: Collection[Attached], namespaces: Collection[str]) -> Mapping[str, str]:
    """Those of ``namespaces`` that SCPs deny, or do not allow, each with the reason."""
    found: dict[str, str] = {}
    for entity_id in dict.fromkeys(one.entity_id for one in attached):
        level = [one for one in attached if one.entity_id == entity_id]
        effects = [(one, _effect(one, namespaces)) for one in level]
        whole = reduce(Effect.__or__, (what for _, what in effects))
        for one, what in effects:
            by = f"denied by {one.called} on {one.entity_id}"
            found |= dict.fromkeys(sorted(what.denied - found.keys()), by)
        shut = set(namespaces) - whole.allowed - found.keys()
        found |= dict.fromkeys(sorted(shut), f"allowed by no SCP on {entity_id}")
    return found


def denied_by_name(attached: Collection[Attached]) -> Mapping[str, str]:
    """The services that the attached SCPs name and deny: what a report leaves out."""
    named: frozenset[str] = frozenset().union(*(_mentioned(one) for one in attached))
    return dict(sorted(already_denied(attached, named).items()))


def _effect(one: Attached, namespaces: Collection[str]) -> Effect:
    """A text that cannot be read is taken to allow everything: nothing is left out on its account."""
    try:
        return effect(one.content, namespaces)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Effect(allowed=frozenset(namespaces))


def _mentioned(one: Attached) -> frozenset[str]:
    try:
        return mentioned(one.content)
    except (ValueError, TypeError, AttributeError):
        return frozenset()
