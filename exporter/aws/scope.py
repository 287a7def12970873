"""Which entities the configuration wants, which of its selectors fit none, and what those may have meant."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import filter as fitting
from fnmatch import fnmatchcase

from exporter.model import Entity, EntityType, Policy

_MOST = 50  # selectors told of one by one


@dataclass(frozen=True, slots=True)
class Scope:
    """The selection of one organization, as configured: see section 4 of the contract.

    A selector is an id (of a root or OU: with all below it), a name, or a glob for names (of an OU: with all
    below it). ``exclude`` is stronger than ``include``; empty ``policy_ids`` mean all policies.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    account_states: tuple[str, ...] = ("ACTIVE",)
    policies_enabled: bool = False
    policy_ids: tuple[str, ...] = ()

    def entities(self, found: Iterable[Entity]) -> tuple[Entity, ...]:
        """Those of ``found`` that are in scope, in their order."""
        everything = tuple(found)
        names = {entity.id: entity.name for entity in everything}
        return tuple(entity for entity in everything if self._wants(entity, names))

    def unmatched(self, found: Iterable[Entity]) -> tuple[str, ...]:
        """A line for each selector that fits none of ``found``."""
        included = (("include", selector) for selector in self.include)
        return unmatched((*included, *(("exclude", selector) for selector in self.exclude)), found)

    def policies(self, found: Iterable[Policy]) -> tuple[Policy, ...]:
        """Those in scope. A configured id that does not exist is kept: its report will say so."""
        policies = {policy.id: policy for policy in found}
        if not self.policy_ids:
            return tuple(policies.values())
        return tuple(policies.get(policy_id, Policy(policy_id, "")) for policy_id in self.policy_ids)

    def _wants(self, entity: Entity, names: Mapping[str, str]) -> bool:
        if entity.state and entity.state not in self.account_states:
            return False
        included = not self.include or _matches(entity, self.include, names)
        return included and not _matches(entity, self.exclude, names)


def _matches(entity: Entity, selectors: Iterable[str], names: Mapping[str, str]) -> bool:
    above = entity.path.split("/")[1:-1]
    lineage = {*above, entity.id}
    # Every organization's root has the same name: a glob that happens to fit it means no whole organization.
    named = [names.get(part, "") for part in above if part.startswith("ou-")]
    own = [] if entity.type is EntityType.ROOT else [entity.name]
    return any(
        selector in lineage or any(name == selector or fnmatchcase(name, selector) for name in (*own, *named))
        for selector in selectors
    )


def unmatched(selectors: Iterable[tuple[str, str]], found: Iterable[Entity]) -> tuple[str, ...]:
    """A line for each of ``selectors`` (key, selector) that fits none of ``found``, in scope or not."""
    known = _Known(found)
    lines = [
        f'{key}: "{selector}" matches nothing{known.advice(selector)}'
        for key, selector in selectors
        if not known.fits(selector)
    ]
    more = len(lines) - _MOST
    return (*lines[:_MOST], f"{more} more selectors match nothing") if more > 0 else tuple(lines)


class _Known:
    def __init__(self, found: Iterable[Entity]) -> None:
        entities = tuple(found)
        self._ids = {part for entity in entities for part in entity.path.split("/")[1:]}
        names = (entity.name for entity in entities if entity.type is not EntityType.ROOT)
        self._names = dict.fromkeys(name for name in names if name)
        self._folded = {word.casefold().strip(): word for word in (*self._names, *self._ids)}

    def fits(self, selector: str) -> bool:
        if selector in self._ids or selector in self._names:
            return True
        return bool(set(selector) & set("*?[") and fitting(self._names, selector))

    def advice(self, selector: str) -> str:
        meant = next((word for word in self._candidates(selector) if word), "")
        return f', did you mean "{meant}"?' if meant else ""

    def _candidates(self, selector: str) -> Iterator[str]:
        """What is written otherwise: in capitals, with blanks, in a path or an ARN, with separators."""
        yield self._folded.get(selector.casefold().strip(), "")
        yield self._folded.get(re.split("[/:]", selector)[-1].casefold().strip(), "")
        yield self._folded.get(re.sub("[-_ ]", "", selector), "")
        if set(selector) & set("*?"):
            alike = fitting(self._folded, selector.casefold().strip())
            yield self._folded[alike[0]] if alike else ""
