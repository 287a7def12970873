"""The rendered snapshot: an immutable value that shares all that did not change with the one before.

Units stand in blocks of a few; a block keeps one compressed part per family. A new report renders one unit
and one block; a scrape lays the parts of all blocks end to end, family by family.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from exporter.exposition.deflate import EMPTY, Body, Part, body, deflate, join
from exporter.exposition.lines import END, Format, encode, header, sample_lines
from exporter.exposition.unit import TICKING, Lines, Unit
from exporter.families import SERVICE_INFO, SUBJECT_FAMILIES, Family, Group
from exporter.model import Subject

Key = tuple[str, Subject]
"""Organization name and subject."""

ALL = frozenset(Group)
BLOCK = 16  # units; smaller compresses short lines worse, larger makes a new report dearer


def _fused(runs: Iterable[Lines]) -> Part:
    """Long runs as they are, the short ones between them compressed together."""
    parts: list[Part] = []
    short: list[bytes] = []
    for lines in runs:
        if isinstance(lines, Part):
            parts += [deflate(b"".join(short)), lines]
            short = []
        elif lines:
            short.append(lines)
    parts.append(deflate(b"".join(short)))
    return parts[0] if len(parts) == 1 else join(part for part in parts if part.length)


@dataclass(frozen=True, slots=True)
class Block:
    """A few units in their order, and per family of SUBJECT_FAMILIES their lines as one part."""

    units: tuple[Unit, ...]
    parts: tuple[Part, ...]
    series: int
    length: int


def _block(units: Sequence[Unit], now: float) -> Block:
    parts = tuple(
        deflate(b"".join([unit.ages(now) for unit in units]))
        if i in TICKING
        else _fused([unit.lines[i] for unit in units])
        for i in range(len(SUBJECT_FAMILIES))
    )
    series = sum(sum(unit.samples) for unit in units)
    return Block(tuple(units), parts, series, sum(part.length for part in parts))


def _ticked(block: Block, now: float) -> Block:
    ages = deflate(b"".join([unit.ages(now) for unit in block.units]))
    parts = tuple(ages if i in TICKING else part for i, part in enumerate(block.parts))
    return replace(block, parts=parts, length=sum(part.length for part in parts))


@dataclass(frozen=True, slots=True)
class Exposition:
    """What a scrape serves of reports and entities.

    ``aged_at`` is the oldest moment that any age stands for.
    """

    blocks: tuple[Block, ...] = ()
    places: Mapping[Key, int] = field(default_factory=dict)
    names: Part = EMPTY
    named: int = 0
    aged_at: float = 0.0
    _composed: dict[tuple[frozenset[Group], Format], Part] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def series(self) -> int:
        """Samples in the blocks and the service names."""
        return self.named + sum(block.series for block in self.blocks)

    @property
    def length(self) -> int:
        """Bytes of text in the blocks and the service names, without headers."""
        return self.names.length + sum(block.length for block in self.blocks)

    def replaced(self, unit: Unit, now: float) -> "Exposition":
        """The same with ``unit`` in the place of the former unit of its subject."""
        place = self.places[(unit.organization, unit.subject)]
        units = [unit if key_of(old) == key_of(unit) else old for old in self.blocks[place].units]
        blocks = list(self.blocks)
        blocks[place] = _block(units, now)
        return replace(self, blocks=tuple(blocks), _composed={})

    def renamed(self, names: Mapping[str, str]) -> "Exposition":
        """The same with these service names."""
        return replace(self, names=_name_lines(names), named=len(names), _composed={})

    def ticked(self, now: float) -> "Exposition":
        """The same with every age as of ``now``."""
        return replace(
            self, blocks=tuple(_ticked(block, now) for block in self.blocks), aged_at=now, _composed={}
        )

    def unit(self, key: Key) -> Unit | None:
        """The unit of a subject."""
        place = self.places.get(key)
        if place is None:
            return None
        return next(unit for unit in self.blocks[place].units if key_of(unit) == key)

    def whole(self, groups: frozenset[Group], fmt: Format) -> Part:
        """Every line of these groups with its headers, as one part. Kept, since scrapes repeat."""
        kept = self._composed.get((groups, fmt))
        if kept is None:
            parts = tuple(_with_headers(self._sections(groups), fmt))
            kept = self._composed[groups, fmt] = join(parts)._replace(of=parts)
        return kept

    def _sections(self, groups: frozenset[Group]) -> Iterator[tuple[Family, Iterable[Part]]]:
        for i, family in enumerate(SUBJECT_FAMILIES):
            if family.group in groups:
                yield family, [block.parts[i] for block in self.blocks if block.parts[i].length]
        if SERVICE_INFO.group in groups and self.names.length:
            yield SERVICE_INFO, [self.names]


def key_of(unit: Unit) -> Key:
    """Whose lines they are."""
    return (unit.organization, unit.subject)


def _name_lines(names: Mapping[str, str]) -> Part:
    return deflate(encode(sample_lines(SERVICE_INFO, "", [(pair, 1) for pair in sorted(names.items())])))


def _with_headers(sections: Iterable[tuple[Family, Iterable[Part]]], fmt: Format) -> Iterator[Part]:
    for family, parts in sections:
        held = list(parts)
        if held:
            yield deflate(header(family, fmt))
            yield from held


def arrange(units: Iterable[Unit], names: Mapping[str, str], now: float, former: Exposition) -> Exposition:
    """The exposition of ``units`` in their order. Costs what those blocks cost that ``former`` has not."""
    ordered = list(units)
    runs = [tuple(ordered[i : i + BLOCK]) for i in range(0, len(ordered), BLOCK)]
    known = {
        place: block for place, block in enumerate(former.blocks[: len(runs)]) if block.units == runs[place]
    }
    blocks = tuple(known.get(place) or _block(run, now) for place, run in enumerate(runs))
    places = {key_of(unit): place for place, run in enumerate(runs) for unit in run}
    return Exposition(blocks, places, aged_at=former.aged_at if known else now).renamed(names)


def entity_part(
    units: Sequence[Unit], names: Mapping[str, str], groups: frozenset[Group], fmt: Format, now: float
) -> Part:
    """What :meth:`Exposition.whole` says of some units alone, and of the services ``names``."""
    single = _block(units, now)
    return Exposition((single,), names=_name_lines(names)).whole(groups, fmt)


def answer(parts: Iterable[Part], extra: Sequence[tuple[Family, bytes]], fmt: Format) -> Body:
    """A whole body: compressed parts, then families rendered just now, then the end mark."""
    text = b"".join([header(family, fmt) + lines for family, lines in extra if lines]) + END[fmt]
    return body([*parts, deflate(text)])
