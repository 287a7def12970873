"""Tables: a row for each series, its labels first, then numbers, with links to where more is said."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import prometheus, table
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.panels import PLAIN, REFERENCES, About, Query, Steps, dressed

# Pixels. What is not among them shares what is left; a name takes more of it than a number.
_WIDTHS = {
    "Organization": 100,
    "What": 135,
    "Region": 120,
    "Id": 155,
    "Account id": 120,
    "Kind": 180,
    "State": 90,
    "Namespace": 245,
}
_PIXELS_OF_A_LETTER = 8
_HEAT = 82
_FROM_0_TO_1 = (DynamicConfigValue(id_val="min", value=0), DynamicConfigValue(id_val="max", value=1))
_KINDS = {
    "ROOT": "root",
    "ORGANIZATIONAL_UNIT": "OU",
    "MANAGEMENT_ACCOUNT": "management account",
    "ACCOUNT": "account",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"Kind": _KINDS}
# Long ones take a second line rather than be cut: the one for Grafana 11 and 12, the other for 13.
_WRAPPED = (
    DynamicConfigValue(id_val="custom.cellOptions", value={"type": "auto", "wrapText": True}),
    DynamicConfigValue(id_val="custom.wrapText", value=True),
)
_TIMES = {
    "dateTimeAsIso": "2026-11-26 12:34:56",
    "dateTimeFromNow": "20 minutes ago",
    "dtdurations": "20 minutes",
}


class Column(NamedTuple):
    """A column of numbers, or of times in milliseconds.

    ``steps`` colour its cells as a gauge from 0 to 1 where they are given; with ``heat`` they go from
    green to red. ``words`` are shown for values.
    """

    query: Query
    unit: str
    steps: Steps = ()
    words: Mapping[str, str] = {}
    heat: bool = False


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
    panel = dressed(table.Panel(), about, width, 11, PLAIN)
    names = dict(labels)
    for reference, column in zip(REFERENCES, columns, strict=False):
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
    else:
        yield from _WRAPPED
    if heading in _WORDS:
        yield _mapped(_WORDS[heading])
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
    if column.words:
        plain.append(_mapped(column.words))
    if column.heat:
        return [*plain, *_heat()]
    if column.steps:
        return [*plain, *_gauge(column.steps)]
    return [*plain, DynamicConfigValue(id_val="custom.width", value=_width(column))]


def _gauge(steps: Steps) -> list[DynamicConfigValue]:
    coloured = [{"value": value, "color": color} for value, color in steps]
    return [
        *_FROM_0_TO_1,
        DynamicConfigValue(id_val="thresholds", value={"mode": "absolute", "steps": coloured}),
        DynamicConfigValue(id_val="custom.cellOptions", value={"type": "gauge", "mode": "gradient"}),
    ]


def _heat() -> list[DynamicConfigValue]:
    return [
        *_FROM_0_TO_1,
        DynamicConfigValue(id_val="decimals", value=0),
        DynamicConfigValue(id_val="color", value={"mode": "continuous-GrYlRd"}),
        DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-background", "mode": "basic"}),
        DynamicConfigValue(id_val="custom.align", value="center"),
        DynamicConfigValue(id_val="custom.width", value=_HEAT),
    ]


def _mapped(words: Mapping[str, str]) -> DynamicConfigValue:
    shown = {value: {"text": text} for value, text in words.items()}
    return DynamicConfigValue(id_val="mappings", value=[{"type": "value", "options": shown}])


def _width(column: Column) -> int:
    widest = _TIMES.get(column.unit, "12,345")
    shown = max((column.query.legend, widest, *column.words.values()), key=len)
    return 24 + _PIXELS_OF_A_LETTER * len(shown)
