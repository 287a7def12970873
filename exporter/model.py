"""What is known about organizations: frozen values, free of I/O and of the clock.

Times are Unix seconds as ``float``; identifiers and names are AWS's own strings, unescaped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

SKEW = 300.0  # s that AWS's dates may be ahead of our clock; beyond that AWS refuses our signatures

_NOTHING: Mapping[str, float] = MappingProxyType({})

# A root, an organizational unit, an account. Job ids are UUIDs and look like none of them.
_ENTITY_ID = re.compile(r"(?:r|ou)-.+|[0-9]{12}")
_TREE = re.compile(r"(?:r|ou)-.+")


class EntityType(StrEnum):
    """The four kinds of node in an organization's tree, from the top down."""

    ROOT = "ROOT"
    ORGANIZATIONAL_UNIT = "ORGANIZATIONAL_UNIT"
    MANAGEMENT_ACCOUNT = "MANAGEMENT_ACCOUNT"
    ACCOUNT = "ACCOUNT"


@dataclass(frozen=True, slots=True)
class Entity:
    """A root, organizational unit or account.

    ``path`` is what GenerateOrganizationsAccessReport takes: ``o-…/r-…/ou-…/123456789012``, no slash
    at the end. ``parent_id`` is empty for a root, ``state`` (AWS's ``Account.State``) for all but accounts.
    ``joined`` is since when an account is a member, in Unix seconds; None for all else, and where AWS does
    not say.
    """

    id: str
    type: EntityType
    name: str
    path: str
    parent_id: str = ""
    state: str = ""
    joined: float | None = None

    @property
    def depth(self) -> int:
        """0 for the root, 1 for its children, and so on."""
        return self.path.count("/") - 1


@dataclass(frozen=True, slots=True)
class Policy:
    """A service control policy.

    ``targets`` are the ids of what it is attached to, in scope or not; None: not known.
    """

    id: str
    name: str
    targets: tuple[str, ...] | None = None

    def completed(self, before: "Policy | None") -> "Policy":
        """With what was known of it before, where this does not tell."""
        if before is None:
            return self
        targets = before.targets if self.targets is None else self.targets
        return replace(self, name=self.name or before.name, targets=targets)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one successful look at AWS Organizations brought.

    ``entities`` are in tree order (a parent before its children) and in scope of the configuration;
    ``at`` is when the look began, ``duration`` how many seconds it took. ``lacking`` is why ``policies`` are
    not known, beyond ids that were configured; empty: they are. ``unattached`` is why it is not known, or was
    known earlier only, what they are attached to. ``unmatched`` has a line for each selector of the
    configuration that fits nothing; it is told by who discovered, and not kept.
    """

    org_id: str
    management_account_id: str
    partition: str
    entities: tuple[Entity, ...]
    policies: tuple[Policy, ...] = ()
    at: float = 0.0
    duration: float = 0.0
    lacking: str = ""
    unattached: str = ""
    unmatched: tuple[str, ...] = ()

    def attached(self) -> Mapping[str, tuple[Policy, ...]] | None:
        """The policies on each target itself, by its id; None: of no policy is it known."""
        if all(policy.targets is None for policy in self.policies):
            return None
        found: dict[str, tuple[Policy, ...]] = {}
        for policy in self.policies:
            for target in policy.targets or ():
                found[target] = (*found.get(target, ()), policy)
        return found

    def completed(self, before: "Discovery | None") -> "Discovery":
        """With what an earlier discovery knew of the policies, where this one could not learn it."""
        known = {policy.id: policy for policy in before.policies} if before else {}
        if self.lacking and not self.policies:
            return replace(self, policies=tuple(known.values()), lacking="", unattached=self.lacking)
        policies = tuple(policy.completed(known.get(policy.id)) for policy in self.policies)
        return replace(self, policies=policies, lacking="")


class Subject(NamedTuple):
    """What one report is about: an entity, or an entity seen through one SCP.

    For a report made elsewhere ``entity_id`` is the id of its job.
    """

    entity_id: str
    policy_id: str = ""

    @property
    def foreign(self) -> bool:
        """The report was made elsewhere: no discovery has its id, and none may take it away."""
        return not _ENTITY_ID.fullmatch(self.entity_id)

    @property
    def of_several(self) -> bool:
        """A root or an OU: its report is about the accounts below it, and those come and go."""
        return bool(_TREE.fullmatch(self.entity_id))


UNTOLD = float("inf")  # the time of a use that AWS tells no time of: it may have been just now


class ServiceAccess(NamedTuple):
    """A row of a report (AWS: ``AccessDetail``).

    ``last_authenticated`` is None for a service that nobody used in the tracking period (AWS fills
    ``region`` on some such rows), or at a time that cannot be read. ``authenticated_entities`` counts
    accounts, and is None where AWS left it out.
    """

    namespace: str
    name: str = ""
    region: str = ""
    entity_path: str = ""
    last_authenticated: float | None = None
    authenticated_entities: int | None = None

    @property
    def used(self) -> float | None:
        """When it was used last; UNTOLD: accounts used it, at no time that is known; None: nobody did."""
        if self.last_authenticated is None and (self.authenticated_entities or 0) > 0:
            return UNTOLD
        return self.last_authenticated

    @property
    def account_id(self) -> str:
        """The account that used it last; empty where AWS does not say."""
        return self.entity_path.rstrip("/").rpartition("/")[2]


# Most rows of an organization say that an account never used a service: made by this, equal ones are shared.
unused = lru_cache(maxsize=4096)(ServiceAccess)


@dataclass(frozen=True, slots=True)
class Report:
    """What a COMPLETED job said. ``services`` holds each namespace once, in AWS's order."""

    created: float
    completed: float | None
    accessible: int | None
    not_accessed: int | None
    services: tuple[ServiceAccess, ...] = ()

    def uses(self) -> Mapping[str, float]:
        """When each service was last used, by its namespace; without those that were not."""
        rows = self.services
        return {row.namespace: row.last_authenticated for row in rows if row.last_authenticated is not None}


