import pytest

from exporter.permissions import TrustKind, Workload, trust_policy

WORKLOAD = Workload("111122223333", "aws-cn", "monitoring", "exporter", "oidc.example/id/A")


def statement(kind, external_id=None):
    (one,) = trust_policy(kind, WORKLOAD, external_id)["Statement"]
    return one


def test_irsa_trusts_one_service_account_of_one_cluster():
    trusted = statement(TrustKind.IRSA)
    assert trusted["Principal"] == {
        "Federated": "arn:aws-cn:iam::111122223333:oidc-provider/oidc.example/id/A"
    }
    assert trusted["Condition"]["StringEquals"] == {
        "oidc.example/id/A:aud": "sts.amazonaws.com",
        "oidc.example/id/A:sub": "system:serviceaccount:monitoring:exporter",
    }


def test_pod_identity_trusts_one_service_account_and_may_tag_its_session():
    trusted = statement(TrustKind.POD_IDENTITY)
    assert trusted["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trusted["Condition"]["StringEquals"] == {
        "aws:RequestTag/kubernetes-namespace": "monitoring",
        "aws:RequestTag/kubernetes-service-account": "exporter",
    }


def test_an_account_is_trusted_with_the_external_id():
    trusted = statement(TrustKind.ACCOUNT, "told")
    assert trusted["Principal"] == {"AWS": "arn:aws-cn:iam::111122223333:root"}
    assert trusted["Condition"] == {"StringEquals": {"sts:ExternalId": "told"}}


@pytest.mark.parametrize("kind", TrustKind)
def test_without_an_external_id_none_is_asked_for(kind):
    assert "sts:ExternalId" not in str(trust_policy(kind, WORKLOAD))
