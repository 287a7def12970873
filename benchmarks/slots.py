"""How well the one slot of an organization is used, and with how many calls: on simulated time.

The collector is the real one; time moves when it waits, and AWS is a few lines that know when each job ends.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from benchmarks.table import table
from exporter.collect import Collector, Desk, Hold, Limits
from exporter.lease import Tenure
from exporter.model import Discovery, Entity, EntityType, Page, Services, Target, Targets
from exporter.publication import Publication
from exporter.store import Lease
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer

RECORDED = (5.9, 11.7)  # s; jobs of 455 services took between these (September 2026)
ROUND_TRIP = 0.06  # s of every call
FEW = (1.3, 2.5)  # s; jobs of 3 services
UNITS = 10  # OUs, the accounts spread over them
REFRESH = 86_400.0

JobTimes = Callable[[str], float]
"""Seconds the next job of an entity takes."""


def unrelated(seed: int) -> JobTimes:
    """Every job draws its time anew from the whole recorded range: nothing can be learned but the range."""
    chance = random.Random(seed)
    return lambda _: chance.uniform(*RECORDED)


def repeatable(seed: int, jitter: float = 0.02) -> JobTimes:
    """Every entity has its time within the recorded range, which its jobs keep but for a few percent."""
    chance = random.Random(seed)
    own: dict[str, float] = {}

    def seconds(path: str) -> float:
        return own.setdefault(path, chance.uniform(*RECORDED)) * chance.uniform(1 - jitter, 1 + jitter)

    return seconds


def allow_lists(seed: int) -> JobTimes:
    """As ``repeatable``, but three OUs of ten allow few services."""
    chance = random.Random(seed)
    own: dict[str, float] = {}

    def seconds(path: str) -> float:
        within = FEW if path.split("/")[2] in {"ou-0", "ou-1", "ou-2"} else RECORDED
        return own.setdefault(path, chance.uniform(*within)) * chance.uniform(0.98, 1.02)

    return seconds


class Time:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.moment = 1_700_000_000.0

    def now(self) -> float:
        """Unix seconds."""
        return self.moment

    def monotonic(self) -> float:
        """The same: nobody sets this clock."""
        return self.moment

    def pause(self, seconds: float) -> None:
        """Time passes."""
        self.moment += max(0.0, seconds)


@dataclass
class Slot:
    """An AWS with one slot: ``busy`` seconds of work done in it, ``calls`` made."""

    time: Time
    entities: tuple[Entity, ...]
    seconds: JobTimes
    principal: str = ""
    calls: int = 0
    busy: float = 0.0
    _ends: dict[str, tuple[float, float]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=count)

    def discover(self) -> Discovery:
        """The entities."""
        return Discovery("o-benchmarks", "", "aws", self.entities)

    def open_session(self, lifetime: float) -> "Slot":
        """No credentials are needed here."""
        assert lifetime > 0
        return self

    def generate(self, entity_path: str, policy_id: str = "") -> str:
        """A job begins when the request arrives."""
        began = self._arrived()
        assert all(end <= began for _, end in self._ends.values()), "the slot was taken"
        seconds = self.seconds(entity_path + policy_id)
        self.busy += seconds
        job_id = f"job-{next(self._ids)}"
        self._ends = {job_id: (began, began + seconds)}
        self.time.pause(ROUND_TRIP / 2)
        return job_id

    def get(self, job_id: str, marker: str = "") -> Page:
        """Where the job stands when the request arrives; times in whole milliseconds, as AWS gives them."""
        assert not marker
        arrived = self._arrived()
        began, end = self._ends[job_id]
        self.time.pause(ROUND_TRIP / 2)
        if arrived < end:
            return Page("IN_PROGRESS", created=round(began, 3))
        return Page("COMPLETED", round(began, 3), round(end, 3), 0, 0)

    def _arrived(self) -> float:
        self.calls += 1
        self.time.pause(ROUND_TRIP / 2)
        return self.time.moment


@dataclass(frozen=True)
class Used:
    """One sweep: the share of time the slot worked, and calls per report."""

    utilisation: float
    calls: float

    @property
    def cells(self) -> tuple[str, str]:
        """For a table."""
        return f"{self.utilisation:.3f}", f"{self.calls:.2f}"


def accounts(number: int) -> tuple[Entity, ...]:
    """So many accounts."""
    return tuple(_account(i, f"ou-{i % UNITS}") for i in range(1, number + 1))


def _account(number: int, unit: str) -> Entity:
    path = f"o-benchmarks/r-root/{unit}/{number:012}"
    return Entity(f"{number:012}", EntityType.ACCOUNT, f"account-{number}", path, unit, "ACTIVE")


class Organization:
    """The real collector over the slot."""

    def __init__(self, number: int, seconds: JobTimes) -> None:
        self.time = Time()
        self.number = number
        self.slot = Slot(self.time, accounts(number), seconds)
        target = Target(enabled=True, refresh=REFRESH, services=Services.ACCESSED)
        instruments = Instruments(with_process=False)
        publication = Publication(self.time.now)
        publication.configure([("bench", Targets(target, target, target, target, target), ())])
        hold = Hold(Lease("bench"), Tenure(float("inf"), 0.0), self.time.monotonic)
        observer = Observer("bench", instruments)
        self.collector = Collector(
            Desk(publication, MemoryStore(), hold, observer),
            self.slot,
            observer=observer,
            pace=self.time,
            limits=Limits(300.0, 7 * REFRESH),
            jitter=random.Random(1).uniform,
        )
        self.collector.discover()

    def sweep(self) -> Used:
        """Renew everything that is due, then let time pass until all is due again."""
        start, calls, busy = self.time.moment, self.slot.calls, self.slot.busy
        while not self.collector.step():
            pass
        used = Used(
            (self.slot.busy - busy) / (self.time.moment - start), (self.slot.calls - calls) / self.number
        )
        self.time.pause(REFRESH)
        return used


def naive(number: int, seconds: JobTimes, pause: float) -> Used:
    """What a loop with a fixed pause does."""
    time = Time()
    entities = accounts(number)
    slot = Slot(time, entities, seconds)
    start = time.moment
    for entity in entities:
        job_id = slot.generate(entity.path)
        while slot.get(job_id).status == "IN_PROGRESS":
            time.pause(pause)
    return Used(slot.busy / (time.moment - start), slot.calls / number)


def bound(calls: float) -> float:
    """The best utilisation that any schedule has on times drawn anew from the recorded range.

    ``calls`` counts Generate. With the range of width W cut into n steps, a job takes (n + 1) / 2 polls on
    average and idles W / 2n; nothing that does not know the job's time does better.
    """
    low, high = RECORDED
    steps = 2 * (calls - 1) - 1
    idle = (high - low) / (2 * steps) + ROUND_TRIP
    work = (low + high) / 2
    return work / (work + idle)


def _rows(number: int) -> Iterator[tuple[str, ...]]:
    models = {
        "each entity keeps its time, ±2 %": repeatable,
        "each entity keeps its time, ±5 %": lambda seed: repeatable(seed, 0.05),
        "the same ±2 %, three OUs of ten allow 3 services (1.3-2.5 s)": allow_lists,
        "drawn anew for every job": unrelated,
    }
    for name, model in models.items():
        organization = Organization(number, model(7))
        first = organization.sweep()
        for _ in range(2):
            later = organization.sweep()
        pollers = (cell for pause in (1.0, 3.0) for cell in naive(number, model(7), pause).cells)
        yield f"{number} accounts, {name}", *first.cells, *later.cells, *pollers


def report() -> str:
    """The section of the results."""
    head = ["job times 5.9-11.7 s", "first sweep", "calls", "later sweeps", "calls"]
    head += ["poll every 1 s", "calls", "poll every 3 s", "calls"]
    rows = [row for number in (100, 1000) for row in _rows(number)]
    return "\n\n".join(
        [
            "## Slot utilisation and AWS calls per report",
            f"Simulated time, {ROUND_TRIP * 1000:.0f} ms for a call to go and come back.",
            table(head, rows),
            (
                "Times drawn anew for every job cannot be predicted: with 2.5 calls per report no schedule "
                f"gets beyond {bound(2.5):.3f} there, with 3.5 beyond {bound(3.5):.3f}."
            ),
        ]
    )
