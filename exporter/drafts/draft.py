"""The text of a policy that is not attached yet, read as strictly as AWS would."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_POLICY = {"Version", "Id", "Statement"}
_STATEMENT = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_EXCLUSIVE = (("Action", "NotAction"), ("Resource", "NotResource"))
_VERSIONS = {"2012-10-17", "2008-10-17"}

Statement = Mapping[str, Any]


class DraftError(ValueError):
    """A text that is no service control policy, with what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One policy: what it is called (its file), its text as AWS would count it, and its statements."""

    name: str
    content: str
    statements: tuple[Statement, ...]

    @property
    def size(self) -> int:
        """Characters; AWS counts every blank, and takes 10,240."""
        return len(self.content)


def parse(name: str, text: str) -> tuple[Draft, ...]:
    """The policies in a file: one, a list, or one after another; raises DraftError.

    A policy may also be what ``aws organizations describe-policy`` printed.
    """
    found = [
        policy for value in _values(name, text) for policy in (value if isinstance(value, list) else [value])
    ]
    if not found:
        raise DraftError(f"{name}: there is no policy in it")
    alone = len(found) == 1
    return tuple(
        _draft(name if alone else f"{name}#{number}", policy, text if alone else None)
        for number, policy in enumerate(found, start=1)
    )


def _values(name: str, text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(object_pairs_hook=_once), 0
    while rest := text[at:].lstrip("\ufeff \t\r\n"):
        start = len(text) - len(rest)
        try:
            value, at = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise DraftError(f"{name}:{error.lineno}:{error.colno}: this is no JSON: {error.msg}") from error
        except DraftError as error:
            raise DraftError(f"{name}: {error}") from error
        yield value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise DraftError(f"{next(one for one in names if names.count(one) > 1)!r} stands there twice")
    return found


def _draft(name: str, policy: Any, text: str | None) -> Draft:
    described = policy.get("Policy", policy) if isinstance(policy, dict) else policy
    if isinstance(described, dict) and isinstance(described.get("Content"), str):
        (draft,) = parse(name, described["Content"])
        return draft
    _check_policy(name, policy)
    statements = tuple(_listed(policy["Statement"]))
    for number, statement in enumerate(statements, start=1):
        _check_statement(f"{name}: statement {number}", statement)
    return Draft(name, text.strip() if text else json.dumps(policy, separators=(",", ":")), statements)


def _check_policy(name: str, policy: Any) -> None:
    if not isinstance(policy, dict):
        raise DraftError(f"{name}: a policy is a JSON object, not {json.dumps(policy)[:40]}")
    if strange := sorted(policy.keys() - _POLICY):
        raise DraftError(f"{name}: {strange[0]!r} is no part of a policy")
    if policy.get("Version") not in _VERSIONS:
        raise DraftError(f'{name}: its Version is not "2012-10-17"')
    if not _listed(policy.get("Statement", [])):
        raise DraftError(f"{name}: it has no Statement")


def _check_statement(place: str, statement: Any) -> None:
    if not isinstance(statement, dict):
        raise DraftError(f"{place} is no JSON object")
    if strange := sorted(statement.keys() - _STATEMENT):
        raise DraftError(f"{place}: {strange[0]!r} is nothing that a service control policy takes")
    if statement.get("Effect") not in {"Allow", "Deny"}:
        raise DraftError(f"{place}: its Effect is neither Allow nor Deny")
    for one, other in _EXCLUSIVE:
        if (one in statement) is (other in statement):
            raise DraftError(f"{place}: it takes one of {one} and {other}")
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        _check_strings(f"{place}: {key}", _listed(statement.get(key, "*")))
    if not isinstance(statement.get("Condition", {}), dict):
        raise DraftError(f"{place}: its Condition is no JSON object")


def _check_strings(place: str, values: list[Any]) -> None:
    if not values or not all(isinstance(value, str) and value for value in values):
        raise DraftError(f"{place} is neither a string nor a list of strings")
    if place.endswith("Action"):
        for value in values:
            service, colon, action = value.partition(":")
            if value != "*" and not (service and colon and action):
                raise DraftError(f"{place}: {value!r} is no action such as s3:GetObject")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
