"""Writes what the chart says about its values: ``values.schema.json`` and the table in its README.

Types are those of the defaults in ``values.yaml``, except where ``SPECIAL`` knows better; the schemas of
``config`` and ``webConfig`` are the exporter's own.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from exporter.config import json_schema
from exporter.config.web_schema import WebFile
from exporter.families import Group

CHART = Path(__file__).parent / "org-access-exporter"
README = Path(__file__).parent / "README.in.md"
_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z]+):(?P<value>.*)$")

Schema = dict[str, Any]

_STRING: Schema = {"type": "string"}
_OBJECT: Schema = {"type": "object"}
_MAP_OF_STRINGS: Schema = {"type": "object", "additionalProperties": _STRING}
_STRINGS: Schema = {"type": "array", "items": _STRING}
_OBJECTS: Schema = {"type": "array", "items": _OBJECT}
_DURATION: Schema = {"type": "string", "pattern": "^([0-9]+(ms|[smhdwy]))+$"}
# One unit, as `grafana.hurried` divides it.
_RANGE: Schema = {"type": "string", "pattern": "^[1-9][0-9]*[smhdw]$"}
_URL: Schema = {"type": "string", "pattern": "^(https?://[^\\s]+)?$"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_POSITIVE: Schema = {"type": "integer", "minimum": 1}
_PORT: Schema = {"type": "integer", "minimum": 1, "maximum": 65535}
_NODE_PORT: Schema = {"type": "integer", "minimum": 0, "maximum": 65535}
_SWITCH: Schema = {"enum": [True, False, "auto"]}
_NAME: Schema = {"type": "string", "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$"}
_SHARE: Schema = {"type": ["integer", "string"], "pattern": "^([0-9]+%?)?$", "minimum": 0}
_QUANTITIES: Schema = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number"], "pattern": "^[0-9]"},
}

_MONITOR: dict[str, Schema] = {
    "namespace": _NAME,
    "labels": _MAP_OF_STRINGS,
    "interval": _DURATION,
    "scrapeTimeout": _DURATION,
    "collect": {"type": "array", "items": {"enum": [group.value for group in Group]}},
    "exclude": {"type": "array", "items": {"enum": [group.value for group in Group]}},
    "scheme": {"enum": ["", "http", "https"]},
    "relabelings": _OBJECTS,
    "metricRelabelings": _OBJECTS,
    "sampleLimit": _COUNT,
    "targetLimit": _COUNT,
    "labelLimit": _COUNT,
    "labelNameLengthLimit": _COUNT,
    "labelValueLengthLimit": _COUNT,
    "bodySizeLimit": {"type": "string", "pattern": "^(0|[0-9.]+[KMGTPE]i?B)?$"},
}
_PROBE: dict[str, Schema] = {
    "initialDelaySeconds": _COUNT,
    "periodSeconds": _POSITIVE,
    "timeoutSeconds": _POSITIVE,
    "failureThreshold": _POSITIVE,
    "successThreshold": _POSITIVE,
}


def values() -> dict[str, Any]:
    """The chart's defaults."""
    loaded: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    return loaded


def _threshold(name: str, default: Any) -> Schema:
    """What a value of the rules may be: of the kind that its default is."""
    match default:
        case list():
            return _STRINGS
        case int() | float():
            return {"type": "number", "minimum": 0}
        case str() if name.endswith("In"):
            return {"type": "string", "pattern": '^[^"\\\\\n]+$'}  # inside quotes in PromQL
        case str() if name.endswith("Url"):
            return _URL
    return _RANGE


