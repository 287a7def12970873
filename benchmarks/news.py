"""How soon a use that is news is published, and what that costs in jobs: on simulated time.

The collector is the real one, with its order, its leads and its polls; time moves when it waits, and AWS is a
few lines that know who used what. What AWS itself takes to know of a use is not in these times, nor is the
rendering of a report, which takes milliseconds.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count
from statistics import median, quantiles
from types import MappingProxyType
from typing import Any

from benchmarks.slots import ROUND_TRIP, Slot, Time, repeatable
from benchmarks.table import table
from exporter.collect import Collector, Limits
from exporter.leads import Leads
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    OrganizationView,
    Page,
    Report,
    ServiceAccess,
    Services,
    Standing,
    StartedJob,
    Subject,
    Target,
    Targets,
    unused,
)
from exporter.order import plan
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer
from exporter.timetable import Timetable

DAY = 86_400.0
DORMANT = 90 * DAY
ROWS, BUSY, OLD = 456, 30, 10  # services; of them used by every account all the time; used by one long ago
EACH = 30 * DAY  # s between two pieces of news of one account, on average
ROOT = Entity("r-root", EntityType.ROOT, "Root", "o-benchmarks/r-root")
NAMES = [f"service{i:03}" for i in range(ROWS)]
NEVER = [unused(name, name, "", "", None, 0) for name in NAMES]


_ABOUT = f"""\
Simulated time, from the moment when AWS knows of a use until the account's report is published.
{ROWS} services, {BUSY} of them used by every account all the time, {OLD} by each long ago. Once in
{EACH / DAY:.0f} days an account uses one of the others, first or after {DORMANT / DAY:.0f} days. Accounts
are looked at daily, OUs every 6 hours; jobs take 5.9-11.7 s. CPU is that of finding out what to do
next, twice a job at most."""


@dataclass(frozen=True)
class Way:
    """One way to look: how often at the root, in seconds, and whether leads are followed."""

    name: str
    root: float
    follow_leads: bool


BEFORE = Way("root every 6 h, no leads", 6 * 3600.0, follow_leads=False)
OFTEN = Way("root every 30 min, no leads", 1800.0, follow_leads=False)
LEADS = Way("root every 30 min, leads", 1800.0, follow_leads=True)


@dataclass(frozen=True)
class Case:
    """An organization, for so many days.

    ``goes_on``: for how many seconds on average a service is used hourly after it was news; 0: once.
    """

    accounts: int
    units: int
    days: int
    ways: tuple[Way, ...] = (BEFORE, LEADS)
    goes_on: float = 0.0


CASES = (
    Case(100, 10, 60, (BEFORE, OFTEN, LEADS)),
    Case(1000, 50, 30, (BEFORE, OFTEN, LEADS)),
    Case(1000, 50, 10, (BEFORE, LEADS), goes_on=DAY),
    Case(10_000, 100, 2),  # four minutes of CPU for each way
)


def _tree(case: Case) -> tuple[Entity, ...]:
    """A root, OUs and accounts, parents first."""
    kind = EntityType.ORGANIZATIONAL_UNIT
    ous = [Entity(f"ou-{i}", kind, f"unit {i}", f"{ROOT.path}/ou-{i}", ROOT.id) for i in range(case.units)]
    return (ROOT, *ous, *(_account(i, ous[i % case.units]) for i in range(case.accounts)))


def _account(number: int, unit: Entity) -> Entity:
    account_id = f"{number:012}"
    name, path = f"account {number}", f"{unit.path}/{account_id}"
    return Entity(account_id, EntityType.ACCOUNT, name, path, unit.id, "ACTIVE")


class Uses:
    """Who used which service last, in every account and in all that is above it; and what of it was news.

    Busy services are used by every account all the time, so that any of them may be the last.
    """

    def __init__(self, case: Case, entities: tuple[Entity, ...], now: float) -> None:
        self._chance = random.Random(7)
        self._goes_on = case.goes_on
        self._accounts = [entity for entity in entities if entity.type is EntityType.ACCOUNT]
        self._below: dict[str, list[Entity]] = defaultdict(list)
        self._last: dict[str, dict[int, tuple[float, Entity]]] = defaultdict(dict)
        self._coming: list[tuple[float, int, Entity, int, float]] = []
        self._order = count()
        self.news: dict[str, list[float]] = defaultdict(list)
        for account in self._accounts:
            self._below[account.parent_id].append(account)
            for service in self._chance.sample(range(BUSY, ROWS), OLD):
                self._used(now - self._chance.uniform(100.0, 390.0) * DAY, account, service)
        self._below[ROOT.id] = self._accounts

    def begin(self, now: float) -> None:
        """From now on something happens."""
        self._come(now)

    def until(self, now: float) -> None:
        """All that happens up to now."""
        while self._coming and self._coming[0][0] <= now:
            at, _, account, service, ends = heappop(self._coming)
            if not ends:
                self._come(at)
                ends = at + (self._chance.expovariate(1 / self._goes_on) if self._goes_on else 0.0)
            former = self._last[account.id].get(service)
            if former is None or at - former[0] >= DORMANT:
                self.news[account.id].append(at)
            self._used(at, account, service)
            again = at + self._chance.expovariate(1 / 3600.0)
            if again < ends:
                heappush(self._coming, (again, next(self._order), account, service, ends))

    def rows(self, entity: Entity, now: float) -> tuple[ServiceAccess, ...]:
        """What a report of this entity says now."""
        last = self._last[entity.id]
        account = entity if entity.type is EntityType.ACCOUNT else self._chance.choice(self._below[entity.id])
        busy = [_row(i, now - 60.0 * i, account) for i in range(BUSY)]
        rare = [_row(i, *last[i]) if i in last else NEVER[i] for i in range(BUSY, ROWS)]
        return (*busy, *rare)

    def _come(self, now: float) -> None:
        at = now + self._chance.expovariate(len(self._accounts) / EACH)
        who, what = self._chance.choice(self._accounts), self._chance.randrange(BUSY, ROWS)
        heappush(self._coming, (at, next(self._order), who, what, 0.0))

    def _used(self, at: float, account: Entity, service: int) -> None:
        for entity_id in (account.id, account.parent_id, ROOT.id):
            last = self._last[entity_id]
            if service not in last or last[service][0] < at:
                last[service] = (at, account)


def _row(service: int, at: float, account: Entity) -> ServiceAccess:
    return ServiceAccess(NAMES[service], NAMES[service], "us-east-1", account.path, at, 1)


class Aws(Slot):
    """A slot whose reports say what was used when they were begun."""

    def __init__(self, clock: Time, entities: tuple[Entity, ...], uses: Uses) -> None:
        super().__init__(clock, entities, repeatable(7))
        self._uses = uses
        self._by_path = {entity.path: entity for entity in entities}
        self._rows: tuple[ServiceAccess, ...] = ()
        self.jobs = 0

    def generate(self, entity_path: str, policy_id: str = "") -> str:
        """See :class:`benchmarks.slots.Slot`."""
        self.jobs += 1
        job_id = super().generate(entity_path, policy_id)
        self._uses.until(self.time.moment - ROUND_TRIP / 2)
        self._rows = self._uses.rows(self._by_path[entity_path], self.time.moment - ROUND_TRIP / 2)
        return job_id

    def get(self, job_id: str, marker: str = "") -> Page:
        """See :class:`benchmarks.slots.Slot`."""
        page = super().get(job_id, marker)
        return page if page.status == "IN_PROGRESS" else replace(page, services=self._rows)


@dataclass
class Board:
    """What a collector needs of its desk: nothing is rendered or kept. ``told`` hears of every report."""

    view: OrganizationView
    told: Callable[[Standing], None]
    name: str = "bench"
    _standings: dict[Subject, Standing] = field(default_factory=dict)

    def changed(self, **changes: Any) -> None:
        """See :class:`exporter.collect.Desk`."""
        self.view = replace(self.view, **changes)

    def shown(self, standing: Standing) -> None:
        """See :class:`exporter.collect.Desk`."""

    def started(self, job: StartedJob) -> None:
        """See :class:`exporter.collect.Desk`."""

    def stood(self, standing: Standing, *_: object, **changes: Any) -> None:
        """See :class:`exporter.collect.Desk`."""
        self._standings[standing.subject] = standing
        self.changed(**changes)
        self.told(standing)

    def discovered(self, discovery: Discovery) -> OrganizationView:
        """See :class:`exporter.collect.Desk`."""
        work = plan(discovery, self.view.targets)
        self.changed(discovery=discovery, work=work, standings=MappingProxyType(self._standings))
        return self.view


class Organization:
    """The real collector over all that."""

    def __init__(self, case: Case, way: Way) -> None:
        self.time = Time()
        self._case = case
        entities = _tree(case)
        self._uses = Uses(case, entities, self.time.moment)
        self.aws = Aws(self.time, entities, self._uses)
        self.delays: list[float] = []
        broad, narrow = Target(True, 6 * 3600.0, Services.ALL), Target(True, DAY, Services.ACCESSED)
        targets = Targets(replace(broad, refresh=way.root), broad, narrow, narrow, narrow)
        self.board = Board(
            OrganizationView("bench", replace(targets, policies=replace(narrow, enabled=False))), self._told
        )
        observer = Observer("bench", Instruments(with_process=False))
        self._discover(entities)
        self._collector = Collector(
            self.board,  # type: ignore[arg-type]  # all of a desk that a collector asks for
            self.aws,
            observer=observer,
            pace=self.time,
            limits=Limits(300.0, 7 * DAY, follow_leads=way.follow_leads, dormant_after=DORMANT),
            jitter=random.Random(1).uniform,
        )

    def _discover(self, entities: tuple[Entity, ...]) -> None:
        """Everything has a report, some a moment old and some just stale, before anything happens."""
        chance, now = random.Random(7), self.time.moment
        view = self.board.discovered(Discovery("o-benchmarks", "", "aws", entities))
        for item in view.work:
            created = now - chance.uniform(0.0, item.target.refresh)
            assert item.entity is not None
            report = Report(created, created + 9.0, ROWS, 0, self._uses.rows(item.entity, created))
            self.board.stood(Standing(item.subject, report, path=item.entity.path, asked=item.entity.path))

    def live(self) -> None:
        """So many days of news."""
        self._uses.begin(self.time.moment)
        until = self.time.moment + self._case.days * DAY
        while self.time.moment < until:
            self._step()

    def _step(self) -> None:
        self.time.pause(self._collector.step())

    def _told(self, standing: Standing) -> None:
        assert standing.report is not None
        waiting = self._uses.news.get(standing.subject.entity_id)
        if waiting:
            told = [at for at in waiting if at <= standing.report.created]
            self.delays += [self.time.moment - at for at in told]
            del waiting[: len(told)]

    def look(self) -> float:
        """CPU milliseconds to find out what to do next."""
        view, now = self.board.view, self.time.now()
        leads, timetable = Leads(DORMANT), Timetable()
        for _ in range(2):
            began = time.thread_time()
            timetable.next_due(view.work, view.standings, now, leads.subjects(view.work, view.standings))
            took = time.thread_time() - began
        return 1000 * took


def _rows(case: Case) -> Iterator[tuple[str, ...]]:
    jobs = 0.0
    for way in case.ways:
        made = Organization(case, way)
        made.live()
        jobs = jobs or made.aws.jobs
        habit = "used hourly for a day" if case.goes_on else "used once"
        yield (
            f"{case.accounts:,} accounts, {case.units} OUs, {case.days} days, {habit}: {way.name}",
            str(len(made.delays)),
            *(_spoken(seconds) for seconds in (median(made.delays), quantiles(made.delays, n=20)[-1])),
            f"{made.aws.jobs / case.days:,.0f}",
            f"{made.aws.jobs / jobs - 1:+.1%}",
            f"{made.aws.busy / (case.days * DAY):.2f}",
            f"{made.look():.1f}",
        )


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 2 * 3600 else f"{seconds / 3600:.1f} h"


def report() -> str:
    """The section of the results."""
    head = [
        "",
        "news",
        "median",
        "95th percentile",
        "jobs a day",
        "more jobs",
        "slot used",
        "CPU ms per look",
    ]
    rows = [row for case in CASES for row in _rows(case)]
    return "\n\n".join(
        [
            "## News",
            _ABOUT,
            table(head, rows),
        ]
    )
