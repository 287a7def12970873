"""The collector over the simulated AWS, on a clock that moves when somebody waits, as Prometheus sees it.

Times are counted from the beginning: promtool's tests begin at 0. Only what the rules ask for is looked at.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from exporter.aws import AwsOrganization
from exporter.aws.access import Access, Door
from exporter.aws.scope import Scope
from exporter.collect import Collector, Desk, Hold, Limits
from exporter.exposition import Format
from exporter.families import Group
from exporter.lease import Tenure
from exporter.model import Services, Target, Targets
from exporter.publication import Publication
from exporter.store import Lease
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer
from exporter.web.scrape import Wish, whole
from tests.grafana.names import EVERY_RULE, metrics

NAME = "demo"
BEGAN = 1_790_000_000.0
HOUR = 3600.0
EVERY = 240.0  # s between scrapes
DISCOVERY = HOUR
_OFTEN = Target(enabled=True, refresh=HOUR, services=Services.ALL)
_SELDOM = Target(enabled=True, refresh=2 * HOUR, services=Services.ACCESSED)
_OFF = Target(enabled=False, refresh=HOUR, services=Services.ALL)
TARGETS = Targets(_OFTEN, _OFTEN, _SELDOM, _SELDOM, _OFF)
# Ages change with every scrape, and no rule needs them.
SHOWN = Wish(frozenset(Group) - {Group.AGES}, Format.TEXT)
ASKED = {name for rule in EVERY_RULE for name in metrics(rule["expr"])}

Scrape = dict[str, float]
"""Series, and the sample of each; empty for a scrape that failed."""


@dataclass
class Scraper:
    """Time, and a scrape whenever it comes past a multiple of ``EVERY``."""

    now_at: float = BEGAN
    scrapes: list[Scrape] = field(default_factory=list)
    exporter: "Exporter | None" = None
    _last: tuple[bytes, Scrape] = (b"", {})

    def now(self) -> float:
        return self.now_at

    def monotonic(self) -> float:
        return self.now_at

    def pause(self, seconds: float) -> None:
        until = self.now_at + max(0.0, seconds)
        while (moment := BEGAN + EVERY * len(self.scrapes)) <= until:
            self.now_at = max(self.now_at, moment)
            self.scrapes.append(self._scrape())
        self.now_at = until

    def _scrape(self) -> Scrape:
        if self.exporter is None:
            return {}
        text = self.exporter.text()
        if text != self._last[0]:
            self._last = text, dict(_samples(text.decode().splitlines(), self.exporter.instance))
        return self._last[1]


def _samples(lines: Iterable[str], instance: str) -> Iterator[tuple[str, float]]:
    for line in lines:
        series, _, value = line.rpartition(" ")
        name, _, labels = series.partition("{")
        if name in ASKED:
            own = f'instance="{instance}"'
            since = BEGAN if name.endswith("_timestamp_seconds") else 0.0
            yield f"{name}{{{own},{labels}" if labels else f"{name}{{{own}}}", float(value) - since


class Exporter:
    """One process: what it knows and shows, from its start on."""

    def __init__(self, instance: str, time: Scraper, url: str, store: MemoryStore) -> None:
        self.instance = instance
        self._time = time
        instruments = self._instruments = Instruments(with_process=False)
        instruments.reload_successful.set(1)
        observer = Observer(NAME, instruments)
        publication = self._publication = Publication(time.now)
        publication.configure([(NAME, TARGETS, ())])
        known = store.recall(NAME)
        publication.restored(NAME, known.discovery, known.standings)
        publication.changed(NAME, lease_held=True)
        hold = Hold(Lease(NAME), Tenure(float("inf"), 0.0), time.monotonic)
        access = Access(iam_endpoint=url, organizations_endpoint=url, sts_endpoint=url)
        self._collector = Collector(
            Desk(publication, store, hold, observer),
            AwsOrganization(Door(access, observer.called, time.now), Scope(), time.now),
            observer=observer,
            pace=time,
            limits=Limits(300.0, 7 * 24 * HOUR),
            jitter=random.Random(1).uniform,
        )

    def run(self, until: float) -> None:
        """Collect until then."""
        self._time.exporter = self
        discovery = self._time.now()
        while self._time.now() < until:
            if self._time.now() >= discovery:
                assert self._collector.discover() is None
                discovery += DISCOVERY
            wait = self._collector.step()
            self._publication.tick()
            self._time.pause(min(wait, discovery - self._time.now(), until - self._time.now()))
        self._time.exporter = None

    def text(self) -> bytes:
        """The exposition."""
        surface = _Shown(self._instruments)
        return b"".join(whole(surface, self._publication.current, SHOWN).inflated())


@dataclass(frozen=True)
class _Shown:
    """As much of a surface as a composition asks for."""

    instruments: Instruments

    def own(self, groups):
        return self.instruments.sections(groups)


def notation(scrapes: list[Scrape]) -> Iterator[tuple[str, str]]:
    """Each series with its values, as promtool's tests write them; stale where it ended."""
    for series in sorted({name for scrape in scrapes for name in scrape}):
        runs = [(value, len(list(same))) for value, same in groupby(scrape.get(series) for scrape in scrapes)]
        yield series, " ".join(_run(value, count, before=i > 0) for i, (value, count) in enumerate(runs))


def _run(value: float | None, count: int, *, before: bool) -> str:
    if value is not None:
        return f"{value!r}x{count - 1}"
    if not before:
        return f"_x{count}"
    return f"stale _x{count - 1}" if count > 1 else "stale"