class JobStatus(StrEnum):
    """AWS's ``JobStatus``."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class JobView:
    """The newest job of a subject, as far as AWS has told about it."""

    status: JobStatus
    created: float | None = None
    completed: float | None = None
    error_code: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of GetOrganizationsAccessReport, as AWS gave it: rows may repeat, fields may be missing.

    ``status`` is AWS's word and may be one that is not in ``JobStatus``.
    """

    status: str
    created: float | None = None
    completed: float | None = None
    accessible: int | None = None
    not_accessed: int | None = None
    services: tuple[ServiceAccess, ...] = ()
    truncated: bool = False
    marker: str = ""
    error_code: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known about one subject.

    ``report`` is the last good one, kept while newer jobs fail. ``failures`` counts the attempts since it,
    ``retry_at`` is the earliest time of the next one (0: no restriction). ``expired``: there was a report,
    and it was dropped for its age. ``last_known``: when a service was last used, by its namespace, where an
    earlier report told and ``report`` does not, or tells of an earlier use. Of a service that ``report``
    lists without a time, the use aged out of the tracking period, which is not the same as never used.
    ``path`` is the entity's when the last good report was asked for (empty: not known), ``listed`` the
    namespaces of a report that was dropped, until there is another, ``listed_at`` its JobCreationDate (0: not
    known).
    ``asked`` is its path when it was last asked for, with whatever result. ``followed``: the uses that other
    reports told of and that were looked for in vain, by namespace, see :mod:`exporter.leads`.
    """

    subject: Subject
    report: Report | None = None
    job: JobView | None = None
    failures: int = 0
    retry_at: float = 0.0
    expired: bool = False
    last_known: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    path: str = ""
    listed: frozenset[str] = frozenset()
    listed_at: float = 0.0
    asked: str = ""
    followed: Mapping[str, float] = field(default_factory=lambda: _NOTHING)

    @property
    def made(self) -> float:
        """The JobCreationDate of the last report, though it may have been dropped; 0: not known."""
        return self.report.created if self.report else self.listed_at

    def uses(self) -> Mapping[str, float]:
        """When each service was last used, by its namespace, as far as any report has told."""
        known = dict(self.report.uses()) if self.report else {}
        for namespace, at in self.last_known.items():
            known[namespace] = max(at, known.get(namespace, at))
        return known

    def accessible(self) -> frozenset[str] | None:
        """The namespaces that the last report listed, though it may have been dropped; None: not known."""
        if self.report:
            return frozenset(row.namespace for row in self.report.services)
        return self.listed or None

    def known_beside(self, report: Report | None) -> Mapping[str, float]:
        """``last_known`` once ``report`` takes the place of this one's; None: it is dropped.

        A later use than ``report`` tells of stays known, unless it lies in that report's future.
        """
        told = report.uses() if report else {}
        latest = report.created + SKEW if report else float("inf")
        kept = {
            namespace: at
            for namespace, at in self.uses().items()
            if namespace not in told or told[namespace] < at <= latest
        }
        return kept or _NOTHING


@dataclass(frozen=True, slots=True)
class StartedJob:
    """A job that AWS accepted, and whose report nobody has read yet.

    ``principal`` stands for the credentials that generated it, without which it cannot be read; ``at`` is
    when that was, ``path`` the entity's then (empty: not known).
    """

    subject: Subject
    job_id: str
    principal: str
    at: float
    path: str = ""


class NewsKind(StrEnum):
    """What a report may show that the one before it did not."""

    FIRST_USED = "first_used"
    RETURNED = "returned"
    NEWLY_ACCESSIBLE = "newly_accessible"
    NO_LONGER_ACCESSIBLE = "no_longer_accessible"

    @property
    def is_use(self) -> bool:
        """Somebody used the service; otherwise what is allowed changed."""
        return self in {NewsKind.FIRST_USED, NewsKind.RETURNED}


@dataclass(frozen=True, slots=True)
class News:
    """One thing that changed, of one service and one subject.

    ``at`` is the time of the use; of a change in what is accessible, that of the report that showed it.
    ``told`` is the JobCreationDate of the report that told, ``after`` how many seconds the service had not
    been used (of a return alone). ``account_id`` used it, in ``region``; ``name`` is the service's.
    """

    subject: Subject
    kind: NewsKind
    namespace: str
    at: float
    told: float
    after: float | None = None
    region: str = ""
    account_id: str = ""
    name: str = ""


Counts = Mapping[NewsKind, int]
"""How much news there has been of each kind."""

NO_NEWS: Counts = MappingProxyType(dict.fromkeys(NewsKind, 0))
"""There has been none."""


def tallied(tally: Counts, news: Iterable[News]) -> Counts:
    """``tally`` after these."""
    counts = Counter(piece.kind for piece in news)
    return MappingProxyType({kind: tally.get(kind, 0) + counts[kind] for kind in NewsKind})


class ReportState(StrEnum):
    """How a subject stands: the label ``state`` of ``aws_org_access_reports``."""

    FRESH = "fresh"
    STALE = "stale"
    FAILED = "failed"
    PENDING = "pending"


class Services(StrEnum):
    """Which rows of a report are shown."""

    ALL = "all"
    ACCESSED = "accessed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Target:
    """One class of subjects: whether it is collected, how often, and which rows are shown."""

    enabled: bool
    refresh: float
    services: Services


@dataclass(frozen=True, slots=True)
class Targets:
    """The five classes of subjects of an organization."""

    root: Target
    ous: Target
    management_account: Target
    accounts: Target
    policies: Target

    def of(self, entity: Entity, policy_id: str = "") -> Target:
        """The class a subject belongs to."""
        if policy_id:
            return self.policies
        match entity.type:
            case EntityType.ROOT:
                return self.root
            case EntityType.ORGANIZATIONAL_UNIT:
                return self.ous
            case EntityType.MANAGEMENT_ACCOUNT:
                return self.management_account
            case EntityType.ACCOUNT:
                return self.accounts


@dataclass(frozen=True, slots=True)
class Work:
    """One subject with what is needed to ask for it; ``entity`` is None for a job made elsewhere."""

    subject: Subject
    entity: Entity | None
    target: Target


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """All that is known about one organization at one moment.

    ``work`` has every subject in scope, in the order of the exposition; ``standings`` what is known of
    them. ``up`` says whether the last discovery and the last job reached AWS; ``job_seconds`` is the mean
    time of the jobs seen, and of what is left to others after each (0: none yet); ``states`` counts the
    subjects by how they stand. ``news`` is what is still told, by subject, newest first; ``tally`` how much
    ever was.
    ``trouble`` is what kept AWS from being reached, while ``up`` is false.
    ``running`` is the subject whose job runs; ``led`` has those that leads pointed at when the collector last
    decided what comes next.
    ``lease_held``: this process is the one that asks AWS; ``lease_holder`` names who is (empty: nobody, or
    this process, which shares its state with no other).
    """

    name: str
    targets: Targets
    discovery: Discovery | None = None
    work: tuple[Work, ...] = ()
    standings: Mapping[Subject, Standing] = field(default_factory=lambda: MappingProxyType({}))
    states: Mapping[ReportState, int] = field(default_factory=lambda: MappingProxyType({}))
    news: Mapping[Subject, tuple[News, ...]] = field(default_factory=lambda: MappingProxyType({}))
    tally: Counts = field(default_factory=lambda: NO_NEWS)
    up: bool = False
    trouble: str = ""
    job_seconds: float = 0.0
    running: Subject | None = None
    led: frozenset[Subject] = frozenset()
    lease_held: bool = False
    lease_holder: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything currently known: what ``/metrics`` is a rendering of."""

    organizations: tuple[OrganizationView, ...] = ()
