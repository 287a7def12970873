"""The SCPs of the simulated organization, and the OUs they are attached to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exporter.simulator.organization import ControlPolicy

FULL_ACCESS = "p-FullAWSAccess"
ROOT = ""

_SANDBOX_SERVICES = (
    "access-analyzer", "acm", "apigateway", "athena", "autoscaling", "bedrock", "ce", "cloudformation",
    "cloudfront", "cloudtrail", "cloudwatch", "config", "dynamodb", "ec2", "ecr", "ecs", "eks",
    "elasticloadbalancing", "events", "glue", "iam", "kinesis", "kms", "lambda", "logs", "rds",
    "resource-groups", "route53", "s3", "sagemaker", "secretsmanager", "servicequotas", "sns", "sqs", "ssm",
    "states", "sts", "support", "tag", "xray",
)  # fmt: skip
_RETIRED_SERVICES = (
    "codecommit",
    "datapipeline",
    "importexport",
    "machinelearning",
    "mechanicalturk",
    "sdb",
)
_NOT_FOR_CARDS = (
    "gamelift",
    "lightsail",
    "workmail",
    "workdocs",
    "chime",
    "deadline",
    "braket",
    "groundstation",
)


class _Draft(NamedTuple):
    """A policy without its id; ``unit`` is the path of the OU it is for."""

    name: str
    description: str
    content: str
    unit: str | None


def standing_policies(ids: Sequence[str]) -> Mapping[str, tuple[ControlPolicy, str | None]]:
    """Each policy with the path of the OU it is for, by its id.

    ``ROOT`` stands for the root, None for a policy that is attached to nothing. ``ids`` are for the
    policies that AWS does not manage. FullAWSAccess is everywhere that no allow list stands in its place.
    """
    full = ControlPolicy(
        FULL_ACCESS, "FullAWSAccess", "Allows access to every operation", _allow(["*"]), aws_managed=True
    )
    own = [
        (ControlPolicy(policy_id, draft.name, draft.description, draft.content), draft.unit)
        for policy_id, draft in zip(ids, _DRAFTS, strict=True)
    ]
    return {policy.id: (policy, unit) for policy, unit in [(full, ROOT), *own]}


def _allow_all(services: Sequence[str]) -> str:
    return _allow([f"{service}:*" for service in services])


def _deny_all(services: Sequence[str]) -> str:
    return _deny([f"{service}:*" for service in services])


def _allow(actions: Sequence[str]) -> str:
    return _document({"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def _deny(actions: Sequence[str]) -> str:
    return _document({"Effect": "Deny", "Action": list(actions), "Resource": "*"})


def _regions() -> str:
    return _document(
        {
            "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}},
        }
    )


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_DRAFTS = (
    _Draft("DenyRetiredServices", "Services nobody should start to use", _deny_all(_RETIRED_SERVICES), ROOT),
    _Draft("DenyLeavingTheOrganization", "Accounts stay", _deny(["organizations:LeaveOrganization"]), ROOT),
    _Draft("RegionsInUse", "No Region but ours", _regions(), "Workloads"),
    _Draft("DenyConsumerServices", "Not where cards are", _deny_all(_NOT_FOR_CARDS), "Workloads/Prod"),
    _Draft("SandboxAllowList", "What people may play with", _allow_all(_SANDBOX_SERVICES), "Sandbox"),
    _Draft("Quarantine", "To see a bill and ask", _allow_all(("billing", "health", "support")), "Suspended"),
    _Draft("DenyEverything", "For incidents; attached by hand", _deny(["*"]), None),
)
OWN_POLICIES = len(_DRAFTS)
ALLOW_LISTS = ("SandboxAllowList", "Quarantine")
