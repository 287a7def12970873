"""What one statement denies of one service: all of it for everybody, or something that depends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from exporter.drafts.draft import Draft, Statement

_PRINCIPAL = "aws:principalarn"
_EXEMPTING = {
    f"{operator}{suffix}"
    for operator in ("ArnNotLike", "ArnNotEquals", "StringNotLike", "StringNotEquals")
    for suffix in ("", "IfExists")
}
_NAMED = 3  # actions of a service that are named


class Certainty(StrEnum):
    """Whether a use of a service would be denied."""

    DENIES = "denies"
    MAY_DENY = "may deny"


@dataclass(frozen=True, slots=True)
class Denial:
    """One statement's part in a service's denial: of which draft it is, and what it depends on.

    ``depends`` is empty where every use is denied; ``exempt`` are the principals that are left alone.
    """

    draft: str
    statement: str
    depends: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()

    @property
    def certainty(self) -> Certainty:
        """Whom it leaves alone is no matter of luck: for everybody else, the service is denied."""
        return Certainty.MAY_DENY if self.depends else Certainty.DENIES

    @property
    def told(self) -> str:
        """In words."""
        left = f"except for {', '.join(self.exempt)}" if self.exempt else ""
        return f"{self.statement}: {'; '.join(filter(None, [*self.depends, left])) or 'all of it'}"


class Denials:
    """What a draft denies, service by service."""

    def __init__(self, draft: Draft) -> None:
        self._parts = [
            _Part.of(draft.name, number, statement)
            for number, statement in enumerate(draft.statements, start=1)
            if statement["Effect"] == "Deny"
        ]

    def of(self, namespace: str) -> Iterator[Denial]:
        """A denial for each statement that denies something of the service."""
        for part in self._parts:
            reached = part.reached(namespace)
            if reached is not None:
                yield replace(part.whole, depends=reached + part.whole.depends)


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement: what it is to a service of which it is about all actions; and the ``actions`` it names.

    Those are by service, in the order in which they are written, and under ``*`` what any other has of them;
    it denies all others where ``spared``.
    """

    whole: Denial
    spared: bool
    actions: Mapping[str, list[str]]

    @classmethod
    def of(cls, draft: str, number: int, statement: Statement) -> "_Part":
        exempt, condition = _condition(statement.get("Condition") or {})
        place = str(statement.get("Sid") or f"statement {number}")
        whole = Denial(draft, place, (*_resources(statement), *condition), exempt)
        actions = _by_service(_listed(statement.get("Action", statement.get("NotAction"))))
        return cls(whole, "NotAction" in statement, actions)

    def reached(self, namespace: str) -> tuple[str, ...] | None:
        """What of the service's actions it is about: () for all of them, None for none."""
        own = self.actions.get(namespace, self.actions["*"])
        whole = any(not _named(action).strip("*") for action in own)
        if self.spared:
            if whole:
                return None
            return (f"all of its actions but {_few(own)}",) if own else ()
        if not own:
            return None
        return () if whole else (f"only {_few(own)}",)


def _by_service(actions: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {"*": []}
    for action in actions:
        service = action.partition(":")[0].lower()
        if service == "*":
            for named in found.values():
                named.append(action)
        else:
            found.setdefault(service, list(found["*"])).append(action)
    return found


def _named(action: str) -> str:
    """What an action says behind its service; of ``*`` nothing is left."""
    service, colon, name = action.partition(":")
    return name if colon else service


def _few(actions: list[str]) -> str:
    more = len(actions) - _NAMED
    return ", ".join(actions[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _resources(statement: Statement) -> Iterator[str]:
    if "NotResource" in statement:
        yield "all but some resources"
    elif "*" not in _listed(statement.get("Resource", "*")):
        yield "only some resources"


def _condition(written: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The principals that it exempts, and what else has to hold."""
    exempt: list[str] = []
    keys: list[str] = []
    for operator, tests in written.items():
        for key, values in tests.items() if isinstance(tests, dict) else [("?", None)]:
            if operator in _EXEMPTING and key.lower() == _PRINCIPAL:
                exempt += map(str, _listed(values))
            else:
                keys.append(f"{operator} {key}")
    if keys and exempt:  # all of them have to hold: whom one exempts is only a part of it
        return (), (f"under conditions ({', '.join([*keys, 'aws:PrincipalArn'])})",)
    return tuple(exempt), ((f"under a condition ({', '.join(keys)})",) if keys else ())


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
