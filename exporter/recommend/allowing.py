"""A list of what is allowed, for an entity where no policy allows everything any more.

There an SCP that allows less takes the place of those that allow: side by side, they add up.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from exporter.recommend.case import Attached


def grants(attached: Collection[Attached], entity_id: str) -> tuple[Attached, ...]:
    """The SCPs on the entity that allow something; none if one of them allows everything."""
    own = [one for one in attached if one.entity_id == entity_id and list(_allows(one))]
    full = any(_is_full(statement) for one in own for statement in _allows(one))
    return () if full else tuple(own)


def carried_over(granting: Sequence[Attached], denied: Collection[str]) -> frozenset[str]:
    """The actions that they allow, without those of services to be denied; ValueError where that cannot be
    said by a list of actions.
    """
    actions = {
        str(action) for one in granting for statement in _allows(one) for action in _plain(statement, one)
    }
    return frozenset(action for action in actions if action.partition(":")[0].lower() not in denied)


def _plain(statement: Mapping[str, Any], one: Attached) -> Sequence[str]:
    if "Action" not in statement or not _everywhere(statement):
        raise ValueError(f"{one.called} allows by NotAction, resource or condition: use a deny list")
    actions = _listed(statement["Action"])
    if any(set(str(action).partition(":")[0]) & {"*", "?"} for action in actions):
        raise ValueError(f"{one.called} allows services by a pattern: use a deny list")
    return actions


def _is_full(statement: Mapping[str, Any]) -> bool:
    return _everywhere(statement) and bool({"*", "*:*"} & set(map(str, _listed(statement.get("Action")))))


def _everywhere(statement: Mapping[str, Any]) -> bool:
    return _listed(statement.get("Resource")) == ["*"] and "Condition" not in statement


def _allows(one: Attached) -> Iterator[Mapping[str, Any]]:
    try:
        document = json.loads(one.content)
    except ValueError:
        return
    for statement in _listed(document.get("Statement")) if isinstance(document, dict) else ():
        if isinstance(statement, dict) and statement.get("Effect") == "Allow":
            yield statement


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
