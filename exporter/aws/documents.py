"""Reports as the AWS CLI prints them: ``aws iam get-organizations-access-report``."""

from dataclasses import replace
from typing import Any, NamedTuple

from exporter.aws.report import MAX_ITEMS, ReportSession, page
from exporter.aws.wire import TimeFormat, shown
from exporter.model import JobStatus, Page


class Paging(NamedTuple):
    """Which rows, in which order; None and the empty marker leave it to AWS.

    ``whole``: every page, put together; otherwise the one page that AWS gives for the rest. ``times``: how
    the times in it are written.
    """

    whole: bool = True
    max_items: int | None = MAX_ITEMS
    marker: str = ""
    sort_key: str | None = None
    times: TimeFormat = TimeFormat.WIRE


class DocumentSession:
    """A session that asks for rows as ``paging`` says, and keeps AWS's answers for ``document``.

    Needs an organization with ``wire_times``.
    """

    def __init__(self, session: ReportSession, paging: Paging) -> None:
        self._session = session
        self._paging = paging
        self._answers: list[dict[str, Any]] = []

    def generate(self, entity_path: str, policy_id: str = "") -> str:
        """See :class:`ReportSession`."""
        return self._session.generate(entity_path, policy_id)

    def get(self, job_id: str, marker: str = "") -> Page:
        """See :class:`ReportSession`. Where one page is wanted, it is told to be the last."""
        paging = self._paging
        answer = self._session.answer(job_id, marker or paging.marker, paging.max_items, paging.sort_key)
        found = page(answer)
        if not marker:
            self._answers = []
        self._answers.append(answer)
        return (
            found if paging.whole or found.status != JobStatus.COMPLETED else replace(found, truncated=False)
        )

    @property
    def document(self) -> dict[str, Any]:
        """The last answer, in AWS's words; pages that followed each other as one answer. Empty before."""
        if not self._answers:
            return {}
        rows = [row for answer in self._answers for row in answer.get("AccessDetails", ())]
        whole = dict(self._answers[0])
        whole.pop("ResponseMetadata", None)
        if self._paging.whole:
            whole |= {"AccessDetails": rows, "IsTruncated": False} if "AccessDetails" in whole else {}
            whole.pop("Marker", None)
        return dict(shown(whole, self._paging.times))
