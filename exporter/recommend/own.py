"""Statements of an earlier recommendation, found among the SCPs in force by their Sid.

A file that takes the place of an earlier one has to say all that the earlier one said.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exporter.recommend.case import Attached
from exporter.recommend.exemptions import patterns_in
from exporter.recommend.policies import ALLOW, DENY

_EFFECTS = {DENY: "Deny", ALLOW: "Allow"}
_WRITTEN = {"Sid", "Effect", "Action", "NotAction", "Resource", "Condition"}


@dataclass(frozen=True, slots=True)
class Own:
    """One statement of ours: what it lists, whether it is about that or about all the rest, whom it exempts.

    ``strange`` is what somebody else wrote into it or beside it, in words.
    """

    attached: Attached
    effect: str
    inverted: bool
    services: frozenset[str]
    exempt: tuple[str, ...]
    strange: tuple[str, ...]
    statement: Mapping[str, Any]

    def denied(self, namespaces: Iterable[str]) -> frozenset[str]:
        """Those of ``namespaces`` that it denies, to whomever."""
        if self.effect != "Deny":
            return frozenset()
        return frozenset(name for name in namespaces if (name in self.services) is not self.inverted)


def own_statements(attached: Iterable[Attached], entity_id: str) -> tuple[Own, ...]:
    """Those of ours on the entity itself."""
    return tuple(own for one in attached if one.entity_id == entity_id for own in _own(one))


def without(attached: Iterable[Attached], own: Collection[Own]) -> tuple[Attached, ...]:
    """The SCPs as if ours said nothing; one that held nothing else remains, empty."""
    ours = {(one.attached.entity_id, one.attached.policy_id) for one in own}
    return tuple(
        replace(
            one, content=json.dumps({"Statement": [item for item in _statements(one) if not _is_ours(item)]})
        )
        if (one.entity_id, one.policy_id) in ours
        else one
        for one in attached
    )


def _own(one: Attached) -> Iterator[Own]:
    statements = _statements(one)
    for statement in filter(_is_ours, statements):
        key = "NotAction" if "NotAction" in statement else "Action"
        actions = [str(action).lower() for action in _listed(statement.get(key))]
        whole = frozenset(action.removesuffix(":*") for action in actions if action.endswith(":*"))
        exempt = patterns_in(statement.get("Condition"))
        strange = _strange(statement, len(statements) - 1, exempt is None, len(whole) < len(set(actions)))
        yield Own(
            attached=one,
            effect=statement["Effect"],
            inverted=key == "NotAction",
            services=whole,
            exempt=exempt or (),
            strange=tuple(strange),
            statement=statement,
        )


def _strange(statement: dict[str, Any], others: int, conditioned: bool, parts: bool) -> Iterator[str]:
    if others:
        yield f"it holds {others} more statement{'s' * (others > 1)}"
    if conditioned:
        yield "its condition is another than ours"
    if _listed(statement.get("Resource")) != ["*"] or statement.keys() - _WRITTEN:
        yield "it is limited to some resources or principals"
    if parts and statement["Effect"] == "Deny":
        yield "it lists more than whole services"


def _is_ours(statement: Any) -> bool:
    return isinstance(statement, dict) and (
        _EFFECTS.get(str(statement.get("Sid"))) == statement.get("Effect") is not None
    )


def _statements(one: Attached) -> list[Any]:
    try:
        document = json.loads(one.content)
    except ValueError:
        return []
    return _listed(document.get("Statement")) if isinstance(document, dict) else []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
