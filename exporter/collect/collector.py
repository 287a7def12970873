"""Everything that is done for one organization, a step at a time; its threads are in ``runner``.

Failure is data: a subject that fails keeps its last report, a count and a time to try again. An organization
that cannot be asked at all is tried less and less often, and its data stays.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from exporter.collect.agenda import Agenda, Sweep
from exporter.collect.desk import Desk
from exporter.collect.inquiry import Inquiry, Session
from exporter.collect.pace import Pace
from exporter.collect.reach import Reach, Stage
from exporter.errors import AwsError, CredentialsError, DeniedError, SlotTakenError, TransitError
from exporter.job import Job
from exporter.model import Discovery, JobView, News, OrganizationView, ReportState, Standing, StartedJob, Work
from exporter.news import compared
from exporter.order import RETRY, longest_wait, newer, path_of
from exporter.poll import Experience, measured, took
from exporter.telemetry.observer import Observer

SLOT_WAIT = (5.0, 15.0)  # s, with jitter, while somebody else's job runs
# AWS no longer finds what the last discovery has told of.
_MISPLACED = {"INVALID_ORGANIZATIONS_ENTITY_PATH", "INVALID_ORGANIZATIONS_POLICY"}


class OwnSession(Session, Protocol):
    """Credentials frozen for one job, of a principal that may be known again after a restart."""

    @property
    def principal(self) -> str:
        """What stands for it; empty if nobody can read the job's report after a restart."""


class Aws(Protocol):
    """One organization as AWS shows it."""

    def discover(self) -> Discovery:
        """All entities in scope; raises AwsError."""

    def open_session(self, lifetime: float) -> OwnSession:
        """Credentials that stay the same and live that many seconds; raises AwsError."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Those of the configuration, in seconds; without ``follow_leads`` reports come at their times only."""

    job_timeout: float
    max_report_age: float
    follow_leads: bool = True
    slot_share: float = 1.0
    dormant_after: float = 90 * 86_400.0
    keep_news: float = 7 * 86_400.0


