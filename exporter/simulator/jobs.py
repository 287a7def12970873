"""The desk where report jobs are asked for: one slot, results given again, each to its owner alone."""

import math
import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

from exporter.simulator.faults import Fault, FaultKind
from exporter.simulator.messages import Refusal
from exporter.simulator.reports import NOT_AUTHORIZED, Failure

REUSE = 60.0  # s for which the same selection brings the same result
_KEPT = 20_000  # jobs; the oldest are forgotten, as AWS forgets them
_JITTER = 0.03
_QUICK = (1.3, 2.5)  # s, hardly any service allowed
_FULL = (5.9, 11.7)  # s, all services allowed
_FAILING = (1.2, 1.4)  # s


class Selection(NamedTuple):
    """What a report is asked for."""

    entity_path: str
    policy_id: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedJob:
    """One job. Times are Unix seconds; ``ends`` is infinite for one that never ends."""

    id: str
    owner: tuple[str, str]
    selection: Selection
    created: float
    ends: float
    failure: Failure | None = None
    holds_slot: bool = True

    def done(self, now: float) -> bool:
        """Whether it has ended, well or not."""
        return self.ends <= now


class Desk:
    """Accepts jobs and finds them again. Safe to use from several threads.

    ``services`` gives the namespaces a selection's report will list, or why there will be none; ``total``
    is how many there are.
    """

    def __init__(
        self,
        services: Callable[[str, str], frozenset[str] | Failure],
        *,
        total: int,
        seed: int,
        speed: float,
        clock: Callable[[], float],
    ) -> None:
        self._services = services
        self._total = total
        self._seed = seed
        self._speed = speed
        self._clock = clock
        self._lock = Lock()
        self._jobs: OrderedDict[str, SimulatedJob] = OrderedDict()
        self._latest: dict[Selection, SimulatedJob] = {}
        self._running: SimulatedJob | None = None
        self._accepted = 0

    @property
    def jobs(self) -> tuple[SimulatedJob, ...]:
        """Every job that is remembered, oldest first."""
        with self._lock:
            return tuple(self._jobs.values())

    def forget(self) -> None:
        """Give no result again, and free the slot."""
        with self._lock:
            self._latest.clear()
            self._running = None

    def generate(
        self, owner: tuple[str, str], selection: Selection, fault: Callable[[], Fault | None]
    ) -> SimulatedJob:
        """Accept a job or find its like; ``fault`` is asked only if one is about to start. Raises Refusal."""
        with self._lock:
            now = math.floor(self._clock() * 1000) / 1000
            earlier = self._latest.get(selection)
            if earlier and now < earlier.created + REUSE / self._speed:
                if earlier.owner == owner:
                    return earlier
                if earlier.done(now):
                    return self._keep(replace(earlier, id=self._next_id(), owner=owner))
            if self._running and not self._running.done(now):
                raise Refusal(
                    409, "ReportGenerationLimitExceeded", "Maximum number of concurrent jobs exceeded"
                )
            return self._start(owner, selection, now, fault())

    def find(self, owner: tuple[str, str], job_id: str) -> SimulatedJob:
        """The job, if it is the owner's; raises Refusal."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise Refusal(404, "NoSuchEntity", "Job ID does not exist.")
        return job

    def _start(
        self, owner: tuple[str, str], selection: Selection, now: float, fault: Fault | None
    ) -> SimulatedJob:
        found = self._services(*selection)
        failure = found if isinstance(found, Failure) else None
        if fault and fault.kind is FaultKind.FAILED:
            failure = Failure(fault.code, fault.message) if fault.code else NOT_AUTHORIZED
        stuck = fault is not None and fault.kind is FaultKind.STUCK
        share = None if failure or isinstance(found, Failure) else len(found) / self._total
        job = SimulatedJob(
            id=self._next_id(),
            owner=owner,
            selection=selection,
            created=now,
            ends=math.inf if stuck else math.ceil((now + self._seconds(selection, share)) * 1000) / 1000,
            failure=failure,
            holds_slot=not stuck or (fault is not None and fault.holds_slot),
        )
        if job.holds_slot:
            self._running = job
        return self._keep(job)

    def _keep(self, job: SimulatedJob) -> SimulatedJob:
        self._jobs[job.id] = self._latest[job.selection] = job
        if len(self._jobs) > _KEPT:
            self._jobs.popitem(last=False)
        return job

    def _seconds(self, selection: Selection, share: float | None) -> float:
        """How long a job takes: by its share of all services, much the same each time; None: it fails."""
        shortest, longest = _FAILING if share is None else _between(share)
        own = random.Random(f"{self._seed}/{selection}")  # noqa: S311 - a simulation, repeatable by its seed
        seconds = own.uniform(shortest * (1 + _JITTER), longest * (1 - _JITTER))
        this_time = random.Random(f"{self._seed}/{selection}/{self._accepted}")  # noqa: S311 - as above
        return seconds * this_time.uniform(1 - _JITTER, 1 + _JITTER) / self._speed

    def _next_id(self) -> str:
        self._accepted += 1
        chance = random.Random(f"{self._seed}/job/{self._accepted}")  # noqa: S311 - an id, not a secret
        digits = f"{chance.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _between(share: float) -> tuple[float, float]:
    """The shortest and longest time for a report that lists this share of all services."""
    shortest, longest = (quick + (full - quick) * share for quick, full in zip(_QUICK, _FULL, strict=True))
    return shortest, longest
