"""What an SCP says, in words that are true of every statement of it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exporter.recommend.case import Attached

_MOST = 12  # services named one by one

# What each effect does, and what it does where all but a list is meant.
_VERBS = {"Allow": "allows", "Deny": "denies"}


def told(one: Attached) -> str:
    """What one SCP does to services, statement by statement."""
    found = _sentences(one)
    if found is None:
        return "cannot be read: it is not the text of a policy"
    return "; ".join(dict.fromkeys(found)) or "says nothing"


def unreadable(attached: Iterable[Attached]) -> tuple[Attached, ...]:
    """Those whose text is not that of a policy."""
    return tuple(one for one in attached if _sentences(one) is None)


def _sentences(one: Attached) -> list[str] | None:
    try:
        return [_sentence(statement) for statement in _listed(json.loads(one.content)["Statement"])]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _sentence(statement: Mapping[str, Any]) -> str:
    verb = _VERBS[statement["Effect"]]
    return " ".join([verb, _what(statement), *_limits(statement)])


def _what(statement: Mapping[str, Any]) -> str:
    if "NotAction" in statement:
        return f"everything but {_services(_listed(statement['NotAction']))}"
    return _services(_listed(statement.get("Action", [])))


def _services(actions: Iterable[str]) -> str:
    """``parts of`` those of which only some actions are meant."""
    named = [action.lower().partition(":") for action in actions]
    if any(service == "*" and name in {"", "*"} for service, _, name in named):
        return "everything"
    odd = sorted("".join(parts) for parts in named if set(parts[0]) & {"*", "?"})
    plain = [(service, name) for service, _, name in named if not set(service) & {"*", "?"}]
    whole = {service for service, name in plain if name == "*"}
    part = {service for service, _ in plain} - whole
    listed = [_several(whole)] if whole else []
    listed += [f"parts of {_several(part)}"] if part else []
    listed += [f"whatever matches {_several(odd)}"] if odd else []
    return " and ".join(listed) or "nothing"


def _several(services: Iterable[str]) -> str:
    names = sorted(services)
    shown = ", ".join(names[:_MOST])
    return shown if len(names) <= _MOST else f"{len(names)} services ({shown}, …)"


def _limits(statement: Mapping[str, Any]) -> Iterator[str]:
    """Where the statement does not hold for everybody, everywhere."""
    resources = _listed(statement.get("Resource", "*"))
    if "NotResource" in statement:
        yield f"except on {_first(statement['NotResource'])}"
    elif "*" not in resources:
        yield f"on {_first(resources)}"
    conditions = statement.get("Condition") or {}
    for operator, keys in conditions.items():
        for key, value in keys.items():
            yield f"if {key} {operator} {_first(value)}"


def _first(value: Any) -> str:
    listed = _listed(value)
    rest = len(listed) - 1
    return f"{listed[0]}" + (f" and {rest} more" if rest > 0 else "") if listed else "nothing"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
