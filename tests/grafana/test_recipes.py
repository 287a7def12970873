"""Recipes of the documentation: configurations that the program they are for takes."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.grafana.names import ALERTS

NEWS = Path(__file__).parents[2] / "docs" / "news.md"
RECIPES = re.findall(r"^```yaml\n(route:.*?)^```", NEWS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
TOLD = [
    rule["alert"] for rule in ALERTS if "Service" in rule["alert"] and rule["labels"]["severity"] == "warning"
]


def test_there_are_recipes():
    assert len(RECIPES) == 3


@pytest.mark.tool("amtool")
@pytest.mark.parametrize("recipe", RECIPES)
def test_alertmanager_takes_a_recipe(tool, tmp_path, recipe):
    path = tmp_path / "alertmanager.yml"
    path.write_text(recipe)
    subprocess.run([tool("amtool"), "check-config", path], check=True)


@pytest.mark.tool("amtool")
@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("name", TOLD)
def test_a_recipe_is_for_the_alerts_about_accounts(tool, tmp_path, recipe, name):
    route = yaml.safe_load(recipe)["route"]["routes"][0]
    (tmp_path / "alertmanager.yml").write_text(recipe)
    labels = [f"alertname={name}", "organization=prod", "entity_id=111122223333", "service_namespace=athena"]
    command = [tool("amtool"), "config", "routes", "test", f"--config.file={tmp_path / 'alertmanager.yml'}"]
    told = subprocess.run([*command, *labels], capture_output=True, text=True, check=True).stdout
    wanted = name != "OrgAccessServiceUsedWidely" or "ServiceUsedWidely" in route["matchers"][0]
    assert (route["receiver"] in told) or not wanted


@pytest.mark.parametrize("recipe", RECIPES)
def test_no_recipe_tells_an_end_or_waits_until_there_is_nothing_to_tell(recipe):
    parsed = yaml.safe_load(recipe)
    for receiver in parsed["receivers"]:
        for kind, configs in receiver.items():
            assert kind == "name" or all(config["send_resolved"] is False for config in configs)
    route = parsed["route"]["routes"][0]
    waits = [route[name] for name in ("group_wait", "group_interval") if name in route]
    assert all(int(wait[:-1]) * {"s": 1, "m": 60, "h": 3600}[wait[-1]] < 6 * 3600 for wait in waits)
