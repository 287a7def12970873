"""Everything that reading one organization takes, looked at in the order in which it fails."""

from collections.abc import Callable, Generator, Iterator

from exporter.aws import Identity, Prober, entity_at
from exporter.config import OrganizationConfig
from exporter.errors import AwsError, CredentialsError, DeniedError, SlotTakenError
from exporter.job import Job
from exporter.model import Discovery, Entity
from exporter.order import plan
from exporter.permissions import GENERATE, GET, needed
from exporter.poll import took
from exporter.preflight.answers import NOBODY, denied_check, organization_checks, permission_checks
from exporter.preflight.check import Check, Result
from exporter.preflight.facts import Facts
from exporter.times import spoken

_LATE = "ORGANIZATIONS_REPORT_ACCESS_DENIED"


class Preflight:
    """Checks one organization.

    ``own`` asks with our own credentials, ``prober`` with those that read the organization; ``report`` makes
    a report on an entity, ``read`` reads one made elsewhere, ``discover`` looks at the whole tree. All of
    them raise AwsError.
    """

    def __init__(
        self,
        config: OrganizationConfig,
        *,
        own: Prober,
        prober: Prober,
        report: Callable[[Entity], Job],
        read: Callable[[str], Job],
        discover: Callable[[], Discovery],
        slot_share: float = 1.0,
    ) -> None:
        self._config = config
        self._own = own
        self._prober = prober
        self._report = report
        self._read = read
        self._discover = discover
        self._slot_share = slot_share
        self._job_seconds: float | None = None
        self._discovered: Discovery | None = None
        self._undiscovered: AwsError | None = None

    def run(self) -> Iterator[Check]:
        """All checks, each as soon as it is made: a call to AWS may take half a minute.

        What an earlier failure keeps from being looked at is told as not checked.
        """
        identity = yield from self._identity()
        if identity is None:
            return
        facts = Facts(self._prober, identity.account_id)
        if (yield from _failed(organization_checks(facts, identity))):
            yield Check("permissions", Result.UNKNOWN, "the above has to be put right first")
            return
        denied = yield from _failed(permission_checks(self._config, facts))
        yield from self._job(facts, denied)
        yield from self._load()

    def _identity(self) -> Generator[Check, None, Identity | None]:
        """Who asks. ``serve`` never asks that: where STS does not tell it, what follows shows enough."""
        own = yield from _asked(self._own, "credentials", _credentials_failed)
        if own is None or self._config.role_arn is None:
            return own
        return (yield from _asked(self._prober, "role", _role_failed, "sts:AssumeRole"))

    def _job(self, facts: Facts, denied: list[Check]) -> Iterator[Check]:
        """What only a real report tells. Authorization comes late: most of it when the job has run."""
        generates = GENERATE in needed(self._config)
        if not generates and not self._config.job_ids:
            yield Check("report", Result.NOTE, "no target is enabled, and no job is to be read")
            return
        entity = self._entity(facts) if generates else None
        if generates and entity is None:
            yield Check("report", Result.UNKNOWN, "no entity is known to report on")
            return
        actions = (GENERATE, GET) if generates else (GET,)
        try:
            job = self._report(entity) if entity else self._read(self._config.job_ids[0])
        except DeniedError as error:
            yield from _job_denied(error, actions)
        except SlotTakenError as error:
            yield Check(GENERATE, Result.OK, "allowed", permission=GENERATE)
            yield _unread()
            yield Check("report", Result.UNKNOWN, str(error), "try again when no exporter or console uses it")
        except AwsError as error:
            yield Check("report", Result.UNKNOWN, str(error), error.remedy)
        else:
            for action in actions:
                yield Check(action, Result.OK, "allowed", permission=action)
            yield self._ended(job, denied)

    def _entity(self, facts: Facts) -> Entity | None:
        """What ``serve`` would report on first; the root where the tree cannot be read."""
        try:
            self._discovered = self._discover()
        except AwsError as error:
            self._undiscovered = error
            return entity_at(facts.root_path) if facts.root_path else None
        work = plan(self._discovered, self._config.targets)
        return work[0].entity if work else None

    def _ended(self, job: Job, denied: list[Check]) -> Check:
        if job.report:
            self._job_seconds = took(job.report)
            made = f", made in {self._job_seconds:.1f} s" if self._job_seconds is not None else ""
            return Check("report", Result.OK, f"{job.report.accessible} services accessible{made}")
        detail = f"{job.error_code}: {job.error_message}"
        if job.error_code != _LATE:
            return Check("report", Result.FAILED, detail)
        if denied:
            return Check("report", Result.FAILED, detail, "the missing permissions above are the reason")
        remedy = "each call alone is allowed: AWS repeats a result for a minute, so try again after that"
        return Check("report", Result.FAILED, detail, remedy)

    def _load(self) -> Iterator[Check]:
        if self._undiscovered:
            yield Check("sweep", Result.UNKNOWN, str(self._undiscovered), self._undiscovered.remedy)
            return
        for line in self._discovered.unmatched if self._discovered else ():
            yield Check("selector", Result.WARNING, line)
        if not self._discovered or self._job_seconds is None:
            yield Check("sweep", Result.NOTE, "no estimate without a discovery and a report")
            return
        yield load_check(self._config, self._discovered, self._job_seconds, self._slot_share)


