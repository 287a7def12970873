"""One organization with a simulated clock and a simulated AWS, without HTTP: ten thousand steps a minute."""

from collections import deque
from dataclasses import dataclass, field

from hypothesis import strategies as st

from exporter.collect import Collector, Desk, Hold, Limits
from exporter.collect.follower import Follower
from exporter.errors import (
    CredentialsError,
    DeniedError,
    NoSuchJobError,
    RefusedError,
    SlotTakenError,
    TransitError,
)
from exporter.lease import Tenure
from exporter.model import Discovery, Entity, EntityType, Page, ServiceAccess
from exporter.publication import Publication
from exporter.store import Lease
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer
from tests.collect.conftest import HOUR, every

__all__ = ["ERRORS", "HOUR", "PAGES", "Life", "entities"]

TOP = "o-org/r-root"
USED = ("ec2", "sqs")
"""Services that accounts may come to use."""
ROOT = Entity("r-root", EntityType.ROOT, "Root", TOP)
ERRORS = st.sampled_from(
    [
        TransitError("Any", "ReadTimeout", "no answer"),
        RefusedError("Any", "InvalidInput", "no"),
        DeniedError("Any", "AccessDenied", "not allowed"),
        CredentialsError("Any", "ExpiredToken", "expired"),
        NoSuchJobError("Any", "NoSuchEntity", "no such job"),
        SlotTakenError("Any", "ReportGenerationLimitExceeded", "taken"),
    ]
)
_ROW = ServiceAccess("s3", 'Amazon "S3"\n', "eu-west-1", TOP, 1.6e9, 1)


def _page(**fields):
    return Page(**{"status": "COMPLETED", "created": 1.7e9, "accessible": 1, **fields})


PAGES = st.sampled_from(
    [
        _page(status="FAILED", error_code="X", error_message="why"),
        _page(status="FAILED"),
        _page(status="PAUSED"),
        _page(status="IN_PROGRESS"),
        _page(created=None),
        _page(created=1.0),
        _page(created=4e9),
        _page(created=-1e9, completed=5e9, accessible=-1, not_accessed=10**30),
        _page(truncated=True),
        _page(truncated=True, marker="m"),
        _page(services=(_ROW, _ROW, _ROW._replace(last_authenticated=None))),
    ]
)


@st.composite
def _entities(draw):
    """A root, and OUs and accounts below any OU."""
    found = [ROOT]
    for number in range(draw(st.integers(0, 5))):
        above = draw(st.sampled_from([entity for entity in found if entity.type is not EntityType.ACCOUNT]))
        account = draw(st.booleans())
        kind = EntityType.ACCOUNT if account else EntityType.ORGANIZATIONAL_UNIT
        entity_id = f"{number:012}" if account else f"ou-unit-{number}"
        name = draw(st.sampled_from(["one", 'a "name"', "two\nlines"]))
        path, state = f"{above.path}/{entity_id}", "ACTIVE" if account else ""
        found.append(Entity(entity_id, kind, name, path, above.id, state))
    return tuple(found)


entities = _entities()


class Clock:
    """Time that moves when somebody waits; ``offset`` is how wrong the wall clock is."""

    def __init__(self):
        self.moment = 1_700_000_000.0
        self.offset = 0.0

    def now(self):
        return self.moment + self.offset

    def monotonic(self):
        return self.moment

    def pause(self, seconds):
        self.moment += max(0.0, seconds)

    pass_time = pause


