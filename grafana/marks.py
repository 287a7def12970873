"""Marks in graphs where SCPs changed."""

from grafana_foundation_sdk.models.dashboard import AnnotationQuery

from grafana.panels import DATASOURCE
from grafana.promql import OF_UNITS, ORGANIZATIONAL, at_end, earlier, entities, per_entity

_COLOUR = "purple"
# Every step is a query of its own, and a week has two thousand of these.
_STEP = "300s"
_SINCE = "6m"
"""Longer than a step, so that no change falls between two."""


class Mark(AnnotationQuery):
    """An annotation from Prometheus, with the words for it: ``{{label}}`` is a label of its series."""

    def __init__(self, name: str, expr: str, words: str) -> None:
        super().__init__(name, DATASOURCE, icon_color=_COLOUR, expr=expr)
        self._words = words

    def to_json(self) -> dict[str, object]:
        """As Grafana imports it."""
        return {**super().to_json(), "titleFormat": self._words, "textFormat": "{{entity_id}}", "step": _STEP}

    def build(self) -> AnnotationQuery:
        """As the SDK's builders have it."""
        return self


def of_units() -> Mark:
    """Where a root or an OU may use more services than before, or fewer."""
    return Mark(
        "SCPs changed",
        f"({_changed(OF_UNITS)}) * on (organization, entity_id) group_left (entity_name) "
        f"{at_end(entities(ORGANIZATIONAL))}",
        "Other services are allowed: {{entity_name}}",
    )


def of_one(matcher: str) -> Mark:
    """Where one entity may."""
    return Mark("SCPs changed", _changed(matcher), "Other services are allowed")


def _changed(matcher: str) -> str:
    allowed = per_entity("services_accessible", matcher)
    return f"{allowed} != {earlier(allowed, _SINCE)}"
