"""Which selectors of a configuration fit nothing in an organization, and what may have been meant."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import filter as fitting

from exporter.model import Entity, EntityType

_MOST = 50  # selectors told of one by one


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
