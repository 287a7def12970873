"""Asking AWS for reports while somebody waits."""

import random
from dataclasses import dataclass
from typing import Any

from exporter.aws import AwsOrganization, DocumentSession, Paging
from exporter.collect import Single, ThreadPace
from exporter.errors import RefusedError
from exporter.job import Job
from exporter.model import Work
from exporter.output import Reading
from exporter.output.reading import title
from exporter.reporting.progress import Waiting


@dataclass(frozen=True, slots=True)
class Answered:
    """How one job ended, and what AWS last said about it, as the AWS CLI prints that."""

    work: Work
    job: Job
    document: dict[str, Any]

    def reading(self, organization: str) -> Reading:
        """What was read; raises RefusedError if the job failed."""
        job = self.job
        if job.report is None:
            raise RefusedError("GetOrganizationsAccessReport", job.error_code, job.error_message)
        return Reading(organization, self.work.subject, self.work.entity, job.report, job.view, self.document)


class Asker:
    """Asks for the reports of one organization, one at a time, and shows that on a terminal.

    ``timeout`` in seconds is how long one may take, ``lifetime`` how long its credentials have to last (0: as
    long).
    """

    def __init__(
        self, aws: AwsOrganization, paging: Paging, timeout: float, waiting: Waiting, lifetime: float = 0.0
    ) -> None:
        self._aws = aws
        self._paging = paging
        self._lifetime = lifetime or timeout
        self._waiting = waiting
        self._single = Single(
            ThreadPace(),
            random.uniform,
            timeout,
            busy=waiting.busy,
            told=lambda _: waiting.running(),
        )

    def ask(self, work: Work) -> Answered:
        """The ended job; raises AwsError."""
        self._waiting.begin(title(work.subject, work.entity), self._single.experience.mean)
        session = DocumentSession(self._aws.open_session(self._lifetime), self._paging)
        try:
            job = self._single.ask(session, work)
        finally:
            self._waiting.done()
        return Answered(work, job, session.document)