SPECIAL: dict[str, Schema] = {
    "repositoryUrl": _URL,
    "grafanaUrl": _URL,
    "prometheusRule.runbookUrl": _URL,
    "replicaCount": _COUNT,
    "image.digest": {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
    "image.pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "imagePullSecrets": _OBJECTS,
    "global": {
        "type": "object",  # shared with charts that have other values there
        "properties": {"imageRegistry": _STRING, "imagePullSecrets": _OBJECTS},
    },
    "namespaceOverride": _NAME,
    "commonLabels": _MAP_OF_STRINGS,
    "aws.roleArn": {"type": "string", "pattern": "^(arn:aws[a-z-]*:iam::[0-9]{12}:role/.+)?$"},
    "existingConfigSecret": _NAME,
    "existingWebConfigSecret": _NAME,
    "tls.existingSecret": _NAME,
    "state.url": {"type": "string", "pattern": "^(memory:$|sqlite:///.|dynamodb://[^/?])"},
    "state.pollInterval": _DURATION,
    "state.leaseDuration": _DURATION,
    "persistence.enabled": _SWITCH,
    "persistence.labels": _MAP_OF_STRINGS,
    "persistence.size": {"type": "string", "pattern": "^[0-9.]+([KMGTPE]i?|[kmun])?$"},
    "persistence.accessModes": _STRINGS,
    "persistence.annotations": _MAP_OF_STRINGS,
    "log.level": {"enum": ["debug", "info", "warn", "warning", "error"]},
    "log.format": {"enum": ["logfmt", "json"]},
    "serviceAccount.labels": _MAP_OF_STRINGS,
    "serviceAccount.annotations": _MAP_OF_STRINGS,
    "service.type": {"enum": ["ClusterIP", "NodePort", "LoadBalancer"]},
    "service.port": _PORT,
    "service.healthPort": _PORT,
    "service.nodePort": _NODE_PORT,
    "service.healthNodePort": _NODE_PORT,
    "service.labels": _MAP_OF_STRINGS,
    "service.annotations": _MAP_OF_STRINGS,
    "service.ipFamilyPolicy": {"enum": ["", "SingleStack", "PreferDualStack", "RequireDualStack"]},
    "service.ipFamilies": {"type": "array", "items": {"enum": ["IPv4", "IPv6"]}},
    "service.externalTrafficPolicy": {"enum": ["", "Cluster", "Local"]},
    "service.loadBalancerSourceRanges": _STRINGS,
    "ingress.hosts": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "ingress.pathType": {"enum": ["Prefix", "Exact", "ImplementationSpecific"]},
    "ingress.tls": _OBJECTS,
    "ingress.labels": _MAP_OF_STRINGS,
    "ingress.annotations": _MAP_OF_STRINGS,
    "httpRoute.parentRefs": _OBJECTS,
    "httpRoute.hostnames": _STRINGS,
    "httpRoute.matches": _OBJECTS,
    "httpRoute.filters": _OBJECTS,
    "httpRoute.labels": _MAP_OF_STRINGS,
    "httpRoute.annotations": _MAP_OF_STRINGS,
    "serviceMonitor.enabled": _SWITCH,
    **{
        f"{kind}.{key}": schema
        for kind in ("serviceMonitor", "podMonitor")
        for key, schema in _MONITOR.items()
    },
    "prometheusRule.enabled": _SWITCH,
    "prometheusRule.namespace": _NAME,
    "prometheusRule.labels": _MAP_OF_STRINGS,
    "prometheusRule.alertLabels": _MAP_OF_STRINGS,
    "prometheusRule.disabled": _STRINGS,
    "prometheusRule.extraGroups": _OBJECTS,
    **{
        f"prometheusRule.config.{name}": _threshold(name, default)
        for name, default in values()["prometheusRule"]["config"].items()
    },
    "dashboards.enabled": _SWITCH,
    "dashboards.exporterUrl": _URL,
    "dashboards.namespace": _NAME,
    "dashboards.labels": _MAP_OF_STRINGS,
    "dashboards.annotations": _MAP_OF_STRINGS,
    "networkPolicy.from": _OBJECTS,
    "networkPolicy.extraEgress": _OBJECTS,
    "podDisruptionBudget.minAvailable": _SHARE,
    "podDisruptionBudget.maxUnavailable": _SHARE,
    "podDisruptionBudget.unhealthyPodEvictionPolicy": {"enum": ["AlwaysAllow", "IfHealthyBudget"]},
    "minReadySeconds": _COUNT,
    "revisionHistoryLimit": _COUNT,
    **{
        f"{probe}.{key}": schema
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        for key, schema in _PROBE.items()
    },
    "resources": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"requests": _QUANTITIES, "limits": _QUANTITIES, "claims": _OBJECTS},
    },
    "workloadAnnotations": _MAP_OF_STRINGS,
    "podAnnotations": _MAP_OF_STRINGS,
    "podLabels": _MAP_OF_STRINGS,
    # Kubernetes' own types: whoever knows them all is the API server.
    "podSecurityContext": _OBJECT,
    "securityContext": _OBJECT,
    "terminationGracePeriodSeconds": _COUNT,
    "openshift": _SWITCH,
    "dnsPolicy": {"enum": ["", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]},
    "hostAliases": _OBJECTS,
    "initContainers": _OBJECTS,
    "extraContainers": _OBJECTS,
    "test.timeoutSeconds": _COUNT,
    "demo.accounts": {"type": "integer", "minimum": 1, "maximum": 50000},
    "nodeSelector": _MAP_OF_STRINGS,
    "tolerations": _OBJECTS,
    "antiAffinity": {"enum": ["soft", "hard", "none"]},
    "topologySpreadConstraints": _OBJECTS,
    "extraArgs": _STRINGS,
    "extraEnv": _OBJECTS,
    "extraEnvFrom": _OBJECTS,
    "extraVolumes": _OBJECTS,
    "extraVolumeMounts": _OBJECTS,
    "extraObjects": {"type": "array", "items": {"type": ["object", "string"]}},
}


