"""Panels in this project's way: each has a title, a description, a unit, and a height like its neighbours.

Widths and heights are Grafana's units: 24 across, 30 pixels each down.
"""

from collections.abc import Iterator, Mapping, Sequence
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

BLUE: Steps = ((None, "blue"),)

# Pixels. What is not among them shares what is left; a name takes more of it than a number.
_WIDTHS = {
    "Organization": 105,
    "What": 135,
    "Region": 120,
    "Id": 155,
    "Account id": 120,
    "Kind": 90,
    "State": 90,
}
_PIXELS_OF_A_LETTER = 8
_TIMES = {
    "dateTimeAsIso": "2026-11-26 12:34:56",
    "dateTimeFromNow": "20 minutes ago",
    "dtdurations": "20 minutes",
}

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
    return counts(about, [query], width, steps)


def counts(about: About, queries: Sequence[Query], width: int, steps: Steps = PLAIN) -> stat.Panel:
    """The newest values of some queries side by side, large."""
    panel = _dressed(stat.Panel(), about, width, 4, steps)
    for reference, query in zip(_REFERENCES, queries, strict=False):
        panel.with_target(_now(query).ref_id(reference))
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
    about: About,
    queries: Sequence[Query],
    width: int,
    steps: Steps = PLAIN,
    *,
    stacked: bool = False,
    colours: Mapping[str, str] = {},
) -> timeseries.Panel:
    """Series over time; with ``steps``, their colours lie behind the lines. ``colours``: of lines by name."""
    panel = _dressed(timeseries.Panel(), about, width, 9, steps)
    for reference, query in zip(_REFERENCES, queries, strict=False):
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
        .fill_opacity(30 if stacked else 5)
        .axis_soft_min(0)
    )


class Column(NamedTuple):
    """A column of numbers, or of times in milliseconds.

    ``steps`` colour its cells as a gauge from 0 to 1 where they are given; ``words`` are shown for values.
    """

    query: Query
    unit: str
    steps: Steps = ()
    words: Mapping[str, str] = {}


class Link(NamedTuple):
    """What a click on a cell under ``heading`` opens; ``url`` may have values of the row (``of_row``)."""

    heading: str
    title: str
    url: str


def of_row(label: str) -> str:
    """The value of a label in the row that was clicked, as an address takes it.

    Columns of labels have the unit "string": what is shown of any other is a number, scaled and with a unit.
    """
    return f'${{__data.fields["{label}"]:percentencode}}'


def to_dashboard(heading: str, title: str, uid: str, chosen: Mapping[str, str]) -> Link:
    """To another dashboard, for what stands in the row: ``chosen`` has a label for each variable there.

    Relative to Grafana's own address; data source and time range go along.
    """
    given = "".join(f"&var-{name}={of_row(label)}" for name, label in chosen.items())
    passed = "${__url_time_range}&var-datasource=${datasource:percentencode}&${landing:queryparam}"
    return Link(heading, title, f"/d/{uid}?{passed}{given}")


def to_page(heading: str, title: str, path: str) -> Link:
    """To a page of the exporter."""
    return Link(heading, title, f"${{landing}}{path}")


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
    for heading in labels.values():
        panel.override_by_name(heading, list(_words(heading, hidden, links)))
    order = {name: index for index, name in enumerate(names)}
    steps = {
        "merge": {},
        "filterFieldsByName": {"include": {"names": list(names)}},
        "organize": {"renameByName": names, "indexByName": order},
    }
    return panel.transformations(
        [DataTransformerConfig(id_val=name, options=given) for name, given in steps.items()]
    )


def _words(heading: str, hidden: Sequence[str], links: Sequence[Link]) -> Iterator[DynamicConfigValue]:
    """Of a column of labels: an id of twelve digits is no number."""
    yield DynamicConfigValue(id_val="unit", value="string")
    if heading in _WIDTHS:
        yield DynamicConfigValue(id_val="custom.width", value=_WIDTHS[heading])
    if heading in hidden:
        yield DynamicConfigValue(id_val="custom.hidden", value=True)
    opened = [{"title": link.title, "url": link.url} for link in links if link.heading == heading]
    if opened:
        yield DynamicConfigValue(id_val="links", value=opened)


def _cells(column: Column) -> list[DynamicConfigValue]:
    plain = [
        DynamicConfigValue(id_val="unit", value=column.unit),
        # Else the panel's own, which is for an empty table.
        DynamicConfigValue(id_val="noValue", value="-"),
    ]
    if not column.steps:
        plain.append(DynamicConfigValue(id_val="custom.width", value=_width(column)))
    if column.words:
        shown = {value: {"text": text} for value, text in column.words.items()}
        return [*plain, DynamicConfigValue(id_val="mappings", value=[{"type": "value", "options": shown}])]
    if not column.steps:
        return plain
    steps = [{"value": value, "color": color} for value, color in column.steps]
    return [
        *plain,
        DynamicConfigValue(id_val="min", value=0),
        DynamicConfigValue(id_val="max", value=1),
        DynamicConfigValue(id_val="thresholds", value={"mode": "absolute", "steps": steps}),
        DynamicConfigValue(id_val="custom.cellOptions", value={"type": "gauge", "mode": "gradient"}),
    ]


def _width(column: Column) -> int:
    widest = _TIMES.get(column.unit, "12,345")
    shown = max((column.query.legend, widest, *column.words.values()), key=len)
    return 24 + _PIXELS_OF_A_LETTER * len(shown)


def _now(query: Query) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query.expr).legend_format(query.legend).instant()


def _dressed(panel: _Panel, about: About, width: int, height: int, steps: Steps) -> _Panel:
    colours = [Threshold(value=value, color=color) for value, color in steps]
    panel.title(about.title).description(about.description).unit(about.unit)
    panel.datasource(DATASOURCE).span(width).height(height)
    panel.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(colours))
    return panel
