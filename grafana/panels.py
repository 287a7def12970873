"""Panels in this project's way: each has a title, a description, a unit, and a height like its neighbours.

Widths and heights are Grafana's units: 24 across, 30 pixels each down.
"""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any, NamedTuple, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
)

DATASOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")

Steps = Sequence[tuple[float | None, str]]
"""(from this value on, colour); the first value is None."""

PLAIN: Steps = ((None, "text"),)

BLUE: Steps = ((None, "blue"),)

REFERENCES = ascii_uppercase

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
    return counts(about, [query], width, steps)


def counts(about: About, queries: Sequence[Query], width: int, steps: Steps = PLAIN) -> stat.Panel:
    """The newest values of some queries side by side, large."""
    panel = dressed(stat.Panel(), about, width, 4, steps)
    for reference, query in zip(REFERENCES, queries, strict=False):
        panel.with_target(_now(query).ref_id(reference))
    return (
        panel.color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.AUTO)
        .text(common.VizTextDisplayOptions().title_size(14).value_size(32))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def bars(about: About, queries: Sequence[Query], width: int, steps: Steps = PLAIN) -> bargauge.Panel:
    """One bar for each series, the newest value."""
    panel = dressed(bargauge.Panel(), about, width, 9, steps)
    for reference, query in zip(REFERENCES, queries, strict=False):
        panel.with_target(_now(query).ref_id(reference))
    return (
        panel.orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.GRADIENT)
        .text(common.VizTextDisplayOptions().title_size(14).value_size(18))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .min(0)
    )


def lines(
    about: About,
    queries: Sequence[Query],
    width: int,
    steps: Steps = PLAIN,
    *,
    stacked: bool = False,
    colours: Mapping[str, str] = {},
) -> timeseries.Panel:
    """Series over time; with ``steps``, their colours lie behind the lines. ``colours``: of lines by name."""
    panel = dressed(timeseries.Panel(), about, width, 9, steps)
    for reference, query in zip(REFERENCES, queries, strict=False):
        ranged = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).range()
        panel.with_target(ranged.ref_id(reference))
    for name, colour in colours.items():
        fixed = {"mode": "fixed", "fixedColor": colour}
        panel.override_by_name(name, [DynamicConfigValue(id_val="color", value=fixed)])
    mode = StackingMode.NORMAL if stacked else StackingMode.NONE
    legend = common.VizLegendOptions().placement(LegendPlacement.BOTTOM).show_legend(True)
    behind = GraphTresholdsStyleMode.AREA if steps != PLAIN else GraphTresholdsStyleMode.OFF
    return (
        panel.legend(legend.display_mode(LegendDisplayMode.LIST).calcs([]))
        .stacking(common.StackingConfig().mode(mode))
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(behind))
        .fill_opacity(30 if stacked else 0)
        .axis_soft_min(0)
    )


def _now(query: Query) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query.expr).legend_format(query.legend).instant()


def dressed(panel: _Panel, about: About, width: int, height: int, steps: Steps) -> _Panel:
    colours = [Threshold(value=value, color=color) for value, color in steps]
    panel.title(about.title).description(about.description).unit(about.unit)
    panel.datasource(DATASOURCE).span(width).height(height)
    panel.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(colours))
    return panel
