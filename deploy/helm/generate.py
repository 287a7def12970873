"""Writes what the chart says about its values: ``values.schema.json`` and the table in its README.

Types are those of the defaults in ``values.yaml``, except where ``SPECIAL`` knows better; the schema of
``config`` is the exporter's own.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from exporter.config import json_schema

CHART = Path(__file__).parent / "org-access-exporter"
_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z]+):(?P<value>.*)$")

Schema = dict[str, Any]

_STRING: Schema = {"type": "string"}
_MAP_OF_STRINGS: Schema = {"type": "object", "additionalProperties": _STRING}
_DURATION: Schema = {"type": "string", "pattern": "^([0-9]+(ms|[smhdwy]))+$"}
_GROUPS: Schema = {
    "type": "array",
    "items": {"enum": ["reports", "services", "ages", "info", "collection", "exporter"]},
}
SPECIAL: dict[str, Schema] = {
    "replicaCount": {"type": "integer", "minimum": 0},
    "image.digest": {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
    "image.pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "commonLabels": _MAP_OF_STRINGS,
    "webConfig": {"type": "object"},
    "state.url": {"type": "string", "pattern": "^(memory:|sqlite:///|dynamodb://)"},
    "log.level": {"enum": ["debug", "info", "warning", "error"]},
    "log.format": {"enum": ["logfmt", "json"]},
    "serviceAccount.annotations": _MAP_OF_STRINGS,
    "service.port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "service.type": {"enum": ["ClusterIP", "NodePort", "LoadBalancer"]},
    **{
        f"{monitor}.{key}": schema
        for monitor in ("serviceMonitor", "podMonitor")
        for key, schema in {
            "interval": _DURATION,
            "scrapeTimeout": _DURATION,
            "labels": _MAP_OF_STRINGS,
            "collect": _GROUPS,
            "scheme": {"enum": ["http", "https"]},
        }.items()
    },
    "dashboards.labels": _MAP_OF_STRINGS,
    "podDisruptionBudget.maxUnavailable": {"type": ["integer", "string"]},
    # Kubernetes' own types: whoever knows them all is the API server.
    "livenessProbe": {"type": "object"},
    "readinessProbe": {"type": "object"},
    "resources": {"type": "object"},
    "podSecurityContext": {"type": "object"},
    "securityContext": {"type": "object"},
    "terminationGracePeriodSeconds": {"type": "integer", "minimum": 0},
    "extraArgs": {"type": "array", "items": _STRING},
    "extraObjects": {"type": "array", "items": {"type": ["object", "string"]}},
}


def values_schema() -> Schema:
    """The JSON schema of the chart's values."""
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    config = _for_helm(json_schema())
    definitions = config.pop("$defs")
    config.pop("$schema", None)
    schema = _object(values, "", {"config": config})
    schema["properties"]["global"] = {"type": "object"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions, **schema}


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


def _object(values: dict[str, Any], prefix: str, known: dict[str, Schema]) -> Schema:
    properties = {
        key: known.get(prefix + key) or SPECIAL.get(prefix + key) or _schema(value, f"{prefix}{key}.")
        for key, value in values.items()
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _schema(value: Any, prefix: str) -> Schema:
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "number"}
        case str():
            return _STRING
        case list():
            return {"type": "array"}
        case dict() if value:
            return _object(value, prefix, {})
        case _:
            return {"type": "object"}


def rows() -> Iterator[tuple[str, str, str]]:
    """(value, default, description) of every value that ``values.yaml`` has a line for."""
    path: list[tuple[int, str]] = []
    comment: list[str] = []
    for line in (CHART / "values.yaml").read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("#"):
            comment.append(line.strip().lstrip("# ").removeprefix("-- "))
            continue
        found = _KEY.match(line)
        if found is None:
            comment = []
            continue
        indent = len(found["indent"])
        path = [(depth, key) for depth, key in path if depth < indent] + [(indent, found["key"])]
        value = found["value"].strip()
        if value:
            yield ".".join(key for _, key in path), value, " ".join(comment)
        comment = []


def readme() -> str:
    """The chart's README."""
    lines = [
        f"| `{name}` | `{default}` | {description} |".replace("||", "|")
        for name, default, description in rows()
    ]
    return "\n".join(
        [
            "# org-access-exporter, the chart",
            "",
            "```sh",
            "helm install org-access deploy/helm/org-access-exporter --values values.yaml",
            "```",
            "",
            "With the IAM role for the pod (IRSA) and the Prometheus Operator:",
            "",
            "```yaml",
            "serviceAccount:",
            "  annotations:",
            "    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/org-access-exporter",
            "config:",
            "  organizations:",
            "    - name: prod",
            "serviceMonitor: {enabled: true}",
            "prometheusRule: {enabled: true}",
            "dashboards: {enabled: true}",
            "```",
            "",
            "Unknown and ill-typed values are refused, those inside `config` too. So is what cannot work:",
            "several replicas without a state that they share, a volume for a state that is in no file,",
            "two monitors.",
            "",
            "| value | default | what it does |",
            "| --- | --- | --- |",
            *lines,
            "",
        ]
    )


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
