"""Who may become the role: the trust policy that goes with a role's permissions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exporter.permissions.statements import ASSUME, TAG, VERSION

# Almost every service has one name in all partitions.
_EC2 = {"": "ec2.amazonaws.com", "aws-cn": "ec2.amazonaws.com.cn"}
_AUDIENCE = "sts.amazonaws.com"


class TrustKind(StrEnum):
    """How the exporter comes by the role."""

    IRSA = "irsa"
    POD_IDENTITY = "pod-identity"
    ACCOUNT = "account"
    ECS_TASKS = "ecs-tasks"
    EC2 = "ec2"


@dataclass(frozen=True, slots=True)
class Workload:
    """What runs the exporter: its account and partition, and in Kubernetes the service account.

    ``oidc_provider`` is the host and path of the cluster's issuer, without ``https://``. ``pod_identity``:
    its credentials are those of EKS Pod Identity, whose sessions pass on tags.
    """

    account_id: str
    partition: str
    namespace: str
    service_account: str
    oidc_provider: str
    pod_identity: bool = False


def trust_policy(kind: TrustKind, workload: Workload, external_id: str | None = None) -> dict[str, Any]:
    """The trust policy; ``external_id`` counts only where an account is trusted."""
    match kind:
        case TrustKind.IRSA:
            statement = _irsa(workload)
        case TrustKind.POD_IDENTITY:
            statement = _pod_identity(workload)
        case TrustKind.ACCOUNT:
            statement = _account(workload, external_id)
        case TrustKind.ECS_TASKS:
            statement = _ecs_tasks(workload)
        case TrustKind.EC2:
            statement = {"Principal": {"Service": _EC2.get(workload.partition, _EC2[""])}, "Action": ASSUME}
    return {"Version": VERSION, "Statement": [{"Effect": "Allow", **statement}]}


def _irsa(workload: Workload) -> dict[str, Any]:
    provider = workload.oidc_provider
    who = f"arn:{workload.partition}:iam::{workload.account_id}:oidc-provider/{provider}"
    subject = f"system:serviceaccount:{workload.namespace}:{workload.service_account}"
    return {
        "Principal": {"Federated": who},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{provider}:aud": _AUDIENCE, f"{provider}:sub": subject}},
    }


def _pod_identity(workload: Workload) -> dict[str, Any]:
    tags = {
        "aws:RequestTag/kubernetes-namespace": workload.namespace,
        "aws:RequestTag/kubernetes-service-account": workload.service_account,
    }
    return {
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": [ASSUME, TAG],  # EKS tags every session it opens
        "Condition": {"StringEquals": tags},
    }


def _ecs_tasks(workload: Workload) -> dict[str, Any]:
    # ECS acts for many accounts: it may have the role only for tasks of this one.
    tasks = f"arn:{workload.partition}:ecs:*:{workload.account_id}:*"
    return {
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": ASSUME,
        "Condition": {
            "ArnLike": {"aws:SourceArn": tasks},
            "StringEquals": {"aws:SourceAccount": workload.account_id},
        },
    }


def _account(workload: Workload, external_id: str | None) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Principal": {"AWS": f"arn:{workload.partition}:iam::{workload.account_id}:root"},
        "Action": [ASSUME, TAG] if workload.pod_identity else ASSUME,
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return statement
