"""Services that are not denied like any other: three tables of data, each entry with the reason that is told.

Every namespace is one that AWS's reports list (``exporter.services``), but for those in ``UNLISTED``.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Group(NamedTuple):
    """Services that are treated alike, and why."""

    name: str
    reason: str
    services: tuple[str, ...]


NEVER = (
    Group(
        "identity",
        "without it nobody can sign in, or mend a mistake",
        (
            "account-access",
            "awsssoportal",
            "eks-auth",
            "iam",
            "identity-sync",
            "identitystore",
            "identitystore-auth",
            "mpa",
            "rolesanywhere",
            "signin",
            "sso",
            "sso-directory",
            "sso-oauth",
            "sts",
        ),
    ),
    Group(
        "the organization",
        "it is the way back out of a policy",
        ("account", "organizations", "servicequotas"),
    ),
    Group(
        "billing",
        "what is owed has to stay visible and payable",
        (
            "aws-portal",
            "bcm-dashboards",
            "bcm-data-exports",
            "bcm-pricing-calculator",
            "bcm-recommended-actions",
            "billing",
            "billingconductor",
            "budgets",
            "ce",
            "consolidatedbilling",
            "cost-optimization-hub",
            "cur",
            "customer-verification",
            "freetier",
            "invoicing",
            "payments",
            "pricing",
            "pricingplanmanager",
            "purchase-orders",
            "savingsplans",
            "tax",
        ),
    ),
    Group(
        "support",
        "help and warnings from AWS come this way",
        (
            "health",
            "support",
            "support-console",
            "supportapp",
            "supportauthz",
            "supportplans",
            "trustedadvisor",
            "ts",
        ),
    ),
    Group("audit", "it records what happened, unused or not", ("cloudtrail", "cloudtrail-data", "config")),
    Group(
        "encryption",
        "data whose keys are out of reach is lost",
        ("acm-pca", "cloudhsm", "kms", "payment-cryptography"),
    ),
)

REVIEW_FIRST = (
    Group(
        "detection",
        "an attacker is glad of its silence, and an organization often runs it from another account",
        (
            "access-analyzer",
            "auditmanager",
            "detective",
            "guardduty",
            "inspector",
            "inspector-scan",
            "inspector2",
            "inspector2-telemetry",
            "macie2",
            "network-security-director",
            "security-ir",
            "securityhub",
            "securitylake",
        ),
    ),
    Group(
        "protection",
        "it is wanted at once when an attack comes",
        (
            "fms",
            "network-firewall",
            "network-security-manager",
            "shield",
            "waf",
            "waf-regional",
            "wafv2",
        ),
    ),
    Group(
        "recovery",
        "it is used when something was lost, and in drills once a year",
        (
            "arc-region-switch",
            "arc-zonal-shift",
            "backup",
            "backup-gateway",
            "backup-search",
            "backup-storage",
            "dlm",
            "drs",
            "rbin",
            "resiliencehub",
            "route53-recovery-cluster",
            "route53-recovery-control-config",
            "route53-recovery-readiness",
        ),
    ),
    Group(
        "governance",
        "landing zones and the tools of a platform team stand on it",
        (
            "cloudformation",
            "controlcatalog",
            "controltower",
            "license-manager",
            "ram",
            "resource-explorer",
            "resource-explorer-2",
            "resource-groups",
            "servicecatalog",
            "tag",
        ),
    ),
    Group(
        "monitoring",
        "other services write to it, and alarms come out of it",
        (
            "chatbot",
            "cloudwatch",
            "events",
            "logs",
            "notifications",
            "notifications-contacts",
            "oam",
            "observabilityadmin",
            "sns",
        ),
    ),
    Group(
        "access of people",
        "directories, consoles and shells of those who may have to mend something",
        ("cloudshell", "consoleapp", "ds", "ds-data", "uxc"),
    ),
    Group(
        "contracts and renewals",
        "it may be needed once a year: agreements, subscriptions, domains, certificates",
        ("acm", "artifact", "aws-marketplace", "aws-marketplace-management", "route53domains"),
    ),
)

COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "backup-gateway": ("backup",),
    "backup-search": ("backup",),
    "backup-storage": ("backup",),
    "cloudfront-keyvaluestore": ("cloudfront",),
    "codeconnections": ("codebuild", "codepipeline", "codestar-connections"),
    "codestar-connections": ("codebuild", "codeconnections", "codepipeline"),
    "ds-data": ("ds",),
    "ebs": ("backup", "dlm", "drs", "ec2"),
    "ec2-instance-connect": ("ec2",),
    "ec2messages": ("ssm",),
    "eks-auth": ("eks",),
    "execute-api": ("apigateway",),
    "geo-maps": ("geo",),
    "geo-places": ("geo",),
    "geo-routes": ("geo",),
    "iotjobsdata": ("iot",),
    "kafka-cluster": ("kafka",),
    "lakeformation": ("athena", "glue"),
    "neptune-db": ("rds",),
    "rds-data": ("rds",),
    "rds-db": ("rds",),
    "redshift-data": ("redshift", "redshift-serverless"),
    "s3-outposts": ("outposts",),
    "sagemaker-mlflow": ("sagemaker",),
    "ssm-guiconnect": ("ssm",),
    "ssmmessages": ("ecs", "ssm"),
    "user-subscriptions": ("q", "qbusiness", "qdeveloper", "quicksight"),
    "vpc-lattice-svcs": ("vpc-lattice",),
    "workmailmessageflow": ("workmail",),
}
"""A service through which others do their work, and those others: agents and clients that speak to it are
not always counted as uses of it."""

UNLISTED: Mapping[str, str] = {
    "awsssoportal": "what requests of the access portal are signed for; its actions begin with sso",
}
"""Namespaces above that no report lists: treated as the table says if one comes, and never written."""


def _by_service(groups: tuple[Group, ...]) -> Mapping[str, str]:
    return {name: f"{group.name}: {group.reason}" for group in groups for name in group.services}


PROTECTED = _by_service(NEVER)
"""Service → why it is never denied, however long nobody used it."""

REVIEWED = _by_service(REVIEW_FIRST)
"""Service → why somebody should look before it is denied."""
