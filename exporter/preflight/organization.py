"""Everything that reading one organization takes, looked at in the order in which it fails."""

from collections.abc import Callable, Iterator, Mapping

from exporter.aws import Identity, Prober, entity_at
from exporter.causes import Cause
from exporter.config import OrganizationConfig
from exporter.errors import AwsError, DeniedError, SlotTakenError, TransitError
from exporter.job import Job
from exporter.model import Discovery, Entity
from exporter.permissions import GENERATE, GET, needed
from exporter.poll import took
from exporter.preflight.check import Check, Result
from exporter.preflight.facts import SCP, Facts
from exporter.preflight.load import load_check

_POLICY = "print-iam-policy prints all that is needed"
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
    ) -> None:
        self._config = config
        self._own = own
        self._prober = prober
        self._report = report
        self._read = read
        self._discover = discover
        self._job_seconds = 0.0

    def run(self) -> tuple[Check, ...]:
        """All checks; those that an earlier failure makes pointless are left out."""
        return tuple(self._checks())

    def _checks(self) -> Iterator[Check]:
        identity, checks = self._identity()
        yield from checks
        if identity is None:
            return
        facts = Facts(self._prober, identity.account_id)
        found = [*_organization(facts, identity)]
        yield from found
        if any(check.result is Result.FAILED for check in found):
            yield Check("permissions", Result.SKIPPED, "not looked at before the above is put right")
            return
        permissions = [*self._permissions(facts)]
        yield from permissions
        denied = [check.permission for check in permissions if check.result is Result.FAILED]
        yield from self._job(facts, denied)
        yield self._load(denied)

    def _identity(self) -> tuple[Identity | None, list[Check]]:
        checks: list[Check] = []
        try:
            own = self._own.identity()
        except AwsError as error:
            return None, [Check("credentials", Result.FAILED, str(error), error.remedy)]
        checks.append(Check("credentials", Result.OK, own.arn))
        if self._config.role_arn is None:
            return own, checks
        try:
            assumed = self._prober.identity()
        except AwsError as error:
            return None, [*checks, _role_failed(error)]
        return assumed, [*checks, Check("role", Result.OK, assumed.arn, permission="sts:AssumeRole")]

    def _permissions(self, facts: Facts) -> Iterator[Check]:
        for action in sorted(needed(self._config) - {GENERATE, GET}):
            yield _permission(action, facts.outcome(action))

    def _job(self, facts: Facts, denied: list[str]) -> Iterator[Check]:
        """What only a real report tells. Authorization comes late: most of it when the job has run."""
        generates = GENERATE in needed(self._config)
        path = facts.root_path
        if not path if generates else not self._config.job_ids:
            yield Check("report", Result.SKIPPED, "the root's path is not known, or nothing is to be read")
            return
        try:
            job = self._report(entity_at(path)) if generates else self._read(self._config.job_ids[0])
        except DeniedError as error:
            action = f"iam:{error.operation}"
            if action == GET and generates:
                yield Check(GENERATE, Result.OK, "allowed", permission=GENERATE)
            yield _denied(action, error)
            if action == GENERATE:
                yield Check(GET, Result.SKIPPED, "not looked at: there is nothing to read", permission=GET)
            return
        except SlotTakenError as error:
            yield Check(GENERATE, Result.OK, "allowed", permission=GENERATE)
            yield Check("report", Result.WARNING, str(error), "try again when no exporter or console uses it")
            return
        except AwsError as error:
            yield Check("report", Result.FAILED, str(error), error.remedy)
            return
        for action in (GENERATE, GET) if generates else (GET,):
            yield Check(action, Result.OK, "allowed", permission=action)
        yield self._ended(job, denied)

    def _ended(self, job: Job, denied: list[str]) -> Check:
        if job.report:
            self._job_seconds = took(job.report) or 0.0
            shown = f"{job.report.accessible} services accessible, made in {self._job_seconds:.1f} s"
            return Check("report", Result.OK, shown)
        detail = f"{job.error_code}: {job.error_message}"
        if job.error_code != _LATE:
            return Check("report", Result.FAILED, detail)
        if denied:
            return Check("report", Result.FAILED, detail, "the missing permissions above are the reason")
        remedy = "each call alone is allowed: AWS repeats a result for a minute, so try again after that"
        return Check("report", Result.FAILED, detail, remedy)

    def _load(self, denied: list[str]) -> Check:
        if denied or not self._job_seconds:
            return Check("sweep", Result.SKIPPED, "no estimate without a report and a discovery")
        try:
            discovery = self._discover()
        except AwsError as error:
            return Check("sweep", Result.FAILED, str(error))
        return load_check(self._config, discovery, self._job_seconds)


def _role_failed(error: AwsError) -> Check:
    permission = "sts:AssumeRole" if isinstance(error, DeniedError) else ""
    return Check("role", Result.FAILED, str(error), error.remedy, permission)


def _organization(facts: Facts, identity: Identity) -> Iterator[Check]:
    outcome = facts.outcome("organizations:DescribeOrganization")
    if isinstance(outcome, AwsError) and outcome.code == "AWSOrganizationsNotInUseException":
        yield Check(
            "organization", Result.FAILED, str(outcome), "use credentials of an organization's account"
        )
        return
    organization = facts.organization
    if not organization:
        yield Check("organization", Result.SKIPPED, f"not known: {outcome}")
    else:
        yield Check("organization", Result.OK, str(organization.get("Id")))
        yield _management(str(organization.get("MasterAccountId") or ""), identity)
        yield _features(str(organization.get("FeatureSet") or ""))
    if facts.root:
        yield _scps(facts.root)


def _management(management: str, identity: Identity) -> Check:
    if management == identity.account_id:
        return Check("management account", Result.OK, management)
    return Check(
        "management account",
        Result.FAILED,
        f"these are credentials of account {identity.account_id}, the management account is {management}",
        f"AWS gives access reports to the management account alone: name a role of {management} as role_arn",
    )


def _features(features: str) -> Check:
    if features == "ALL":
        return Check("all features", Result.OK, "enabled")
    remedy = "enable all features: aws organizations enable-all-features"
    return Check("all features", Result.FAILED, f"the organization has {features or 'none'}", remedy)


def _scps(root: Mapping[str, object]) -> Check:
    types = root.get("PolicyTypes")
    if (
        any(one.get("Type") == SCP for one in types if isinstance(one, dict))
        if isinstance(types, list)
        else False
    ):
        return Check("service control policies", Result.OK, "enabled")
    remedy = f"aws organizations enable-policy-type --root-id {root.get('Id')} --policy-type {SCP}"
    return Check("service control policies", Result.FAILED, "not enabled", remedy)


def _permission(action: str, outcome: object) -> Check:
    if outcome is None:
        detail = "not asked: that would take the root's id, which nothing tells"
        return Check(action, Result.SKIPPED, detail, permission=action)
    if isinstance(outcome, DeniedError):
        return _denied(action, outcome)
    if isinstance(outcome, TransitError):
        return Check(action, Result.WARNING, str(outcome), outcome.remedy or "try again", permission=action)
    # Whatever else was refused, it was not for want of a permission.
    return Check(action, Result.OK, "allowed", permission=action)


def _denied(action: str, error: AwsError) -> Check:
    detail = f"{error.code}: {error.message}"
    remedy = f"allow {action}; {_POLICY}" if error.cause is Cause.DENIED else error.remedy
    return Check(action, Result.FAILED, detail, remedy, action)
