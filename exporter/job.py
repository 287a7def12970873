"""The life of one report job, as a state machine without I/O and without a clock.

::

    REQUESTED ──accepted──▶ RUNNING ──COMPLETED, truncated──▶ PAGING ──last page──▶ DONE
        ▲                      │ └───────COMPLETED, whole──────────────────────────▶ DONE
        └──lost (once)─────────┴────────────────┘
    any of the first three ──FAILED, deadline, marker trouble, contradiction──▶ FAILED

Rules:

* IN_PROGRESS, and any status AWS may invent later, means: ask again, until the deadline.
* Pages are followed while ``IsTruncated``, however short they are. Truncated without a marker, or with a
  marker that was seen before, ends the job: following it would never end.
* A report without JobCreationDate ends the job: how fresh it is, nobody could tell.
* The counts are the first page's. Once COMPLETED was said, a later page that says otherwise is a
  contradiction and ends the job.
* A service that stands in several rows is kept once, with its latest use.
* ``NoSuchEntity`` makes the job be requested again, once: AWS may have lost it, or the session changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from exporter.model import JobStatus, JobView, Page, Report, ServiceAccess


class State(StrEnum):
    """Where a job is in its life."""

    REQUESTED = "requested"
    RUNNING = "running"
    PAGING = "paging"
    DONE = "done"
    FAILED = "failed"


class Fault(StrEnum):
    """Why a job ended without a report where AWS did not name a code: ours, in AWS's spelling."""

    DEADLINE = "JobDeadlineExceeded"
    NO_MARKER = "TruncatedWithoutMarker"
    MARKER_LOOP = "MarkerRepeated"
    CONTRADICTION = "ContradictoryPages"
    NO_DATE = "NoJobCreationDate"
    LOST = "NoSuchEntity"
    UNNAMED = "Unknown"


@dataclass(frozen=True, slots=True)
class Job:
    """One job at one moment; every method gives the next moment and leaves this one alone.

    ``deadline`` is in the caller's clock. ``marker`` is what the next Get must carry, ``view`` what AWS
    last said about the job (None before its first answer), ``unknown_status`` a word of AWS's that we do
    not know.
    """

    deadline: float
    state: State = State.REQUESTED
    job_id: str = ""
    marker: str = ""
    view: JobView | None = None
    report: Report | None = None
    error_code: str = ""
    error_message: str = ""
    unknown_status: str = ""
    regenerated: bool = False
    _first: Page | None = None
    _rows: tuple[ServiceAccess, ...] = ()
    _markers: frozenset[str] = frozenset()

    @property
    def ended(self) -> bool:
        """DONE or FAILED: there is nothing left to ask."""
        return self.state in {State.DONE, State.FAILED}

    def accepted(self, job_id: str) -> "Job":
        """Generate was answered with ``job_id``."""
        return replace(self, state=State.RUNNING, job_id=job_id)

    def lost(self) -> "Job":
        """Get was answered with NoSuchEntity."""
        if self.regenerated:
            return self.failed(Fault.LOST, "the job was lost twice")
        return Job(deadline=self.deadline, view=self.view, regenerated=True)

    def failed(self, code: str, message: str) -> "Job":
        """The job ends without a report, for a reason that is not AWS's own FAILED."""
        return replace(self, state=State.FAILED, error_code=code, error_message=message)

    def checked(self, now: float) -> "Job":
        """The same job, or FAILED when its deadline has passed."""
        if self.ended or now < self.deadline:
            return self
        return self.failed(Fault.DEADLINE, f"still {self.state} at the deadline")

    def answered(self, page: Page) -> "Job":
        """Get was answered with ``page``."""
        if self.state is State.PAGING:
            return self._continued(page)
        match page.status:
            case JobStatus.COMPLETED:
                started = replace(self, view=_view(page, JobStatus.COMPLETED), _first=page, unknown_status="")
                return started._collected(page)  # noqa: SLF001 - the same class
            case JobStatus.FAILED:
                view = _view(page, JobStatus.FAILED)
                return replace(self, view=view).failed(view.error_code, view.error_message)
            case JobStatus.IN_PROGRESS:
                return replace(self, view=_view(page, JobStatus.IN_PROGRESS), unknown_status="")
            case _:
                return replace(self, unknown_status=page.status)

    def _continued(self, page: Page) -> "Job":
        if page.status != JobStatus.COMPLETED:
            return self.failed(Fault.CONTRADICTION, f"a page after the first says {page.status}")
        return self._collected(page)

    def _collected(self, page: Page) -> "Job":
        if self._first is None or self._first.created is None:
            return self.failed(Fault.NO_DATE, "the report does not say when it was made")
        job = replace(self, _rows=self._rows + page.services)
        if not page.truncated:
            return job._finished()  # noqa: SLF001 - the same class
        if not page.marker:
            return job.failed(Fault.NO_MARKER, "IsTruncated is true and there is no Marker")
        if page.marker in self._markers:
            return job.failed(Fault.MARKER_LOOP, "a Marker came for the second time")
        return replace(job, state=State.PAGING, marker=page.marker, _markers=self._markers | {page.marker})

    def _finished(self) -> "Job":
        first = self._first
        assert first is not None
        assert first.created is not None
        report = Report(
            created=first.created,
            completed=first.completed,
            accessible=first.accessible,
            not_accessed=first.not_accessed,
            services=once_each(self._rows),
        )
        return replace(self, state=State.DONE, report=report, marker="", _rows=(), _first=None)


def _view(page: Page, status: JobStatus) -> JobView:
    failed = status is JobStatus.FAILED
    return JobView(
        status=status,
        created=page.created,
        completed=page.completed,
        error_code=(page.error_code or Fault.UNNAMED) if failed else "",
        error_message=page.error_message if failed else "",
    )


def once_each(rows: Iterable[ServiceAccess]) -> tuple[ServiceAccess, ...]:
    """Each namespace once, where it first stood, with the row of its latest use.

    A namespace that came twice would be a duplicate series, and that fails a whole scrape.
    """
    kept: dict[str, ServiceAccess] = {}
    for row in rows:
        known = kept.get(row.namespace)
        if known is None or _used(row) > _used(known):
            kept[row.namespace] = row
    return tuple(kept.values())


def _used(row: ServiceAccess) -> float:
    return float("-inf") if row.last_authenticated is None else row.last_authenticated
