"""What the chart refuses, by its schema or in its templates, and the reason it gives."""

import pytest

CONFIG = {"config": {"organizations": [{"name": "prod", "region": "us-east-1"}]}}
LIMITED = {"rate_limit": {"burst": 1}}
ROLE = "arn:aws:iam::111122223333:role/reader"

pytestmark = pytest.mark.tool("helm")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"replicaCount": 2}, "each pod would have a state of its own"),
        ({"replicaCount": 2, "state": {"url": "memory:"}}, "each pod would have a state of its own"),
        ({**CONFIG, "existingConfigSecret": "mine"}, "exclude each other"),
        ({"webConfig": LIMITED, "existingWebConfigSecret": "mine"}, "exclude each other"),
        ({"persistence": {"enabled": True}, "state": {"url": "memory:"}}, "is in no file"),
        ({"state": {"url": "sqlite:////tmp2/state.db"}}, "can be written to"),
        ({"state": {"url": "sqlite:///state.db"}}, "can be written to"),
        ({"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}, "scraped twice"),
        ({"aws": {"roleArn": ROLE}, "serviceAccount": {"create": False}}, "annotate your own"),
        ({"persistence": {"enabled": True}, "demo": {"enabled": True}}, "is in no file"),
        ({"service": {"port": 10080}}, "a port twice"),
        ({"service": {"type": "NodePort", "nodePort": 30000, "healthNodePort": 30000}}, "a port twice"),
        ({"service": {"nodePort": 30000}}, "no port on the nodes"),
        ({"commonLabels": {"app.kubernetes.io/name": "x"}}, "the chart's own"),
        ({"podLabels": {"app.kubernetes.io/instance": "x"}}, "the chart's own"),
        ({"podLabels": {"helm.sh/chart": "x"}}, "the chart's own"),
        ({"podLabels": {"a": "b"}, "commonLabels": {"a": "c"}}, "both have a"),
        ({"ingress": {"enabled": True}}, "would answer for every host"),
        ({"httpRoute": {"enabled": True}}, "a route is a Gateway's"),
        ({**CONFIG, "demo": {"enabled": True}}, "a simulated organization, without config"),
        ({"replicas": 2}, "additional properties 'replicas' not allowed"),
        ({"replicaCount": "two"}, "got string, want integer"),
        ({"config": {"organizations": [{"nmae": "x"}]}}, "additional properties 'nmae' not allowed"),
        ({"webConfig": {"rate_limit": {"brust": 1}}}, "additional properties 'brust' not allowed"),
        ({"aws": {"roleArn": "role/x"}}, "does not match pattern"),
        ({"state": {"url": "redis://x"}}, "does not match pattern"),
        ({"state": {"url": "memory:x"}}, "does not match pattern"),
        ({"image": {"digest": "sha256:1"}}, "does not match pattern"),
        ({"serviceMonitor": {"collect": ["everything"]}}, "value must be one of"),
        ({"serviceMonitor": {"enabled": "yes"}}, "value must be one of"),
        ({"livenessProbe": {"periodSeconds": 0}}, "minimum: got 0, want 1"),
        ({"livenessProbe": {"httpGet": {}}}, "additional properties 'httpGet' not allowed"),
        ({"resources": {"limit": {}}}, "additional properties 'limit' not allowed"),
        ({"service": {"port": 70000}}, "maximum: got 70,000, want 65,535"),
        ({"log": {"level": "loud"}}, "value must be one of"),
        ({"prometheusRule": {"config": {"newsfor": "1h"}}}, "additional properties 'newsfor' not allowed"),
        ({"prometheusRule": {"config": {"newsFor": "6 hours"}}}, "does not match pattern"),
        ({"prometheusRule": {"config": {"newsFor": ""}}}, "does not match pattern"),
        ({"prometheusRule": {"config": {"unusedShare": "80%"}}}, "got string, want number"),
        ({"prometheusRule": {"config": {"firstUsedIn": 'a"b'}}}, "does not match pattern"),
        ({"prometheusRule": {"runbookUrl": "docs/runbooks"}}, "does not match pattern"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_with_the_reason(refused, values, reason):
    assert reason in refused(values)
