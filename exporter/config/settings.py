"""What runs: the configuration as frozen values, with every default filled in and durations in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exporter.config import schema
from exporter.config.durations import parse_duration
from exporter.config.regions import chosen
from exporter.config.secret import Secret
from exporter.config.syntax import partition_of
from exporter.model import Target, Targets


@dataclass(frozen=True, slots=True)
class Endpoints:
    """URLs that stand in for AWS's own, None where AWS's own is meant."""

    iam: str | None = None
    organizations: str | None = None
    sts: str | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """A service that no recommendation denies, until the end of the day ``expires`` (UTC; None: for ever)."""

    service: str
    reason: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class OrganizationConfig:
    """One organization: whose credentials, which entities, how often.

    ``policy_ids`` empty means every SCP; ``include`` empty means everything. Lists hold each item once.
    """

    name: str
    region: str | None
    profile: str | None
    role_arn: str | None
    external_id: Secret | None
    session_name: str
    endpoints: Endpoints
    targets: Targets
    policy_ids: tuple[str, ...] = ()
    job_ids: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    account_states: tuple[str, ...] = ("ACTIVE",)
    protect: tuple[Protection, ...] = ()

    @property
    def partition(self) -> str:
        """``aws``, ``aws-us-gov``, ``aws-cn`` or one of the isolated ones, as far as the file tells."""
        return partition_of(chosen(self.region, self.role_arn, None))


@dataclass(frozen=True, slots=True)
class CollectionConfig:
    """How all organizations are collected; times in seconds, ``slot_share`` above 0 and at most 1."""

    discovery_interval: float
    job_timeout: float
    max_report_age: float
    follow_leads: bool = True
    slot_share: float = 1.0


@dataclass(frozen=True, slots=True)
class NewsConfig:
    """What is told to be new, and for how long; all in seconds."""

    dormant_after: float
    keep: float


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration file."""

    organizations: tuple[OrganizationConfig, ...]
    collection: CollectionConfig
    news: NewsConfig
    protect: tuple[Protection, ...] = ()

    def protections(self, name: str) -> tuple[Protection, ...]:
        """All that hold for the organization of this name."""
        own = next((one.protect for one in self.organizations if one.name == name), ())
        return (*self.protect, *own)


def settings(root: schema.Root) -> Config:
    """The frozen configuration of a valid file."""
    return Config(
        tuple(map(_organization, root.organizations)),
        CollectionConfig(
            discovery_interval=parse_duration(root.collection.discovery_interval),
            job_timeout=parse_duration(root.collection.job_timeout),
            max_report_age=parse_duration(root.collection.max_report_age),
            follow_leads=root.collection.follow_leads,
            slot_share=root.collection.slot_share,
        ),
        NewsConfig(parse_duration(root.news.dormant_after), parse_duration(root.news.keep)),
        tuple(map(_protection, root.protect)),
    )


def _organization(written: schema.Organization) -> OrganizationConfig:
    return OrganizationConfig(
        name=written.name,
        region=written.region,
        profile=written.profile,
        role_arn=written.role_arn,
        external_id=None if written.external_id is None else Secret(written.external_id),
        session_name=written.session_name,
        endpoints=Endpoints(written.endpoints.iam, written.endpoints.organizations, written.endpoints.sts),
        targets=_targets(written.targets),
        policy_ids=_once(written.targets.policies.ids),
        job_ids=_once(written.job_ids),
        include=_once(written.include),
        exclude=_once(written.exclude),
        account_states=_once(written.account_states),
        protect=tuple(map(_protection, written.protect)),
    )


def _protection(written: schema.Protection) -> Protection:
    expires = written.expires and date.fromisoformat(written.expires)
    return Protection(written.service, written.reason, expires or None)


def _targets(written: schema.Targets) -> Targets:
    return Targets(
        root=_target(written.root),
        ous=_target(written.ous),
        management_account=_target(written.management_account),
        accounts=_target(written.accounts),
        policies=_target(written.policies),
    )


def _target(written: schema.Broad | schema.Narrow | schema.Policies) -> Target:
    return Target(written.enabled, parse_duration(written.refresh), written.services)


def _once(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
