"""Panels in this project's way: each has a title, a description, a unit, and a height like its neighbours."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

DATASOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")

Steps = Sequence[tuple[float | None, str]]
"""(from this value on, colour); the first value is None."""

PLAIN: Steps = ((None, "text"),)

_Panel = TypeVar("_Panel", bound=Any)


class About(NamedTuple):
    """What a panel says of itself; ``unit`` is one of Grafana's."""

    title: str
    description: str
    unit: str


class Query(NamedTuple):
    """One query and the name of its series; as a column of a table, ``legend`` is the heading."""

    expr: str
    legend: str


def numbers(about: About, query: Query, width: int, steps: Steps = PLAIN) -> stat.Panel:
    """The newest value of each series, large."""
    panel = _dressed(stat.Panel(), about, width, 5, steps).with_target(_now(query))
    return (
        panel.color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.AUTO)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def bars(about: About, query: Query, width: int, steps: Steps = PLAIN) -> bargauge.Panel:
    """One bar for each series, the newest value."""
    panel = _dressed(bargauge.Panel(), about, width, 9, steps).with_target(_now(query))
    return (
        panel.orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.GRADIENT)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .min(0)
    )


def lines(about: About, queries: Sequence[Query], width: int, *, stacked: bool = False) -> timeseries.Panel:
    """Series over time."""
    panel = _dressed(timeseries.Panel(), about, width, 9, PLAIN)
    for query in queries:
        panel.with_target(prometheus.Dataquery().expr(query.expr).legend_format(query.legend).range())
    mode = StackingMode.NORMAL if stacked else StackingMode.NONE
    legend = common.VizLegendOptions().placement(LegendPlacement.BOTTOM).show_legend(True)
    return (
        panel.legend(legend.display_mode(LegendDisplayMode.LIST).calcs([]))
        .stacking(common.StackingConfig().mode(mode))
        .fill_opacity(30 if stacked else 5)
        .axis_soft_min(0)
    )


class Column(NamedTuple):
    """A column of numbers; ``steps`` colour its cells as a gauge from 0 to 1 where they are given."""

    query: Query
    unit: str
    steps: Steps = ()


def rows(
    about: About, columns: Sequence[Column], labels: dict[str, str], hidden: Sequence[str], width: int
) -> table.Panel:
    """A table: a row for each series, ``labels`` (name to heading) first, then the columns of numbers.

    Sorted by the first column of numbers, largest first, as far as the queries do not sort.
    """
    panel = _dressed(table.Panel(), about, width, 11, PLAIN)
    names = dict(labels)
    for reference, column in zip("ABCDEFGH", columns, strict=False):
        query = prometheus.Dataquery().expr(column.query.expr).instant().format(PromQueryFormat.TABLE)
        panel.with_target(query.ref_id(reference))
        names[f"Value #{reference}" if len(columns) > 1 else "Value"] = column.query.legend
        panel.override_by_name(column.query.legend, _cells(column))
    order = {name: index for index, name in enumerate(names)}
    excluded = dict.fromkeys(("Time", *hidden), True)
    arrange = {"excludeByName": excluded, "renameByName": names, "indexByName": order}
    return panel.transformations(
        [
            DataTransformerConfig(id_val="merge", options={}),
            DataTransformerConfig(id_val="organize", options=arrange),
        ]
    )


def _cells(column: Column) -> list[DynamicConfigValue]:
    unit = DynamicConfigValue(id_val="unit", value=column.unit)
    if not column.steps:
        return [unit]
    steps = [{"value": value, "color": color} for value, color in column.steps]
    return [
        unit,
        DynamicConfigValue(id_val="min", value=0),
        DynamicConfigValue(id_val="max", value=1),
        DynamicConfigValue(id_val="thresholds", value={"mode": "absolute", "steps": steps}),
        DynamicConfigValue(id_val="custom.cellOptions", value={"type": "gauge", "mode": "gradient"}),
    ]


def _now(query: Query) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query.expr).legend_format(query.legend).instant()


def _dressed(panel: _Panel, about: About, width: int, height: int, steps: Steps) -> _Panel:
    colours = [Threshold(value=value, color=color) for value, color in steps]
    panel.title(about.title).description(about.description).unit(about.unit)
    panel.datasource(DATASOURCE).span(width).height(height)
    panel.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(colours))
    return panel
