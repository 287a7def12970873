"""What is recommended for the entities that somebody looks at, worked out beside the requests.

A page takes what is kept, and never works anything out. One thread does, one entity after the other; the page
that asked waits for it no longer than people notice. What is kept is true for the report it was made of, and
for a few minutes: reports from below may tell of newer uses. So neither memory nor work grows with the
organization, but with the pages that are read.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from exporter import __version__
from exporter.config import protected
from exporter.counsel import case_of
from exporter.hypertext import name, render_advice
from exporter.model import Entity, OrganizationView, Report, Subject
from exporter.recommend import UNUSED_FOR, Wish, recommend
from exporter.web.bench import Bench
from exporter.web.surface import Surface

LASTS = 300.0  # s for which a recommendation is not made again, while its own report is the same
MOST = 64  # kept: each some 90 kB of HTML
_WAITING = 16  # that are waited for at the same time; others are made when they are asked for again
_PATIENCE = 0.4  # s


class Matter(NamedTuple):
    """What is asked about."""

    view: OrganizationView
    entity: Entity

    @property
    def key(self) -> tuple[str, str]:
        """By which an answer is kept."""
        return self.view.name, self.entity.id

    @property
    def report(self) -> Report | None:
        """The entity's own."""
        standing = self.view.standings.get(Subject(self.entity.id))
        return standing.report if standing else None


@dataclass(frozen=True, slots=True)
class Advice:
    """What was worked out at ``at`` (Unix seconds) from this report, as HTML."""

    html: str
    report: Report | None
    at: float

    def holds(self, matter: Matter, now: float) -> bool:
        """Whether it may still be shown."""
        return self.report is matter.report and 0 <= now - self.at < LASTS


class Advisor:
    """Works out recommendations, and keeps the last ones."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._bench = Bench(1, "advice")
        self._kept: OrderedDict[tuple[str, str], Advice] = OrderedDict()

    async def prepare(self, matters: Iterable[Matter]) -> dict[tuple[str, str], str]:
        """What there is about each of these by now; what is missing is being made."""
        wanted, now = list(matters), self._surface.clock()
        missing = [matter for matter in wanted if not self._holds(matter, now)]
        if missing and self._bench.busy < _WAITING:
            making = [asyncio.ensure_future(self._bench.share(one.key, self._maker(one))) for one in missing]
            done, _ = await asyncio.wait(making, timeout=_PATIENCE)
            for future in done:
                future.result()
        return {one.key: self._kept[one.key].html for one in wanted if self._holds(one, now)}

    def close(self) -> None:
        self._bench.close()

    def _holds(self, matter: Matter, now: float) -> bool:
        kept = self._kept.get(matter.key)
        return kept is not None and kept.holds(matter, now)

    def _maker(self, matter: Matter) -> Callable[[], None]:
        def make() -> None:
            now = self._surface.clock()
            advice = Advice(self._worked_out(matter, now), matter.report, now)
            self._kept.pop(matter.key, None)
            self._kept[matter.key] = advice
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

        return make

    def _worked_out(self, matter: Matter, now: float) -> str:
        """HTML; empty where nothing can be recommended."""
        case = case_of(matter.view, matter.entity, now, __version__)
        if case is None:
            return ""
        protect, remarks = protected(self._surface.protections(matter.view.name), now)
        try:
            found = recommend(case, Wish(UNUSED_FOR, protect=protect, remarks=remarks))
        except ValueError as error:
            return f'<p class="nothing">{name(str(error))}</p>'
        return render_advice(found, f"{crc32(repr(matter.key).encode()):08x}", buttons=True)
