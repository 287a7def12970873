"""What a report says at a moment: the services that SCPs allow, and how the accounts used them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from exporter.model import Entity, EntityType, ServiceAccess
from exporter.scp import Effect, effect
from exporter.simulator.activity import Activity, last_use
from exporter.simulator.organization import Organization

_MANAGEMENT = EntityType.MANAGEMENT_ACCOUNT


class Evaluation:
    """The services accessible to each entity of an organization: the logic by which AWS calls them so.

    A service is accessible to an entity if at every level, from the root down to the entity, some attached
    policy allows at least one of its actions, and no attached policy denies all of them without a condition.
    """

    def __init__(self, organization: Organization, namespaces: Collection[str]) -> None:
        self._organization = organization
        self._all = frozenset(namespaces)
        self._effects: Mapping[str, Effect] = {
            policy.id: effect(policy.content, namespaces) for policy in organization.policies.values()
        }
        self._accessible = self._inherit()

    def accessible(self, entity: Entity) -> frozenset[str]:
        """By all SCPs on the entity and above it; the management account is bound by none."""
        return self._accessible[entity.id]

    def allowed_by(self, policy_id: str) -> frozenset[str]:
        """By this one SCP alone."""
        one = self._effects[policy_id]
        return one.allowed - one.denied

    def _inherit(self) -> dict[str, frozenset[str]]:
        accessible: dict[str, frozenset[str]] = {}
        for entity in self._organization.entities.values():
            above = accessible.get(entity.parent_id, self._all)
            accessible[entity.id] = self._pass_on(entity, above)
        return accessible

    def _pass_on(self, entity: Entity, above: frozenset[str]) -> frozenset[str]:
        if entity.type is EntityType.MANAGEMENT_ACCOUNT:
            return self._all
        level = self._level(self._organization.attachments[entity.id])
        passed = (above & level.allowed) - level.denied
        # Thousands of accounts have exactly what is above them: share the set.
        return above if passed == above else passed

    def _level(self, policies: Iterable[str]) -> Effect:
        return reduce(Effect.__or__, (self._effects[policy] for policy in policies), Effect())


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job ends FAILED: AWS's ``ErrorDetails``."""

    code: str
    message: str


UNKNOWN_ENTITY = Failure(
    "INVALID_ORGANIZATIONS_ENTITY_PATH",
    "The entity with the specified path does not exist in your organization.",
)
UNKNOWN_POLICY = Failure(
    "INVALID_ORGANIZATIONS_POLICY",
    "The policy with the specified ID does not exist in your organization.",
)
NOT_AUTHORIZED = Failure(
    "ORGANIZATIONS_REPORT_ACCESS_DENIED",
    "Requester is not authorized to perform the required AWS Organizations Describe* and List* actions.",
)
_READ_ALWAYS = frozenset(
    {"organizations:DescribePolicy", "organizations:ListPoliciesForTarget", "organizations:ListRoots"}
)
_READ_BELOW_THE_ROOT = "organizations:ListParents"
_READ_FOR_ALL_POLICIES = "organizations:ListChildren"
_READ_FOR_ONE_POLICY = "organizations:ListTargetsForPolicy"


def read_for_a_job(entity_path: str, policy_id: str = "") -> frozenset[str]:
    """The permissions without any of which a job ends NOT_AUTHORIZED, as recorded in September 2026."""
    below_the_root = entity_path.count("/") > 1
    return _READ_ALWAYS | {
        _READ_FOR_ONE_POLICY if policy_id else _READ_FOR_ALL_POLICIES,
        *({_READ_BELOW_THE_ROOT} if below_the_root else ()),
    }


@dataclass(frozen=True, slots=True)
class Content:
    """A report: ``rows`` in the order of the namespaces, one for every accessible service."""

    rows: tuple[ServiceAccess, ...]

    @property
    def accessible(self) -> int:
        """AWS's NumberOfServicesAccessible."""
        return len(self.rows)

    @property
    def not_accessed(self) -> int:
        """AWS's NumberOfServicesNotAccessed."""
        return sum(row.last_authenticated is None for row in self.rows)


@dataclass(slots=True)
class _Tally:
    """The accounts that used one service, and the latest of them."""

    accounts: int
    last: float
    region: str
    entity_path: str


class Reports:
    """The content of every possible report."""

    def __init__(
        self,
        organization: Organization,
        names: Mapping[str, str],
        activity: Activity,
    ) -> None:
        self._organization = organization
        self._names = names
        self._activity = activity
        self._evaluation = Evaluation(organization, names)

    def services(self, entity_path: str, policy_id: str = "") -> frozenset[str] | Failure:
        """The namespaces a report lists, or why there will be none."""
        entity = self._organization.at(entity_path)
        if entity is None:
            return UNKNOWN_ENTITY
        if policy_id and policy_id not in self._organization.policies:
            return UNKNOWN_POLICY
        if policy_id and entity.type is not _MANAGEMENT:
            return self._evaluation.allowed_by(policy_id)
        return self._evaluation.accessible(entity)

    def content(self, entity_path: str, policy_id: str, at: float) -> Content:
        """A report as of ``at`` (Unix seconds); LookupError where there is none."""
        services = self.services(entity_path, policy_id)
        entity = self._organization.at(entity_path)
        if entity is None or isinstance(services, Failure):
            raise LookupError(f"no report on {entity_path} {policy_id}")
        tallies = self._tallies(self._covered(entity, policy_id), at)
        return Content(tuple(self._row(name, tallies.get(name)) for name in sorted(services)))

    def _covered(self, entity: Entity, policy_id: str) -> Iterable[Entity]:
        if entity.type is _MANAGEMENT:
            return [entity]
        members = self._organization.member_accounts(entity)
        if not policy_id:
            return members
        return (account for account in members if self._organization.applies(policy_id, account))

    def _tallies(self, accounts: Iterable[Entity], at: float) -> dict[str, _Tally]:
        tallies: dict[str, _Tally] = {}
        for account in accounts:
            for namespace, (last, region) in self._last_uses(account, at).items():
                tally = tallies.get(namespace)
                if tally is None:
                    tallies[namespace] = _Tally(1, last, region, account.path)
                    continue
                tally.accounts += 1
                if last > tally.last:
                    tally.last, tally.region, tally.entity_path = last, region, account.path
        return tallies

    def _last_uses(self, account: Entity, at: float) -> dict[str, tuple[float, str]]:
        latest: dict[str, tuple[float, str]] = {}
        for use in self._activity.uses(account):
            last = last_use(use, at)
            if last is not None and last >= latest.get(use.namespace, (0.0, ""))[0]:
                latest[use.namespace] = last, use.region
        return latest

    def _row(self, namespace: str, tally: _Tally | None) -> ServiceAccess:
        name = self._names[namespace]
        if tally:
            return ServiceAccess(namespace, name, tally.region, tally.entity_path, tally.last, tally.accounts)
        # AWS gives IAM's Region even where nobody used it.
        region = self._activity.central_region if namespace == "iam" else ""
        return ServiceAccess(namespace, name, region, "", None, 0)
