"""The two operations of the access report, their answers as values, and as the AWS CLI prints them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from sys import intern
from typing import Any, NamedTuple

from exporter.aws.calls import Service
from exporter.aws.faults import MESSAGE, NAME, clipped, told
from exporter.aws.wire import TimeFormat, shown
from exporter.errors import CredentialsError, DeniedError, TransitError
from exporter.model import JobStatus, Page, ServiceAccess, unused

MAX_ITEMS = 1000  # the most AWS allows


class ReportSession:
    """Makes and reads reports with one set of credentials, since only who made a report may read it.

    ``rejected`` is called when AWS does not accept the credentials; ``hint`` says what is known to stand
    in the way of any report. ``principal`` stands for who can read them, where that outlives this process.
    """

    def __init__(self, iam: Service, rejected: Callable[[], None], hint: str = "") -> None:
        self._iam = iam
        self.principal = iam.principal
        self._rejected = rejected
        self._hint = hint

    def generate(self, entity_path: str, policy_id: str = "") -> str:
        """GenerateOrganizationsAccessReport: the job id; raises AwsError."""
        policy = {"OrganizationsPolicyId": policy_id} if policy_id else {}
        answer = self._call("generate_organizations_access_report", EntityPath=entity_path, **policy)
        job_id = answer.get("JobId")
        if not job_id or not isinstance(job_id, str):
            raise TransitError("GenerateOrganizationsAccessReport", "NoJobId", "the answer holds no JobId")
        return job_id

    def get(self, job_id: str, marker: str = "") -> Page:
        """GetOrganizationsAccessReport: one page of the most rows; raises AwsError."""
        return page(self.answer(job_id, marker))

    def answer(
        self, job_id: str, marker: str = "", max_items: int | None = MAX_ITEMS, sort_key: str | None = None
    ) -> dict[str, Any]:
        """GetOrganizationsAccessReport, as boto3 gives it; None leaves it to AWS. Raises AwsError."""
        options = {"Marker": marker or None, "MaxItems": max_items, "SortKey": sort_key}
        given = {name: value for name, value in options.items() if value is not None}
        answer = self._call("get_organizations_access_report", JobId=job_id, **given)
        if answer.get("ErrorDetails"):
            # Free text of AWS's, as that of an error is.
            details = {name: told(value) for name, value in answer["ErrorDetails"].items()}
            answer = {**answer, "ErrorDetails": details}
        return answer

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        try:
            return self._iam.call(method, **parameters)
        except CredentialsError:
            self._rejected()
            raise
        except DeniedError as error:
            if not self._hint:
                raise
            raise DeniedError(error.operation, error.code, f"{error.message} ({self._hint})") from error


def page(answer: Mapping[str, Any]) -> Page:
    """The answer as a value; raises TransitError for one that is not of this operation."""
    status = answer.get("JobStatus")
    if not status:
        raise TransitError("GetOrganizationsAccessReport", "NoJobStatus", "the answer holds no JobStatus")
    error = answer.get("ErrorDetails") or {}
    rows = answer.get("AccessDetails") or ()
    return Page(
        status=clipped(status, NAME),
        created=_created(answer.get("JobCreationDate")),
        completed=_unix(answer.get("JobCompletionDate")),
        accessible=answer.get("NumberOfServicesAccessible"),
        not_accessed=answer.get("NumberOfServicesNotAccessed"),
        services=tuple(_row(row) for row in rows if row.get("ServiceNamespace")),
        truncated=bool(answer.get("IsTruncated")),
        marker=answer.get("Marker") or "",
        error_code=clipped(error.get("Code"), NAME),
        error_message=clipped(error.get("Message"), MESSAGE),
    )


def _created(moment: datetime | str | None) -> float | None:
    """Without it nobody knows how old a report is: one that cannot be read is asked for again."""
    if isinstance(moment, str):
        raise TransitError("GetOrganizationsAccessReport", "NoJobCreationDate", "the date cannot be read")
    return _unix(moment)


def _row(row: Mapping[str, Any]) -> ServiceAccess:
    used = _unix(row.get("LastAuthenticatedTime"))
    make = unused if used is None else ServiceAccess
    return make(
        namespace=_name(row["ServiceNamespace"]),
        name=_name(row.get("ServiceName")),
        region=_name(row.get("Region")),
        entity_path=_name(row.get("EntityPath")),
        last_authenticated=used,
        authenticated_entities=row.get("TotalAuthenticatedEntities"),
    )


def _name(text: str | None) -> str:
    return intern(clipped(text, NAME))


def _unix(moment: datetime | str | None) -> float | None:
    if not isinstance(moment, datetime):
        return None  # not there, or nothing that can be read
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


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
