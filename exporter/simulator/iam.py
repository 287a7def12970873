"""IAM's two operations of access reports: what is asked, checked and answered in the Query protocol."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from exporter.model import ServiceAccess
from exporter.simulator.faults import JOB_FAULTS, Faults
from exporter.simulator.jobs import Desk, Selection, SimulatedJob
from exporter.simulator.messages import Answer, Caller, Refusal
from exporter.simulator.organization import Organization
from exporter.simulator.reports import Content, Failure
from exporter.simulator.validation import check, integer, one_of, string

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
_XML = "text/xml"
_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_ENTITY_PATH = re.compile(r"o-[0-9a-z]{10,32}/r-[0-9a-z]{4,32}[0-9a-z-/]*")
_POLICY_ID = re.compile(r"p-[0-9a-zA-Z_]{8,128}")
_MARKER = re.compile(r"[\u0020-\u00ff]{1,320}")
_DEFAULT_ITEMS = 100
_REPORTS_READ_AT_ONCE = 16
_BY_NAMESPACE = "SERVICE_NAMESPACE_ASCENDING"
_SORTS: Mapping[str, tuple[Callable[[ServiceAccess], tuple[float, str]], bool]] = {
    _BY_NAMESPACE: (lambda row: (0.0, row.namespace), False),
    "SERVICE_NAMESPACE_DESCENDING": (lambda row: (0.0, row.namespace), True),
    "LAST_AUTHENTICATED_TIME_ASCENDING": (lambda row: (row.last_authenticated or 0.0, row.namespace), False),
    "LAST_AUTHENTICATED_TIME_DESCENDING": (lambda row: (row.last_authenticated or 0.0, row.namespace), True),
}

Form = Mapping[str, str]


class AccessReports:
    """Answers GenerateOrganizationsAccessReport and GetOrganizationsAccessReport."""

    def __init__(
        self,
        organization: Organization,
        desk: Desk,
        content: Callable[[str, str, float], Content],
        faults: Faults,
        *,
        available: bool,
        page_limit: int,
        clock: Callable[[], float],
    ) -> None:
        self._organization = organization
        self._desk = desk
        self._content = lru_cache(_REPORTS_READ_AT_ONCE)(content)
        self._faults = faults
        self._available = available
        self._page_limit = page_limit
        self._clock = clock
        self.operations: Mapping[str, Callable[[Caller, Form], Answer]] = {
            "GenerateOrganizationsAccessReport": self._generate,
            "GetOrganizationsAccessReport": self._get,
        }

    def _generate(self, caller: Caller, form: Form) -> Answer:
        operation = "GenerateOrganizationsAccessReport"
        path, policy_id = form.get("EntityPath"), form.get("OrganizationsPolicyId")
        check(
            string("entityPath", path, _ENTITY_PATH, length=(19, 427), required=True),
            string("organizationsPolicyId", policy_id, _POLICY_ID),
        )
        selection = Selection(path or "", policy_id or "")
        ours = selection.entity_path.startswith(f"{self._organization.id}/")
        if not ours or not self._available or not self._is_management(caller):
            raise _denied(caller, operation, selection.entity_path)
        job = self._desk.generate(
            (caller.access_key, caller.session_token),
            selection,
            lambda: self._faults.take(operation, JOB_FAULTS, selection.entity_path.rpartition("/")[2]),
        )
        return _answer(operation, _text("JobId", job.id))

    def _get(self, caller: Caller, form: Form) -> Answer:
        operation = "GetOrganizationsAccessReport"
        job_id, marker, sort_key = form.get("JobId"), form.get("Marker"), form.get("SortKey", _BY_NAMESPACE)
        check(
            string("jobId", job_id, length=(36, 36), required=True),
            string("marker", marker, _MARKER, length=(1, 320)),
            integer("maxItems", form.get("MaxItems"), 1, 1000),
            one_of("sortKey", sort_key, _SORTS),
        )
        if not self._is_management(caller):
            raise _denied(caller, operation, "*")
        job = self._desk.find((caller.access_key, caller.session_token), job_id or "")
        if not job.done(self._clock()):
            return _answer(operation, *_running(job))
        if job.failure:
            return _answer(operation, *_failed(job, job.failure))
        start = _read_marker(marker, job.id, sort_key)
        items = min(int(form.get("MaxItems", _DEFAULT_ITEMS)), self._page_limit)
        return _answer(operation, *_completed(job, self._report(job), sort_key, start, items))

    def _report(self, job: SimulatedJob) -> Content:
        return self._content(*job.selection, job.created)

    def _is_management(self, caller: Caller) -> bool:
        return caller.account_id == self._organization.management_account.id


def error_answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error as IAM and STS give it."""
    sender = "Sender" if status < 500 else "Receiver"
    error = _group("Error", _text("Type", sender), _text("Code", code), _text("Message", message))
    body = f'<ErrorResponse xmlns="{_NAMESPACE}">{error}{_text("RequestId", _REQUEST_ID)}</ErrorResponse>'
    return Answer(status, _XML, body.encode(), headers or {})