class Collector:
    """Discovers one organization and keeps its reports fresh.

    ``discover`` and ``step`` may run in two threads, each in one at a time. Everything raises LeaseLostError
    once the lease behind ``desk`` is over. ``unread`` is a job that an earlier run left running.
    ``outdated``: AWS has shown since the last discovery began that something is elsewhere, or gone.
    """

    def __init__(
        self,
        desk: Desk,
        aws: Aws,
        *,
        observer: Observer,
        pace: Pace,
        limits: Limits,
        jitter: Callable[[float, float], float],
        unread: StartedJob | None = None,
    ) -> None:
        self.name = desk.name
        self._desk = desk
        self._aws = aws
        self._observer = observer
        self._pace = pace
        self._limits = limits
        self._jitter = jitter
        self._experience = Experience()
        self._reach = Reach(desk, observer, jitter)
        self._sweep = Sweep()
        self._unread = unread
        self._agenda = Agenda(
            pace,
            dormant_after=limits.dormant_after if limits.follow_leads else None,
            slot_share=limits.slot_share,
        )
        self.outdated = False
        self._hurried = False
        for subject, standing in desk.view.standings.items():
            self._experience.recall(subject, standing.report)

    def discover(self) -> float | None:
        """Look at the organization; seconds until it should be tried again, None after a success."""
        began, start = self._pace.now(), self._pace.monotonic()
        self.outdated = False
        try:
            found = self._aws.discover()
        except AwsError as error:
            return self._reach.lost(Stage.DISCOVERY, error, self._pace.monotonic() - start)
        self._observer.policies_listed(found.lacking)
        self._observer.attachments_listed(found.unattached)
        self._observer.selectors_matched(found.unmatched)
        whole = found.completed(self._desk.view.discovery)
        discovery = replace(whole, at=began, duration=self._pace.monotonic() - start)
        view = self._desk.discovered(discovery)
        self._reach.gained(Stage.DISCOVERY)
        self._observer.discovered(len(discovery.entities), discovery.duration)
        known = {item.subject for item in view.work}
        self._experience.forget(known, {_parent(item) for item in view.work})
        self._observer.forget(known)
        return None

    def step(self) -> float:
        """Do the most urgent thing that is due; seconds until it is worth calling again (0: at once)."""
        if self._hurried:
            self._hurried = False
            self._try_again()
        closed = self._agenda.closed_for()
        if closed:
            return closed
        view = self._desk.view
        now = self._pace.now()
        left = self._left_running(view, now)
        work, due = (left, now) if left else self._agenda.next(view, now)
        if work is None:
            self._rest(view)
            if view.led != self._agenda.led:
                self._desk.changed(led=self._agenda.led)
            return due - now
        self._sweep.begin(self._pace.monotonic())
        self._desk.changed(running=work.subject, led=self._agenda.led)
        try:
            return self._attempt(work, view.standings.get(work.subject) or Standing(work.subject))
        finally:
            self._desk.changed(running=None)

    def hurry(self) -> bool:
        """Let what failed be tried again, and say whether anything did; may be called from any thread."""
        view = self._desk.view
        self._hurried = not view.up or bool(view.states.get(ReportState.FAILED))
        return self._hurried

    def keep(self) -> None:
        """Offer the state what it could not take before."""
        self._desk.keep()

    def expire(self) -> None:
        """Drop the reports that are older than ``max_report_age``, and what is no longer news."""
        oldest = self._pace.now() - self._limits.max_report_age
        standings = self._desk.view.standings.values()
        self._forget_news(standing.report.created for standing in standings if standing.report)
        old = [standing for standing in standings if standing.report and standing.report.created < oldest]
        for standing in old:
            known, listed = standing.known_beside(None), standing.accessible() or frozenset()
            dropped = replace(standing, report=None, expired=True, last_known=known, listed=listed)
            self._stand(replace(dropped, listed_at=standing.made))
        if old:
            self._observer.expired(len(old))

    def _forget_news(self, reports: Iterable[float]) -> None:
        # What is deleted never comes back: a clock that is ahead must not do that, so AWS's own counts too.
        now = min(self._pace.now(), max(reports, default=0.0))
        self._desk.forget_news(now - self._limits.keep_news)

    def _attempt(self, work: Work, standing: Standing) -> float:
        start = self._pace.monotonic()
        try:
            session = self._aws.open_session(self._limits.job_timeout)
        except AwsError as error:
            return self._reach.lost(Stage.JOB, error, self._pace.monotonic() - start)
        opened = self._opened(work, session)
        if opened is None:
            return 0.0
        inquiry, job = opened
        try:
            job = self._followed(inquiry, job, standing, session.principal)
        except SlotTakenError:
            self._observer.slot_taken()
            self._reach.gained(Stage.JOB)
            return self._jitter(*SLOT_WAIT)
        except CredentialsError as error:
            return self._reach.lost(Stage.JOB, error)
        except (TransitError, DeniedError) as error:
            self._fail(work, standing, job.failed(error.code, error.message))
            return self._reach.lost(Stage.JOB, error)
        except AwsError as error:
            job = job.failed(error.code, error.message)
        self._reach.gained(Stage.JOB)
        if job.report:
            self._complete(work, standing, job, inquiry)
        else:
            self._fail(work, standing, job)
        return 0.0

    def _heard(self, silence: TransitError | None) -> None:
        if silence:
            self._reach.lost(Stage.JOB, silence)
        else:
            self._reach.gained(Stage.JOB)

    def _left_running(self, view: OrganizationView, now: float) -> Work | None:
        """The subject of the job that an earlier run left, while it may still be read."""
        unread = self._unread
        if unread is None or now - unread.at >= self._limits.job_timeout:
            self._unread = None
            return None
        left = next((item for item in view.work if item.subject == unread.subject), None)
        # One of where the entity was is of no use.
        return left if left and unread.path in {"", path_of(left)} else None

    def _opened(self, work: Work, session: OwnSession) -> tuple[Inquiry, Job] | None:
        """A new job, or the one that was left running; None if that is another principal's."""
        unread, self._unread = self._unread, None
        left = unread if unread and unread.subject == work.subject else None
        if left and left.principal != session.principal:
            return None
        ago = max(0.0, self._pace.now() - left.at) if left else 0.0
        moments = self._experience.moments(work.subject, _parent(work))
        inquiry = Inquiry(session, work, self._pace, moments, self._jitter, ago=ago, heard=self._heard)
        job = Job(deadline=self._pace.monotonic() - ago + self._limits.job_timeout)
        if left is None:
            return inquiry, job
        self._observer.job_resumed(work.subject)
        return inquiry, job.accepted(left.job_id)

    def _followed(self, inquiry: Inquiry, job: Job, standing: Standing, principal: str) -> Job:
        def started(job_id: str) -> None:
            if principal:
                at = self._pace.now()
                self._desk.started(StartedJob(standing.subject, job_id, principal, at, inquiry.path))

        def told(view: JobView) -> None:
            self._desk.shown(replace(standing, job=view))

        if inquiry.foreign:
            job = job.accepted(standing.subject.entity_id)
        try:
            job = inquiry.run(job, told, started)
        finally:
            self._observer.job_started(inquiry.accepted)
            self._agenda.held(inquiry.held)
        if job.unknown_status:
            self._observer.unknown_status(standing.subject, job.unknown_status)
        return job

    def _complete(self, work: Work, standing: Standing, job: Job, inquiry: Inquiry) -> None:
        assert job.report is not None
        if not inquiry.foreign:
            seconds = measured(took(job.report), inquiry.running_at, inquiry.done_at)
            self._experience.learn(work.subject, seconds, _parent(work))
            self._observer.job_completed(work.subject, seconds, len(job.report.services))
        self._sweep.reports += 1
        # AWS hands out results up to a minute old. Where its dates claim more, asking again at once would
        # be asking for ever: half an interval passes in any case.
        retry_at = self._pace.now() + work.target.refresh / 2
        now = self._pace.now()
        report = newer(standing.report, job.report, now)
        path = inquiry.path if report is job.report else standing.path
        stands = Standing(
            work.subject,
            report,
            job.view,
            retry_at=retry_at,
            last_known=standing.known_beside(report),
            path=path,
            asked=inquiry.path,
        )
        news = compared(
            standing,
            job.report,
            dormant_after=self._limits.dormant_after,
            moved=standing.path not in {"", path},
            now=now,
        )
        self._stand(replace(stands, followed=self._agenda.followed(standing, stands)), news)

    def _fail(self, work: Work, standing: Standing, job: Job) -> None:
        wait = _back_off(work, standing.failures)
        self._observer.job_failed(work.subject, job.error_code, job.error_message, wait)
        self._sweep.failed += 1
        self.outdated |= _misplaced(work, standing, job)
        failed = replace(
            standing,
            job=job.view or standing.job,
            failures=standing.failures + 1,
            retry_at=self._pace.now() + wait,
            asked=path_of(work),
        )
        self._stand(failed)

    def _try_again(self) -> None:
        """Subjects that failed wait after their last attempt as long as AWS repeats a result, no longer."""
        view = self._desk.view
        for work in view.work:
            standing = view.standings.get(work.subject)
            if standing and standing.failures:
                attempt = standing.retry_at - _back_off(work, standing.failures - 1)
                self._desk.shown(replace(standing, retry_at=min(standing.retry_at, attempt + RETRY)))

    def _stand(self, standing: Standing, news: tuple[News, ...] = ()) -> None:
        self._desk.stood(standing, news, job_seconds=self._agenda.stretched(self._experience.mean))

    def _rest(self, view: OrganizationView) -> None:
        if not view.states.get(ReportState.FAILED):
            # The job that did not reach AWS was for a subject that went meanwhile; nothing is wrong any more.
            self._reach.gained(Stage.JOB)
        done = self._sweep.rest(self._pace.monotonic())
        if done:
            self._observer.swept(done.reports, done.failed, done.busy)


def _misplaced(work: Work, standing: Standing, job: Job) -> bool:
    """AWS does not find what a discovery told of: news, unless one has told of the same place since."""
    again = standing.failures and standing.job and standing.job.error_code == job.error_code
    return job.error_code in _MISPLACED and not (again and standing.asked == path_of(work))


def _back_off(work: Work, failures: int) -> float:
    """Seconds after an attempt before which so many had failed."""
    return min(RETRY * 2.0 ** min(failures, 30), longest_wait(work.target.refresh))


def _parent(work: Work) -> str:
    return work.entity.parent_id if work.entity else ""
