"""One job, from Generate to the last page: the state machine of ``exporter.job`` driven over a session."""

from collections.abc import Callable, Iterator
from typing import Protocol

from exporter.causes import Cause
from exporter.collect.pace import Pace
from exporter.errors import NoSuchJobError, TransitError
from exporter.job import Fault, Job, State
from exporter.model import JobStatus, JobView, Page, Work
from exporter.order import path_of

# Seconds without an answer, or with so many that are damaged: what soon helps itself is not worth a word.
_SILENCE, _CALLS = 10.0, 3
_SILENT = {Cause.NO_ANSWER, Cause.UNREACHABLE}
_PAST = 0.001  # s beyond the deadline for the last look, so that rounding cannot make it one of many


class Session(Protocol):
    """Credentials frozen for one job."""

    def generate(self, entity_path: str, policy_id: str = "") -> str:
        """GenerateOrganizationsAccessReport: the job id."""

    def get(self, job_id: str, marker: str = "") -> Page:
        """GetOrganizationsAccessReport: one page of up to 1000 rows."""


def backoffs(jitter: Callable[[float, float], float]) -> Iterator[float]:
    """Seconds to wait before each repetition: 0.5-1, 1-2, 2-4 … at most 10-20."""
    ceiling = 1.0
    while True:
        yield jitter(ceiling / 2, ceiling)
        ceiling = min(ceiling * 2, 20.0)


class Inquiry:
    """Asks one job's questions and keeps its times, in seconds after Generate was sent.

    Counted from the sending: a request is as long on its way as the Get that later asks, so the job's age
    when AWS looks at it is the time between the two sendings.
    ``running_at`` is when it was last seen running, ``done_at`` when it was found done. ``ago``: for a job
    that runs already, how long ago that was. ``heard`` is told that no answer comes, and that one came again.
    """

    def __init__(
        self,
        session: Session,
        work: Work,
        pace: Pace,
        moments: Iterator[float],
        jitter: Callable[[float, float], float],
        *,
        ago: float = 0.0,
        heard: Callable[[TransitError | None], object] = lambda _: None,
    ) -> None:
        self._session = session
        self._work = work
        self._pace = pace
        self._moments = moments
        self._jitter = jitter
        self._heard = heard
        self._lost = False
        self._asked_at = pace.monotonic()
        self._silent_since: float | None = None
        self._unanswered = 0
        self._started = self._asked_at - ago
        self._ago = ago
        self._moment = 0.0 if self.foreign else next(moments)
        self.accepted = 0
        self.running_at = 0.0
        self.done_at = 0.0

    @property
    def foreign(self) -> bool:
        """The job was generated elsewhere: it can be read, and not be made again."""
        return self._work.entity is None

    @property
    def path(self) -> str:
        """Where the entity is asked for; empty for a job made elsewhere."""
        return path_of(self._work)

    @property
    def held(self) -> float:
        """Seconds for which a job of ours has had AWS's slot, up to now."""
        taken = self.accepted or self._ago
        return self._pace.monotonic() - self._started if taken else 0.0

    def run(
        self, job: Job, told: Callable[[JobView], None], started: Callable[[str], None] = lambda _: None
    ) -> Job:
        """Drive ``job`` to its end.

        ``told`` hears what AWS says while it runs, ``started`` the id of each job that AWS accepts.

        Lost calls are repeated until the deadline, then TransitError is raised; the other AwsErrors at
        once, and Stopped.
        """
        waits = backoffs(self._jitter)
        while not (job := job.checked(self._pace.monotonic())).ended:
            try:
                answered = self._advanced(job, started)
            except NoSuchJobError as error:
                self._answered()
                job = job.failed(Fault.LOST, error.message) if self.foreign else job.lost()
                continue
            except TransitError as error:
                self._back_off(job, error, next(waits))
                continue
            waits = backoffs(self._jitter)
            self._answered()
            if answered.view and answered.view != job.view and not answered.ended:
                told(answered.view)
            job = answered
        return job

    def _advanced(self, job: Job, started: Callable[[str], None]) -> Job:
        if job.state is State.REQUESTED:
            generated = self._generated(job)
            started(generated.job_id)
            return generated
        if job.state is State.RUNNING:
            until = min(self._started + self._moment, job.deadline + _PAST)
            self._pace.pause(until - self._pace.monotonic())
        self._asked_at = self._pace.monotonic()
        sent = self._asked_at - self._started
        page = self._session.get(job.job_id, job.marker)
        if job.state is State.RUNNING:
            self._looked(page, sent)
        return job.answered(page)

    def _generated(self, job: Job) -> Job:
        entity = self._work.entity
        assert entity is not None
        self._asked_at = sent = self._pace.monotonic()
        job_id = self._session.generate(entity.path, self._work.subject.policy_id)
        self._started = sent
        self.accepted += 1
        return job.accepted(job_id)

    def _looked(self, page: Page, sent: float) -> None:
        if page.status in {JobStatus.COMPLETED, JobStatus.FAILED}:
            self.done_at = sent
            return
        self.running_at = sent
        passed = self._pace.monotonic() - self._started
        self._moment = next(moment for moment in self._moments if moment > passed)

    def _answered(self) -> None:
        self._silent_since, self._unanswered = None, 0
        if self._lost:
            self._lost = False
            self._heard(None)

    def _back_off(self, job: Job, error: TransitError, seconds: float) -> None:
        if self._silent_since is None:
            # From its sending: nobody was asked anything in the pause before it.
            self._silent_since = self._asked_at
        self._unanswered += 1
        calls = 1 if error.cause in _SILENT else _CALLS
        if self._unanswered >= calls and self._pace.monotonic() - self._silent_since >= _SILENCE:
            self._lost = True
            self._heard(error)
        if self._pace.monotonic() + seconds >= job.deadline:
            raise error
        self._pace.pause(seconds)