def _answer(operation: str, *elements: str) -> Answer:
    result = _group(f"{operation}Result", *elements)
    metadata = _group("ResponseMetadata", _text("RequestId", _REQUEST_ID))
    body = f'<{operation}Response xmlns="{_NAMESPACE}">{result}{metadata}</{operation}Response>'
    return Answer(200, _XML, body.encode())


def _running(job: SimulatedJob) -> Iterator[str]:
    yield _text("JobStatus", "IN_PROGRESS")
    yield _text("JobCreationDate", _date(job.created))
    yield _text("IsTruncated", "false")


def _failed(job: SimulatedJob, failure: Failure) -> Iterator[str]:
    yield _text("JobStatus", "FAILED")
    yield _text("JobCreationDate", _date(job.created))
    yield _text("JobCompletionDate", _date(job.ends))
    yield _text("IsTruncated", "false")
    yield _group("ErrorDetails", _text("Message", failure.message), _text("Code", failure.code))


def _completed(job: SimulatedJob, report: Content, sort_key: str, start: int, items: int) -> Iterator[str]:
    key, descending = _SORTS[sort_key]
    following = start + items
    page = sorted(report.rows, key=key, reverse=descending)[start:following]
    truncated = following < len(report.rows)
    yield _text("JobStatus", "COMPLETED")
    yield _text("JobCreationDate", _date(job.created))
    yield _text("JobCompletionDate", _date(job.ends))
    yield _text("NumberOfServicesAccessible", str(report.accessible))
    yield _text("NumberOfServicesNotAccessed", str(report.not_accessed))
    yield _group("AccessDetails", *(_group("member", *_row(row)) for row in page))
    yield _text("IsTruncated", "true" if truncated else "false")
    if truncated:
        yield _text("Marker", _marker(job.id, sort_key, following))


def _row(row: ServiceAccess) -> Iterator[str]:
    yield _text("ServiceName", row.name)
    yield _text("ServiceNamespace", row.namespace)
    if row.region:
        yield _text("Region", row.region)
    if row.last_authenticated is not None:
        yield _text("EntityPath", row.entity_path)
        yield _text("LastAuthenticatedTime", _date(row.last_authenticated))
    yield _text("TotalAuthenticatedEntities", str(row.authenticated_entities))


def _group(name: str, *elements: str) -> str:
    return f"<{name}>{''.join(elements)}</{name}>"


def _text(name: str, text: str) -> str:
    # A parser would read a bare carriage return as a line feed.
    return f"<{name}>{escape(text, {chr(13): '&#13;'})}</{name}>"


def _date(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")


def _marker(job_id: str, sort_key: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{job_id}/{sort_key}/{start}".encode()).decode()


def _read_marker(marker: str | None, job_id: str, sort_key: str) -> int:
    """The place it stands for; raises Refusal unless it was given for this job and sort key."""
    if marker is None:
        return 0
    try:
        place = base64.urlsafe_b64decode(marker.encode()).decode().split("/")
        if place[:2] == [job_id, sort_key]:
            return int(place[2])
    except (binascii.Error, ValueError, IndexError):
        pass
    raise Refusal(400, "InvalidInput", "Invalid Marker.")


def _denied(caller: Caller, operation: str, resource: str) -> Refusal:
    who = f"The principal of account {caller.account_id}"
    return Refusal(
        403, "AccessDenied", f"{who} is not authorized to perform: iam:{operation} on resource: {resource}"
    )
