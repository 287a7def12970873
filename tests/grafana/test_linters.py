"""What dashboard-linter and pint would say, as tests: neither can be installed from where CI runs.

Their rules by their names, but for those that other tests hold, and those that ``.lint`` and ``LEFT_OUT``
leave out with the reason.
"""

import re

import pytest

from exporter.families import FAMILIES, Type
from grafana import DASHBOARDS, panels, queries
from tests.grafana.names import ALERTS, EVERY_RULE

LEFT_OUT = {
    "promql/series": "it asks a Prometheus that has scraped an exporter: tests/grafana/test_panels.py is one",
    "promql/selector": "no organization has labels that every query would need",
    "promql/performance": "an alert that reads what a record has would fire a minute later",
    "rule/link": "runbooks are files here: tests/grafana/test_rules.py",
    "query/cost": "benchmarks/panels.py and benchmarks/rules.py measure",
}
SCRAPE = 60  # s, as the documentation has it
EXPRESSIONS = [
    re.sub(r"(?<=[({])\s+", "", expr)
    for expr in (*(expr for _, _, expr in queries()), *(rule["expr"] for rule in EVERY_RULE))
]
COUNTERS = {
    f"{family.name}{end}"
    for family in FAMILIES
    for end in {Type.COUNTER: ("",), Type.HISTOGRAM: ("_bucket", "_count", "_sum")}.get(family.type, ())
}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_template_datasource_rule(dashboard):
    [variable] = [item for item in dashboard.templating.list_val if item.type_val == "datasource"]
    assert (variable.name, variable.label, variable.query) == ("datasource", "Data source", "prometheus")


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_grid_has_neither_hole_nor_overlap(dashboard):
    """Every place is one panel's, or a row's title."""
    taken = [(x, y) for panel in panels(dashboard) for x, y in places(panel.grid_pos)]
    assert len(taken) == len(set(taken))
    rows = {item.grid_pos.y for item in dashboard.panels if item.type_val == "row"}
    bottom = max(y for _, y in taken) + 1
    free = {(x, y) for x in range(24) for y in range(bottom) if y not in rows} - set(taken)
    assert free == set()


def places(box):
    return [(x, y) for x in range(box.x, box.x + box.w) for y in range(box.y, box.y + box.h)]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_promql_regexp(expression):
    """Matchers are anchored by themselves, and a pattern without anything special is a comparison."""
    for operator, pattern in re.findall(r'\w+\s*(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"', expression):
        if operator in {"=~", "!~"}:
            assert not pattern.startswith("^")
            assert not pattern.endswith("$")
            assert re.search(r"[.*+?|()\[$]", pattern), pattern


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_promql_counter_and_promql_rate(expression):
    """A counter is asked for how it grows, over four scrapes at least, and nothing else is."""
    for function, name, _, span in re.findall(
        r"\b(rate|increase|irate|delta|deriv)\((\w+)(\{[^}]*\})?\[(\$?\w+)\]", expression
    ):
        assert (function in {"rate", "increase"}) == (name in COUNTERS | {"process_cpu_seconds_total"}), name
        assert span.startswith("$") or seconds(span) >= 4 * SCRAPE
    for name in re.findall(r"\baws_org_access_\w+", expression):
        if name in COUNTERS:
            assert re.search(
                rf"(rate|increase|changes|resets|last_over_time|max_over_time)\({name}\b", expression
            )


def seconds(span):
    return sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+)([smhd])", span))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alerts_comparison(rule):
    """An alert that compares nothing fires for ever, unless what it asks for is there only while it is so."""
    assert "news_timestamp_seconds" in rule["expr"] or re.search(
        r"[<>]=?|==|!=|\bunless\b|\babsent", rule["expr"]
    )


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alerts_for(rule):
    assert all(seconds(rule[key]) > 0 for key in ("for", "keep_firing_for") if key in rule)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alerts_template(rule):
    """A value in a label would make another alert of it at every evaluation."""
    assert "$value" not in str(rule.get("labels", {}))


def test_rule_duplicate():
    rules = [(rule.get("record") or rule["alert"], str(rule.get("labels"))) for rule in EVERY_RULE]
    assert sorted(rules) == sorted(set(rules))


def test_what_is_left_out_has_a_reason():
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())