def _failed(checks: Iterator[Check]) -> Generator[Check, None, list[Check]]:
    """Passes the checks on; gives those that failed."""
    failed = []
    for check in checks:
        yield check
        if check.result is Result.FAILED:
            failed.append(check)
    return failed


def _asked(
    prober: Prober, name: str, failed: Callable[[AwsError], Check], permission: str = ""
) -> Generator[Check, None, Identity | None]:
    """Who that is; None where nothing more can be asked."""
    try:
        found = prober.identity()
    except AwsError as error:
        only = error.operation == "GetCallerIdentity" and not isinstance(error, CredentialsError)
        yield _not_told(name, error) if only else failed(error)
        return NOBODY if only else None
    yield Check(name, Result.OK, found.arn, permission=permission)
    return found


def _not_told(name: str, error: AwsError) -> Check:
    remedy = "; ".join(filter(None, ("serve does not ask STS this", error.remedy)))
    return Check(name, Result.NOTE, f"whose they are is not known: {error}", remedy)


def _credentials_failed(error: AwsError) -> Check:
    return Check("credentials", Result.FAILED, str(error), error.remedy)


def _role_failed(error: AwsError) -> Check:
    permission = "sts:AssumeRole" if isinstance(error, DeniedError) else ""
    return Check("role", Result.FAILED, str(error), error.remedy, permission)


def _job_denied(error: DeniedError, actions: tuple[str, ...]) -> Iterator[Check]:
    action = f"iam:{error.operation}"
    if action == GET and GENERATE in actions:
        yield Check(GENERATE, Result.OK, "allowed", permission=GENERATE)
    yield denied_check(action, error)
    if action == GENERATE:
        yield _unread()


def _unread() -> Check:
    return Check(GET, Result.UNKNOWN, "there is nothing to read", permission=GET)


def load_check(
    config: OrganizationConfig, discovery: Discovery, job_seconds: float, slot_share: float = 1.0
) -> Check:
    """How long a sweep takes, and which share of the time reports will be made.

    ``job_seconds`` is what a report on the root took, the longest there is; ``slot_share`` the share of the
    time in which they may be made.
    """
    work = plan(discovery, config.targets, config.job_ids)
    made = [item for item in work if item.entity is not None]
    if not work:
        remedy = "widen include, exclude or account_states, or enable a target"
        return Check("sweep", Result.FAILED, "nothing is in scope: no report would be made", remedy)
    share = sum(job_seconds / item.target.refresh for item in made)
    sweep = f"{len(made)} reports in about {spoken(job_seconds * len(made) / slot_share)}"
    detail = f"{sweep}; with the refresh intervals, reports are made {share:.1%} of the time"
    if slot_share < 1:
        detail += f" of at most {slot_share:.1%} (slot_share)"
    if share <= slot_share:
        return Check("sweep", Result.OK, detail)
    remedy = "AWS makes one report at a time: lengthen targets.*.refresh, or narrow include"
    if slot_share < 1:
        remedy += ", or raise collection.slot_share"
    return Check("sweep", Result.WARNING, detail, remedy)
