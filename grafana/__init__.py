"""The dashboards, written with Grafana's own SDK in the classic schema, and the alert rules.

What is committed under ``grafana/dashboards`` and in the chart is generated: ``python -m grafana`` writes it.
"""

from collections.abc import Iterator, Mapping

from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from grafana import entity, exporter, overview, service

DASHBOARDS: dict[str, Dashboard] = {
    "overview": overview.dashboard(),
    "entity": entity.dashboard(),
    "service": service.dashboard(),
    "exporter": exporter.dashboard(),
}
"""By file name, without its ending."""


def queries() -> list[tuple[str, str, str]]:
    """(dashboard, panel title, PromQL) of everything the dashboards ask, variables not replaced."""
    return [
        (name, panel.title or "", getattr(target, "expr", ""))
        for name, dashboard in DASHBOARDS.items()
        for panel in panels(dashboard)
        for target in panel.targets or []
    ]


def panels(dashboard: Dashboard) -> Iterator[Panel]:
    """The panels of a dashboard, those inside rows too, rows themselves left out."""
    for panel in dashboard.panels or []:
        if isinstance(panel, Panel):
            yield panel
        else:
            yield from panel.panels


def with_variables(expr: str, chosen: Mapping[str, str]) -> str:
    """A query as Grafana sends it; ``chosen`` has the value of each variable by its name."""
    for name in sorted(chosen, key=len, reverse=True):
        expr = expr.replace(f"${name}", chosen[name])
    return expr
