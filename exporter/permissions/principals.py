"""Who needs what: a policy for each principal that a configuration makes use of."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from exporter.config import Config, OrganizationConfig
from exporter.permissions.statements import (
    ANY_ACCOUNT,
    Statement,
    assume_roles,
    document,
    reports,
    state_table,
)

OWN = "exporter"
"""The principal behind boto3's default credential chain."""


class Table(NamedTuple):
    """The DynamoDB table that keeps the state; ``partition`` is the region's.

    ``create``: the exporter makes it where there is none.
    """

    name: str
    region: str
    partition: str
    create: bool = False


def policies(
    config: Config, table: Table | None = None, account_id: str = "", *, pod_identity: bool = False
) -> Mapping[str, dict[str, Any]]:
    """An IAM policy per principal: ``OWN``, ``profile NAME`` or the ARN of a role.

    ``account_id`` is the account of the exporter's own credentials; empty: not known, which any account
    stands for. ``pod_identity``: they are EKS Pod Identity's, whose sessions pass on tags.
    """
    needs: dict[str, list[Statement]] = {}
    own_account = account_id or ANY_ACCOUNT
    for organization in config.organizations:
        own = f"profile {organization.profile}" if organization.profile else OWN
        if organization.role_arn is None:
            needs.setdefault(own, []).extend(_reports(organization, own_account))
            continue
        tagged = pod_identity and own == OWN
        needs.setdefault(own, []).append(assume_roles([organization.role_arn], tagged=tagged))
        role_account = organization.role_arn.split(":")[4]
        needs.setdefault(organization.role_arn, []).extend(_reports(organization, role_account))
    if table:
        arn = f"arn:{table.partition}:dynamodb:{table.region}:{own_account}:table/{table.name}"
        needs.setdefault(OWN, []).append(state_table(arn, create=table.create))
    return {principal: document(statements) for principal, statements in needs.items()}


def needed(organization: OrganizationConfig) -> frozenset[str]:
    """The permissions that reading one organization takes, without becoming its role."""
    statements = _reports(organization, ANY_ACCOUNT)
    return frozenset(action for statement in statements for action in statement.actions)


def _reports(organization: OrganizationConfig, account_id: str) -> tuple[Statement, ...]:
    targets = organization.targets
    every = (
        targets.root,
        targets.ous,
        targets.management_account,
        targets.accounts,
        targets.policies,
    )
    return reports(
        organization.partition,
        account_id,
        generate=any(target.enabled for target in every),
        by_policy=targets.policies.enabled,
    )
