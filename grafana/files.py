"""Which files follow from this package, and what is in them.

Helm packs only what lies inside a chart, so the chart has its own copies of the dashboards, and the rules
with places that its values fill.
"""

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana import DASHBOARDS, ruleset

_HERE = Path(__file__).parent
_CHART = _HERE.parent / "deploy" / "helm" / "org-access-exporter" / "files"
RULES = _HERE / "rules" / "org-access-exporter.yml"
ROUTING = _HERE / "alertmanager.yml"


def generated() -> dict[Path, str]:
    """Every generated file and its text."""
    texts = {f"{name}.json": encode(dashboard) for name, dashboard in DASHBOARDS.items()}
    return {
        **{_HERE / "dashboards" / name: text for name, text in texts.items()},
        **{_CHART / "dashboards" / name: text for name, text in texts.items()},
        RULES: ruleset.HEAD + ruleset.rules(),
        _CHART / "rules.yml": ruleset.template(),
    }


def encode(dashboard: Dashboard) -> str:
    """A dashboard as Grafana imports it; the same text for the same dashboard."""
    return json.dumps(dashboard, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
