"""What single answers of Organizations say: how the organization stands, and which permissions there are."""

import re
from collections.abc import Iterator, Mapping

from exporter.aws import DISABLED, ENABLED, SCP, Identity, scp_status
from exporter.causes import Cause
from exporter.config import OrganizationConfig
from exporter.errors import AwsError, DeniedError, RefusedError
from exporter.permissions import GENERATE, GET, dispensable, needed
from exporter.preflight.check import Check, Result
from exporter.preflight.facts import Facts

NOBODY = Identity("", "")
"""Who asks where AWS did not tell."""

_POLICY = "print-iam-policy prints all that is needed"
_SCPS = "service control policies"
# What AWS refuses with after it has looked whether the call is allowed.
_AUTHORIZED = {
    "ChildNotFoundException",
    "InvalidInputException",
    "ParentNotFoundException",
    "PolicyNotFoundException",
    "PolicyTypeNotEnabledException",
    "TargetNotFoundException",
}
_NEVER_EMPTY = {"organizations:ListAccounts": "Accounts", "organizations:ListRoots": "Roots"}


def organization_checks(facts: Facts, identity: Identity) -> Iterator[Check]:
    """Which organization it is, and whether it can have reports."""
    outcome = facts.outcome("organizations:DescribeOrganization")
    organization = facts.organization
    if isinstance(outcome, AwsError):
        outside = outcome.cause is Cause.NO_ORGANIZATION
        yield Check(
            "organization", Result.FAILED if outside else Result.UNKNOWN, str(outcome), outcome.remedy
        )
        if outside:
            return
    elif not organization.get("Id"):
        yield Check("organization", Result.UNKNOWN, "the answer holds no organization")
    else:
        yield Check("organization", Result.OK, str(organization["Id"]))
        yield _management(str(organization.get("MasterAccountId") or ""), identity)
        yield _features(str(organization.get("FeatureSet") or ""))
    yield _scps(facts)


def permission_checks(config: OrganizationConfig, facts: Facts) -> Iterator[Check]:
    """Every permission that can be tried by a call of its own."""
    spared = dispensable(config, paths=facts.tells_paths)
    for action in sorted(needed(config) - {GENERATE, GET}):
        yield _permission(action, facts.outcome(action), spared.get(action, ""))


def denied_check(action: str, error: AwsError) -> Check:
    """A permission that is missing."""
    detail = f"{error.code}: {error.message}"
    resource = re.search(r"on resource: (\S+?)[.,;]?(?=\s|$)", error.message)
    allow = f"allow {action}{f' on {resource[1]}' if resource else ''}; {_POLICY}"
    remedy = allow if error.cause is Cause.DENIED else error.remedy
    return Check(action, Result.FAILED, detail, remedy, action)


def _management(management: str, identity: Identity) -> Check:
    name = "management account"
    if identity is NOBODY:
        told = f"it is {management}; that this is its principal, only the report shows"
        return Check(name, Result.NOTE, told)
    if management == identity.account_id:
        return Check(name, Result.OK, management)
    return Check(
        name,
        Result.FAILED,
        f"these are credentials of account {identity.account_id}, the management account is {management}",
        f"AWS gives access reports to the management account alone: name a role of {management} as role_arn",
    )


def _features(features: str) -> Check:
    if features == "ALL":
        return Check("all features", Result.OK, "enabled")
    remedy = "enable all features: aws organizations enable-all-features"
    return Check("all features", Result.FAILED, f"the organization has {features or 'none'}", remedy)


def _scps(facts: Facts) -> Check:
    outcome, root = facts.outcome("organizations:ListRoots"), facts.root
    if isinstance(outcome, AwsError):
        return Check(_SCPS, Result.UNKNOWN, "the root could not be listed")
    if not root:
        return Check(_SCPS, Result.UNKNOWN, "AWS listed no root")
    status = scp_status(root)
    if status == ENABLED:
        return Check(_SCPS, Result.OK, "enabled")
    if not status:
        return Check(_SCPS, Result.UNKNOWN, "AWS does not tell whether they are enabled")
    remedy = f"aws organizations enable-policy-type --root-id {root.get('Id')} --policy-type {SCP}"
    if status == DISABLED:
        return Check(_SCPS, Result.FAILED, "not enabled", remedy)
    return Check(_SCPS, Result.FAILED, f"not enabled but {status}", f"wait for it to end, then {remedy}")


def _permission(action: str, outcome: Mapping[str, object] | AwsError | None, spared: str) -> Check:
    """``spared`` is why the permission is not needed; empty: it is."""
    if outcome is None:
        return Check(action, Result.UNKNOWN, "asking takes an id that nothing tells", permission=action)
    if isinstance(outcome, DeniedError):
        missing = denied_check(action, outcome)
        return Check(action, Result.NOTE, f"not allowed, not needed: {spared}") if spared else missing
    if isinstance(outcome, RefusedError) and outcome.code in _AUTHORIZED:
        return Check(action, Result.OK, "allowed", permission=action)
    if isinstance(outcome, AwsError):
        return _unknown(action, outcome)
    if action in _NEVER_EMPTY and not outcome.get(_NEVER_EMPTY[action]):
        return Check(action, Result.UNKNOWN, "AWS listed none, and there is one", permission=action)
    return Check(action, Result.OK, "allowed", permission=action)


def _unknown(action: str, error: AwsError) -> Check:
    if error.operation != action.partition(":")[2]:
        return Check(action, Result.UNKNOWN, f"{error.operation} went wrong before", permission=action)
    return Check(action, Result.UNKNOWN, f"{error.code}: {error.message}", error.remedy, action)
