"""An organization as its configuration describes it."""

from collections.abc import Callable

from exporter.aws.access import Access, Door
from exporter.aws.calls import Call
from exporter.aws.organization import AwsOrganization
from exporter.aws.scope import Scope
from exporter.config import OrganizationConfig


def organization(
    config: OrganizationConfig,
    observe: Callable[[Call], None],
    permit: Callable[[], None] = lambda: None,
    *,
    wire_times: bool = False,
    attachments: bool = False,
) -> AwsOrganization:
    """How to reach it, and what in it is wanted; see :class:`Door` and :class:`AwsOrganization`."""
    door = Door(access(config), observe, permit=permit, wire_times=wire_times)
    return AwsOrganization(door, scope(config), attachments=attachments)


def access(config: OrganizationConfig) -> Access:
    """Whose credentials, and which endpoints."""
    return Access(
        region=config.region,
        profile=config.profile,
        role_arn=config.role_arn,
        external_id=config.external_id.reveal() if config.external_id else None,
        session_name=config.session_name,
        iam_endpoint=config.endpoints.iam,
        organizations_endpoint=config.endpoints.organizations,
        sts_endpoint=config.endpoints.sts,
    )


def scope(config: OrganizationConfig) -> Scope:
    """Which entities and SCPs."""
    return Scope(
        include=config.include,
        exclude=config.exclude,
        account_states=config.account_states,
        policies_enabled=config.targets.policies.enabled,
        policy_ids=config.policy_ids,
    )
