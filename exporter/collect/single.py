"""One report, now, for somebody who waits for it: no schedule, no publication."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exporter.collect.inquiry import Inquiry, Session
from exporter.collect.pace import Pace
from exporter.errors import SlotTakenError
from exporter.job import Fault, Job
from exporter.model import JobView, Work
from exporter.poll import Experience, measured, took

# s, with jitter. Somebody waits, and a collector leaves the slot free for a moment only.
SLOT_WAIT = (0.5, 1.5)


@dataclass(slots=True)
class Single:
    """Asks for one report after another; what jobs took teaches when to look at the next.

    ``busy`` hears when another job has AWS's one slot, ``told`` what AWS says of a job that runs.
    """

    pace: Pace
    jitter: Callable[[float, float], float]
    timeout: float
    busy: Callable[[], None] = lambda: None
    told: Callable[[JobView], None] = lambda _: None
    experience: Experience = field(default_factory=Experience)

    def ask(self, session: Session, work: Work) -> Job:
        """The ended job: DONE or FAILED. Raises AwsError, SlotTakenError if the slot is never free."""
        deadline = self.pace.monotonic() + self.timeout
        while True:
            inquiry = Inquiry(session, work, self.pace, self.experience.moments(work.subject), self.jitter)
            job = Job(deadline=deadline)
            try:
                ended = inquiry.run(
                    job.accepted(work.subject.entity_id) if inquiry.foreign else job, self.told
                )
            except SlotTakenError:
                self._wait_for_slot(deadline)
                continue
            self._learn(work, ended, inquiry)
            return ended

    def _wait_for_slot(self, deadline: float) -> None:
        wait = self.jitter(*SLOT_WAIT)
        if self.pace.monotonic() + wait >= deadline:
            raise SlotTakenError(
                "GenerateOrganizationsAccessReport",
                Fault.DEADLINE,
                "other report jobs have taken AWS's one slot all the time",
            )
        self.busy()
        self.pace.pause(wait)

    def _learn(self, work: Work, job: Job, inquiry: Inquiry) -> None:
        if job.report and not inquiry.foreign:
            seconds = measured(took(job.report), inquiry.running_at, inquiry.done_at)
            self.experience.learn(work.subject, seconds)
