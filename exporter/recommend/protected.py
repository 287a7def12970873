"""Services that are never denied, however long nobody used them: what a mistake is mended with.

Each namespace stands with the reason that is told. ``--protect`` adds others.
"""

from collections.abc import Mapping

_IDENTITY = "identity: without it nobody can sign in, or mend a mistake"
_ORGANIZATION = "the organization: it is the way back out of a policy"
_BILLING = "billing: what is owed has to stay visible and payable"
_SUPPORT = "support: help and warnings from AWS come this way"
_AUDIT = "audit: it records what happened, unused or not"
_KEYS = "encryption: data whose keys are out of reach is lost"

PROTECTED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "iam",
            "identity-sync",
            "identitystore",
            "identitystore-auth",
            "signin",
            "sso",
            "sso-directory",
            "sso-oauth",
            "sts",
        ),
        _IDENTITY,
    ),
    **dict.fromkeys(("account", "organizations", "servicequotas"), _ORGANIZATION),
    **dict.fromkeys(
        (
            "aws-portal",
            "billing",
            "budgets",
            "ce",
            "consolidatedbilling",
            "cur",
            "freetier",
            "invoicing",
            "payments",
            "purchase-orders",
            "tax",
        ),
        _BILLING,
    ),
    **dict.fromkeys(("health", "support", "supportplans", "trustedadvisor"), _SUPPORT),
    **dict.fromkeys(("cloudtrail", "config"), _AUDIT),
    "kms": _KEYS,
}
