"""Every value of the chart has an effect that can be seen where it belongs, and nowhere without it."""

import importlib.util
import json
from collections import defaultdict
from functools import reduce
from pathlib import Path

import pytest
import yaml

from grafana import ruleset
from tests.deploy.conftest import Loader
from tests.deploy.manifests import workload

GENERATE = Path(__file__).parents[2] / "deploy" / "helm" / "generate.py"
EFFECTS = yaml.load((Path(__file__).parent / "chart_effects.yml").read_text(), Loader)
# What shows inside a longer text or list has tests of its own, in test_chart.py.
ELSEWHERE = {
    "repositoryUrl",
    "dashboards.exporterUrl",
    "prometheusRule.runbookUrl",
    "prometheusRule.alertLabels",
    "prometheusRule.disabled",
    *(f"prometheusRule.config.{name}" for name in ruleset.defaults() if name != "runbookUrl"),
}
PLACES = {
    "workload": "Workload spec",
    "template": "Workload spec template metadata",
    "pod": "Workload spec template spec",
    "container": "Workload spec template spec containers 0",
}


def _generate():
    spec = importlib.util.spec_from_file_location("chart", GENERATE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHART = _generate()
DEFAULTS = CHART.values()


def with_value(base, name, value):
    """The values of ``base`` and one more, such as ``image.tag``."""
    key, _, rest = name.partition(".")
    return {**base, key: with_value(base.get(key, {}), rest, value) if rest else value}


def base_of(name, effect):
    """What goes with a value: what the effect says, and its section enabled where it can be."""
    section, _, key = name.partition(".")
    base = effect.get("with", {})
    can_be = key and key != "enabled" and DEFAULTS[section].get("enabled") is False
    return with_value(base, f"{section}.enabled", True) if can_be else base


def words(inside):
    """What a value is made of: one that has some of it could be taken for this one."""
    if not isinstance(inside, dict | list):
        return {inside}
    return set().union(*map(words, inside.values() if isinstance(inside, dict) else inside))


def sets():
    """The names of all values, in sets of which each is rendered once."""
    made = defaultdict(list)
    for name, effect in EFFECTS.items():
        base = json.dumps([name if effect.get("alone") else "", base_of(name, effect)], sort_keys=True)
        told = words(effect["set"])
        joined = next((each for each in made[base] if told.isdisjoint(words([*each.values()]))), None)
        if joined is None:
            joined = {}
            made[base].append(joined)
        joined[name] = effect["set"]
    return [each for several in made.values() for each in several]


TOGETHER = {name: each for each in sets() for name in each}


def found(objects, place):
    """What is at a place; None where nothing is."""
    first, *rest = place.split()
    keys = [*PLACES.get(first, first).split(), *rest]

    def step(inside, key):
        try:
            return inside[int(key) if isinstance(inside, list) else key]
        except (KeyError, IndexError, TypeError):
            return None

    return reduce(step, keys, {**objects, "Workload": workload(objects)})


def test_every_value_of_the_chart_is_among_them():
    assert {name for name, _, _ in CHART.rows()} - ELSEWHERE == set(EFFECTS)


def test_what_is_generated_is_up_to_date():
    assert [path.name for path, text in CHART.files().items() if path.read_text() != text] == []


def test_every_value_says_what_it_is():
    assert [name for name, _, description in CHART.rows() if not description] == []


@pytest.mark.tool("helm")
@pytest.mark.parametrize("name", EFFECTS)
def test_a_value_is_seen_where_it_belongs(render, name):
    effect = EFFECTS[name]
    expected = effect.get("is", effect["set"])
    base = base_of(name, effect)
    assert found(render(base), effect["at"]) != expected
    values = reduce(lambda values, one: with_value(values, *one), TOGETHER[name].items(), base)
    assert found(render(values), effect["at"]) == expected