@dataclass
class Aws:
    """Jobs take ``seconds``; ``troubles`` are raised, ``pages`` given before anything is right.

    ``uses``: when accounts used services, by path and namespace. While it is ``reticent``, the reports of the
    accounts themselves show none of that.
    """

    clock: Clock
    entities: tuple[Entity, ...]
    seconds: float = 9.0
    taken_until: float = 0.0
    troubles: dict[str, deque] = field(default_factory=dict)
    pages: deque = field(default_factory=deque)
    rows: tuple[ServiceAccess, ...] = (_ROW,)
    calls: list[str] = field(default_factory=list)
    ends: dict[str, tuple[float, float]] = field(default_factory=dict)
    uses: dict[tuple[str, str], float] = field(default_factory=dict)
    reticent: bool = False
    jobs: int = 0
    lost: int = 0
    principal: str = "a user"
    paths: dict[str, str] = field(default_factory=dict)

    def heal(self):
        self.seconds, self.taken_until = 9.0, 0.0
        self.troubles.clear()
        self.pages.clear()
        self.ends = {job: (began, min(ends, self.clock.moment)) for job, (began, ends) in self.ends.items()}

    def forget(self):
        """What was called, and the jobs that are over."""
        self.calls.clear()
        self.ends = dict(list(self.ends.items())[-1:])

    def discover(self):
        self._call("discover")
        return Discovery("o-org", "999999999999", "aws", self.entities)

    def open_session(self, lifetime):
        self._call("open_session")
        return self

    def generate(self, entity_path, policy_id=""):
        self._call("generate")
        now = self.clock.moment
        if now < self.taken_until or any(ends > now for _, ends in self.ends.values()):
            raise SlotTakenError("Generate", "ReportGenerationLimitExceeded", "taken")
        self.jobs += 1
        job_id = f"job-{self.jobs}"
        self.paths = {job_id: entity_path}
        # A job that never ends is given up by AWS in the end: the slot cannot be lost for good.
        self.ends[job_id] = (now, now + min(self.seconds, 2 * HOUR))
        return job_id

    def get(self, job_id, marker=""):
        self._call("get")
        if self.pages:
            return self.pages.popleft()
        began, ends = self.ends[job_id]
        if self.clock.moment < ends:
            return Page("IN_PROGRESS", created=began)
        return Page("COMPLETED", began, ends, 3, 2, (*self.rows, *self._used(self.paths.get(job_id, ""))))

    def _used(self, path):
        """Each service with its last use at or below the path."""
        last = {
            namespace: max(
                (
                    (at, by)
                    for (by, used), at in self.uses.items()
                    if used == namespace
                    and f"{by}/".startswith(f"{path}/")
                    and not (self.reticent and by == path)
                ),
                default=None,
            )
            for namespace in USED
        }
        return tuple(
            ServiceAccess(namespace, namespace, "eu-west-1", found[1], found[0], 1)
            if found
            else ServiceAccess(namespace, namespace)
            for namespace, found in last.items()
        )

    def _call(self, name):
        self.calls.append(name)
        self.clock.moment += 0.05
        if self.troubles.get(name):
            error = self.troubles[name].popleft()
            self.lost += isinstance(error, NoSuchJobError)
            raise error


class Life:
    """A collector and all that it stands on, which may be restarted."""

    def __init__(self, found, max_report_age, targets=None):
        self.targets = targets or every()
        self.pace = Clock()
        self.aws = Aws(self.pace, found)
        self.store = MemoryStore()
        self.max_report_age = max_report_age
        self.restart()

    def restart(self):
        self.publication = Publication(self.pace.now)
        self.publication.configure([("org", self.targets, ())])
        follower = Follower("org", self.store, self.publication)
        follower.look()
        hold = Hold(Lease("org", 1), Tenure(float("inf"), 0.0), self.pace.monotonic)
        observer = Observer("org", Instruments(with_process=False))
        self.collector = Collector(
            Desk(self.publication, self.store, hold, observer),
            self.aws,
            observer=observer,
            pace=self.pace,
            limits=Limits(job_timeout=300.0, max_report_age=self.max_report_age),
            jitter=lambda low, high: high,
            unread=follower.started,
        )

    @property
    def view(self):
        return self.publication.current.organization("org")

    def step(self):
        """One step, and the wait after it unless nothing is due."""
        wait = self.collector.step()
        if wait < 100.0:
            self.pace.pause(wait)

    def sweep(self):
        """Step until every subject has had its turn, waiting as the collector wants it."""
        for _ in range(200):
            wait = self.collector.step()
            if wait > 0 and all(not self._owed(item) for item in self.view.work):
                return
            self.pace.pause(min(wait, 2 * HOUR))
        raise AssertionError("something is never fetched")

    def _owed(self, item):
        standing = self.view.standings.get(item.subject)
        if standing is None or standing.failures or standing.report is None:
            return True
        return not 0 <= self.pace.now() - standing.report.created < item.target.refresh
