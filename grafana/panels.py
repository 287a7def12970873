"""Panels in this project's way: each has a title, a description, a unit, and a height like its neighbours.

Widths and heights are Grafana's units: 24 across, 30 pixels each down.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, table, timeseries
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

_REFERENCES = "ABCDEFGH"

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
    panel = _dressed(stat.Panel(), about, width, 4, steps).with_target(_now(query))
    return (
        panel.color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.AUTO)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def bars(about: About, queries: Sequence[Query], width: int, steps: Steps = PLAIN) -> bargauge.Panel:
    """One bar for each series, the newest value."""
    panel = _dressed(bargauge.Panel(), about, width, 9, steps)
    for reference, query in zip(_REFERENCES, queries, strict=False):
        panel.with_target(_now(query).ref_id(reference))
    return (
        panel.orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.GRADIENT)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .min(0)
    )


def lines(
    about: About, queries: Sequence[Query], width: int, steps: Steps = PLAIN, *, stacked: bool = False
) -> timeseries.Panel:
    """Series over time; with ``steps``, their colours lie behind the lines."""
    panel = _dressed(timeseries.Panel(), about, width, 9, steps)
    for reference, query in zip(_REFERENCES, queries, strict=False):
        ranged = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).range()
        panel.with_target(ranged.ref_id(reference))
    mode = StackingMode.NORMAL if stacked else StackingMode.NONE
    legend = common.VizLegendOptions().placement(LegendPlacement.BOTTOM).show_legend(True)
    behind = GraphTresholdsStyleMode.AREA if steps != PLAIN else GraphTresholdsStyleMode.OFF
    return (
        panel.legend(legend.display_mode(LegendDisplayMode.LIST).calcs([]))
        .stacking(common.StackingConfig().mode(mode))
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(behind))
        .fill_opacity(30 if stacked else 5)
        .axis_soft_min(0)
    )


class Column(NamedTuple):
    """A column of numbers; ``steps`` colour its cells as a gauge from 0 to 1 where they are given."""

    query: Query
    unit: str
    steps: Steps = ()


class Link(NamedTuple):
    """What a click on a cell under ``heading`` opens: another dashboard, for what stands in the row.

    ``variables`` are that dashboard's, each with the heading of the column that has the value.
    """

    heading: str
    title: str
    uid: str
    variables: Mapping[str, str]

    @property
    def url(self) -> str:
        """Relative to Grafana's own address; data source and time range go along."""
        given = "".join(f'&var-{name}=${{__data.fields["{of}"]}}' for name, of in self.variables.items())
        return f"/d/{self.uid}?${{__url_time_range}}&var-datasource=${{datasource}}{given}"


def rows(
    about: About,
    columns: Sequence[Column],
    labels: Mapping[str, str],
    width: int,
    *,
    hidden: Sequence[str] = (),
    links: Sequence[Link] = (),
) -> table.Panel:
    """A table: a row for each series, ``labels`` (name to heading) first, then the columns of numbers.

    The ``hidden`` of these headings are only there for the links. Of further columns only those labels stay
    that they share with the first. Sorted as the queries are.
    """
    panel = _dressed(table.Panel(), about, width, 11, PLAIN)
    names = dict(labels)
    for reference, column in zip(_REFERENCES, columns, strict=False):
        query = prometheus.Dataquery().expr(column.query.expr).instant().format(PromQueryFormat.TABLE)
        panel.with_target(query.ref_id(reference))
        names[f"Value #{reference}" if len(columns) > 1 else "Value"] = column.query.legend
        panel.override_by_name(column.query.legend, _cells(column))
    for heading in hidden:
        panel.override_by_name(heading, [DynamicConfigValue(id_val="custom.hidden", value=True)])
    for link in links:
        opened = [{"title": link.title, "url": link.url}]
        panel.override_by_name(link.heading, [DynamicConfigValue(id_val="links", value=opened)])
    order = {name: index for index, name in enumerate(names)}
    steps = {
        "merge": {},
        "filterFieldsByName": {"include": {"names": list(names)}},
        "organize": {"renameByName": names, "indexByName": order},
    }
    return panel.transformations(
        [DataTransformerConfig(id_val=name, options=given) for name, given in steps.items()]
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