def values_schema() -> Schema:
    """The JSON schema of the chart's values."""
    config, web = _for_helm(json_schema()), _web_schema()
    definitions = {**config.pop("$defs"), **web.pop("$defs")}
    config.pop("$schema", None)
    schema = _object(values(), "", {"config": config, "webConfig": web})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions, **schema}


def _web_schema() -> Schema:
    """The web configuration as YAML has it: a duration is a word or a number of nanoseconds."""
    schema = _without(WebFile.model_json_schema(), {"default", "title"})
    schema["$defs"]["RateLimit"]["properties"]["interval"] = {"type": ["string", "integer"]}
    return schema


def _without(part: Any, keys: set[str]) -> Any:
    if isinstance(part, list):
        return [_without(item, keys) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: _without(value, keys) for key, value in part.items() if key not in keys}


def _for_helm(part: Any) -> Any:
    """The same with the regular expressions that Go lacks made wider: the exporter refuses what remains."""
    if isinstance(part, list):
        return [_for_helm(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {key: _for_helm(value) for key, value in part.items()}
    if isinstance(made.get("pattern"), str):
        made["pattern"] = re.sub(r"\{\d+,\d{4,}\}", "+", made["pattern"].replace("(?=[0-9])", ""))
    return made


def _object(defaults: dict[str, Any], prefix: str, known: dict[str, Schema]) -> Schema:
    properties = {
        key: known.get(prefix + key) or SPECIAL.get(prefix + key) or _schema(value, f"{prefix}{key}.")
        for key, value in defaults.items()
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _schema(value: Any, prefix: str) -> Schema:
    match value:
        case bool():
            return {"type": "boolean"}
        case str():
            return _STRING
        case dict() if value:
            return _object(value, prefix, {})
        case dict():
            return _OBJECT
    raise ValueError(f"what may {prefix} be? SPECIAL has to say")


def rows() -> Iterator[tuple[str, str, str]]:
    """(value, default, description) of every value that ``values.yaml`` has a line for."""
    path: list[tuple[int, str]] = []
    description = ""
    for line in (CHART / "values.yaml").read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("# -- "):
            description = line.strip().removeprefix("# -- ")
        found = _KEY.match(line)
        if found is None:
            continue
        indent = len(found["indent"])
        path = [(depth, key) for depth, key in path if depth < indent] + [(indent, found["key"])]
        if value := found["value"].strip():
            yield ".".join(key for _, key in path), value, description
            description = ""


def readme() -> str:
    """The chart's README."""
    lines = [f"| `{name}` | `{default}` | {description} |" for name, default, description in rows()]
    table = "\n".join(["| value | default | what it does |", "| --- | --- | --- |", *lines])
    return README.read_text(encoding="utf-8").replace("<!-- values -->", table)


def files() -> dict[Path, str]:
    """What every generated file should hold."""
    schema = json.dumps(values_schema(), indent=2, ensure_ascii=False) + "\n"
    return {CHART / "values.schema.json": schema, CHART / "README.md": readme()}


def main() -> int:
    """Write all files."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
