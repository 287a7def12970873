"""A collector on a clock that moves when told, over an AWS of a few lines."""

import itertools
from collections import deque
from dataclasses import dataclass, field

import pytest

from exporter.collect import Collector, Desk, Hold, Limits
from exporter.errors import AwsError
from exporter.lease import Tenure
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    Page,
    ServiceAccess,
    Services,
    Target,
    Targets,
)
from exporter.publication import Publication
from exporter.store import Lease
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer

HOUR = 3600.0
ROOT = Entity("r-root", EntityType.ROOT, "Root", "o-org/r-root")
UNIT = Entity("ou-unit", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-org/r-root/ou-unit", "r-root")
ACCOUNT = Entity(
    "111111111111", EntityType.ACCOUNT, "One", "o-org/r-root/ou-unit/111111111111", "ou-unit", "ACTIVE"
)


class FakePace:
    """Time that moves only when somebody waits."""

    def __init__(self) -> None:
        self.moment = 1_700_000_000.0
        self.waits: list[float] = []

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment

    def pause(self, seconds):
        self.waits.append(seconds)
        self.moment += max(0.0, seconds)


@dataclass
class FakeAws:
    """Jobs take ``seconds``; what stands in ``troubles`` is raised by the next calls of that name."""

    pace: FakePace
    entities: tuple[Entity, ...] = (ROOT, UNIT, ACCOUNT)
    seconds: float = 9.0
    latency: float = 0.0
    rows: tuple[ServiceAccess, ...] = (ServiceAccess("s3", "Amazon S3", "eu-west-1", ACCOUNT.path, 1.6e9, 1),)
    troubles: dict[str, deque[AwsError]] = field(default_factory=dict)
    pages: dict[str, deque[Page]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    generated: list[tuple[str, str]] = field(default_factory=list)
    sessions: int = 0
    principal: str = "a user"
    _began: dict[str, float] = field(default_factory=dict)

    def discover(self):
        self._call("discover")
        return Discovery("o-org", "999999999999", "aws", self.entities)

    def open_session(self, lifetime):
        self._call("open_session")
        self.sessions += 1
        return self

    def generate(self, entity_path, policy_id=""):
        self._call("generate")
        self.generated.append((entity_path, policy_id))
        job_id = f"job-{len(self.generated)}"
        self._began[job_id] = self.pace.moment - self.latency / 2
        return job_id

    def get(self, job_id, marker=""):
        self._call("get")
        if self.pages.get(job_id):
            return self.pages[job_id].popleft()
        began = self._began.get(job_id, 0.0)
        if self.pace.moment - self.latency / 2 < began + self.seconds:
            return Page("IN_PROGRESS", created=began)
        return Page("COMPLETED", began, began + self.seconds, 3, 2, self.rows)

    def trouble(self, call, *errors):
        self.troubles[call] = deque(errors)

    def _call(self, name):
        self.calls.append(name)
        self.pace.moment += self.latency
        if self.troubles.get(name):
            raise self.troubles[name].popleft()


def every(refresh=HOUR, services=Services.ALL, policies=False):
    target = Target(enabled=True, refresh=refresh, services=services)
    return Targets(target, target, target, target, Target(policies, refresh, services))


class Bench:
    """One organization's collector and all that it touches."""

    def __init__(  # noqa: PLR0917 - all have defaults, and names
        self, job_ids=(), targets=None, max_report_age=7 * 24 * HOUR, unread=None, pace=None, limits=None
    ):
        self.pace = pace or FakePace()
        self.aws = FakeAws(self.pace)
        self.publication = Publication(self.pace.now)
        self.publication.configure([("org", targets or every(), tuple(job_ids))])
        self.instruments = Instruments(with_process=False)
        self.store = MemoryStore()
        self.hold = Hold(Lease("org", 1), Tenure(float("inf"), 0.0), self.pace.monotonic)
        observer = Observer("org", self.instruments)
        self.desk = Desk(self.publication, self.store, self.hold, observer)
        self.collector = Collector(
            self.desk,
            self.aws,
            observer=observer,
            pace=self.pace,
            limits=limits or Limits(job_timeout=300.0, max_report_age=max_report_age),
            jitter=lambda low, high: high,
            unread=unread,
        )

    @property
    def view(self):
        return self.publication.current.organization("org")

    def standing(self, entity):
        return next((s for subject, s in self.view.standings.items() if subject.entity_id == entity.id), None)

    def sweep(self, limit=1000):
        """Step until nothing is due, moving the clock over every wait; the steps taken."""
        for count in itertools.count():
            assert count < limit
            wait = self.collector.step()
            if wait > 60.0 * 10:
                return count
            self.pace.moment += wait
        raise AssertionError

    def count(self, name, **labels):
        value = self.instruments.registry.get_sample_value(name, {"organization": "org", **labels})
        return value or 0.0


@pytest.fixture
def bench():
    made = Bench()
    made.collector.discover()
    return made


@pytest.fixture
def new_bench():
    return Bench
