"""Who needs what: a policy for each principal of a configuration, and what it can do without."""

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
_UNSEEN = "AWS documents it for reports, and none of those that are wanted was seen to need it"


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


def dispensable(organization: OrganizationConfig, *, paths: bool) -> Mapping[str, str]:
    """Permissions that AWS documents and whose lack costs nothing of what is wanted, each with the reason.

    ``paths``: AWS tells the accounts' paths when it lists them. Of a report on one entity, recorded in
    September 2026: ``ListChildren`` is needed unless it is on an SCP, ``ListTargetsForPolicy`` only if it is,
    and ``ListParents`` not on the root.
    """
    targets = organization.targets
    below = (targets.ous, targets.management_account, targets.accounts)
    whole = any(target.enabled for target in (targets.root, *below))
    found = {}
    if not targets.policies.enabled:
        found["organizations:ListTargetsForPolicy"] = _UNSEEN
        if not any(target.enabled for target in below):
            found["organizations:ListParents"] = _UNSEEN
    if not whole:
        found["organizations:ListChildren"] = _UNSEEN
    if organization.policy_ids:
        found["organizations:ListPolicies"] = "the configuration names the SCPs; only their names are lacking"
    if paths:
        found["organizations:ListAccountsForParent"] = "AWS tells the accounts' paths, which is as good"
    wanted = needed(organization)
    return {action: reason for action, reason in found.items() if action in wanted}
