"""What happens to one organization, told to the log and to the counters in one place.

A condition that lasts is logged when it begins, when it changes and when it ends, not every time it is met.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import structlog

from exporter.causes import gist
from exporter.model import Discovery, News, NewsKind, Subject
from exporter.telemetry.instruments import Instruments
from exporter.times import rfc3339, spoken

_MOST_CODES = 64  # of failed calls, per organization; AWS documents some thirty for what is called here


class Call(Protocol):
    """One request to AWS: API, operation, seconds, and the error code (empty: it succeeded)."""

    @property
    def api(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def code(self) -> str: ...


class Observer:
    """Counts and logs for one organization."""

    def __init__(self, organization: str, instruments: Instruments) -> None:
        self._name = organization
        self._on = instruments
        self._log = structlog.get_logger().bind(organization=organization)
        self._codes: set[str] = set()
        self._reasons: dict[str, str] = {}
        self._state_reason = ""
        self._lacking: dict[str, str] = {}
        self._unmatched: tuple[str, ...] = ()
        self._failing: dict[Subject, str] = {}
        instruments.prepare(organization)

    def retire(self) -> None:
        """The organization is not watched any more: its series go, and what still runs counts for nobody."""
        watched, self._on = self._on, Instruments(with_process=False)
        watched.forget(self._name)

    def called(self, call: Call) -> None:
        """A request was sent to AWS, and answered or lost."""
        labels = (self._name, call.api, call.operation)
        self._on.api_requests.labels(*labels).inc()
        self._on.api_duration.labels(*labels).observe(call.seconds)
        if call.code:
            self._on.api_failures.labels(*labels, self._bounded(call.code)).inc()
        self._log.debug("aws.called", api=call.api, operation=call.operation, code=call.code or "ok")

    def _bounded(self, code: str) -> str:
        """Whoever answers may make up codes: each is a series, for ever."""
        if len(self._codes) < _MOST_CODES:
            self._codes.add(code)
        return code if code in self._codes else "Other"

    def reachable(self) -> None:
        """AWS answered as it should."""
        if self._reasons:
            self._log.info("organization.up")
        self._reasons.clear()

    def unreachable(self, stage: str, reason: str, remedy: str = "") -> None:
        """AWS could not be asked, at this stage (discovery, job), for this reason.

        Each stage is compared with itself: both may fail for as long as they like, each in its own way.
        """
        if self._reasons.get(stage) != gist(reason):
            advice = {"remedy": remedy} if remedy else {}
            self._log.error("organization.down", stage=stage, reason=reason, **advice)
        self._reasons[stage] = gist(reason)

    def discovered(self, entities: int, seconds: float) -> None:
        self._log.info("discovery.completed", entities=entities, seconds=round(seconds, 3))

    def policies_listed(self, lacking: str) -> None:
        """The SCPs were listed; or were not, for this reason, and those known before stay."""
        self._listed("policies", lacking)

    def attachments_listed(self, lacking: str) -> None:
        """What the SCPs are attached to was listed; or was not, for this reason."""
        self._listed("attachments", lacking)

    def _listed(self, what: str, lacking: str) -> None:
        before, self._lacking[what] = self._lacking.get(what, ""), lacking
        if lacking and lacking != before:
            self._log.warning(f"discovery.{what}_unknown", reason=lacking)
        elif before and not lacking:
            self._log.info(f"discovery.{what}_known")

    def selectors_matched(self, unmatched: Iterable[str]) -> None:
        """Which selectors of the configuration fit nothing, each in a line of its own."""
        lines = tuple(unmatched)
        for line in lines:
            if line not in self._unmatched:
                self._log.warning("selector.unmatched", reason=line)
        if self._unmatched and not lines:
            self._log.info("selector.all_matched")
        self._unmatched = lines

    def slot_taken(self) -> None:
        """Somebody else's job holds the slot."""
        self._on.slot_conflicts.labels(self._name).inc()
        self._log.info("slot.taken")

    def job_started(self, times: int) -> None:
        """AWS accepted a job (more than once, if it lost it)."""
        self._on.jobs_started.labels(self._name).inc(times)

    def job_resumed(self, subject: Subject) -> None:
        """A job that an earlier run left is read, in the place of a new one."""
        self._log.info("job.resumed", **_named(subject))

    def job_completed(self, subject: Subject, seconds: float, services: int) -> None:
        """A job brought a report, after running for so many seconds."""
        self._on.job_duration.labels(self._name).observe(seconds)
        log = self._log.info if self._failing.pop(subject, None) else self._log.debug
        log("report.completed", **_named(subject), seconds=round(seconds, 3), services=services)

    def job_failed(self, subject: Subject, code: str, message: str, retry_in: float) -> None:
        """An attempt ended without a report."""
        self._on.jobs_failed.labels(self._name).inc()
        log = self._log.debug if self._failing.get(subject) == code else self._log.warning
        self._failing[subject] = code
        log("report.failed", **_named(subject), code=code, reason=message, retry_in=round(retry_in))

    def unknown_status(self, subject: Subject, status: str) -> None:
        """AWS used a JobStatus that we do not know."""
        self._log.warning("job.status_unknown", **_named(subject), status=status)

    def expired(self, count: int) -> None:
        """Reports were dropped for their age."""
        self._on.reports_expired.labels(self._name).inc(count)
        self._log.warning("reports.expired", reports=count)

    def news(self, pieces: Sequence[News], discovery: Discovery | None) -> None:
        """A report told these: a line for each use, and one for all that is allowed now, or is no longer."""
        names = {entity.id: entity.name for entity in discovery.entities} if discovery else {}
        for piece in pieces:
            if piece.kind.is_use:
                self._log.info(f"service.{piece.kind}", **_use(piece, names))
        counts = Counter(piece.kind for piece in pieces)
        changed = {
            kind.value: counts[kind] for kind in (NewsKind.NEWLY_ACCESSIBLE, NewsKind.NO_LONGER_ACCESSIBLE)
        }
        if any(changed.values()):
            entity_id = pieces[0].subject.entity_id
            self._log.info("access.changed", entity_id=entity_id, entity_name=names.get(entity_id), **changed)

    def swept(self, reports: int, failed: int, seconds: float) -> None:
        """Nothing is due any more: one line for all that was done, and the seconds that it took."""
        self._log.info("sweep.completed", reports=reports, failed=failed, seconds=round(seconds, 1))

    def state_lost(self, reason: str) -> None:
        """The state could not be read or written: what is known is served, and may not be kept."""
        if self._state_reason != gist(reason):
            self._log.error("state.unavailable", reason=reason)
        self._state_reason = gist(reason)
        self._on.state_available.labels(self._name).set(0)
        self._on.state_failures.labels(self._name).inc()

    def state_found(self) -> None:
        """The state was read or written as it should."""
        if self._state_reason:
            self._log.info("state.available")
        self._state_reason = ""
        self._on.state_available.labels(self._name).set(1)

    def lease_gained(self, token: int) -> None:
        """This process asks AWS from now on."""
        if token:
            self._log.info("lease.acquired", token=token)

    def lease_lost(self, reason: str) -> None:
        """Somebody else may ask AWS from now on."""
        self._log.warning("lease.lost", reason=reason)

    def crashed(self, stage: str) -> None:
        """A bug: logged with what is known of it, and survived."""
        self._log.exception("collector.crashed", stage=stage)

    def forget(self, known: set[Subject]) -> None:
        """Subjects not in ``known`` no longer exist."""
        for gone in self._failing.keys() - known:
            del self._failing[gone]


def _use(piece: News, names: Mapping[str, str]) -> dict[str, str | int | None]:
    entity_id, silent = piece.subject.entity_id, piece.after
    return {
        "entity_id": entity_id,
        "entity_name": names.get(entity_id),
        "service_namespace": piece.namespace,
        "service_name": piece.name,
        "account_id": piece.account_id,
        "account_name": names.get(piece.account_id),
        "region": piece.region,
        "used": rfc3339(int(piece.at)),
        "told": rfc3339(int(piece.told)),
        **({} if silent is None else {"unused_for": spoken(silent), "unused_seconds": round(silent)}),
    }


def _named(subject: Subject) -> dict[str, str]:
    named = {"entity_id": subject.entity_id}
    return {**named, "policy_id": subject.policy_id} if subject.policy_id else named
