"""Who may become the role: the trust policy that goes with a role's permissions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exporter.permissions.statements import ASSUME, VERSION

_AUDIENCE = "sts.amazonaws.com"


class TrustKind(StrEnum):
    """How the exporter comes by the role."""

    IRSA = "irsa"
    POD_IDENTITY = "pod-identity"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Workload:
    """What runs the exporter: its account and partition, and in Kubernetes the service account.

    ``oidc_provider`` is the host and path of the cluster's issuer, without ``https://``.
    """

    account_id: str
    partition: str
    namespace: str
    service_account: str
    oidc_provider: str


def trust_policy(kind: TrustKind, workload: Workload, external_id: str | None = None) -> dict[str, Any]:
    """The trust policy; ``external_id`` counts only where an account is trusted."""
    match kind:
        case TrustKind.IRSA:
            statement = _irsa(workload)
        case TrustKind.POD_IDENTITY:
            statement = _pod_identity(workload)
        case TrustKind.ACCOUNT:
            statement = _account(workload, external_id)
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
        "Action": [ASSUME, "sts:TagSession"],  # EKS tags every session it opens
        "Condition": {"StringEquals": tags},
    }


def _account(workload: Workload, external_id: str | None) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Principal": {"AWS": f"arn:{workload.partition}:iam::{workload.account_id}:root"},
        "Action": ASSUME,
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return statement
