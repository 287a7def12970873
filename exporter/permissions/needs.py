"""Which of the permissions that AWS documents a configuration can do without, as calls to AWS have shown."""

from collections.abc import Mapping

from exporter.config import OrganizationConfig
from exporter.permissions.principals import needed

_UNSEEN = "AWS documents it for reports, and none of those that are wanted was seen to need it"


def dispensable(organization: OrganizationConfig, *, paths: bool) -> Mapping[str, str]:
    """Permissions whose lack costs nothing of what is wanted, each with the reason.

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
