"""The demo with everything around it: Compose's own reading of it, and every file that it mounts."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.test_image import of

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
RULES = "/etc/prometheus/rules"


@pytest.fixture
def services(tool):
    """The services, as the reference implementation of Compose understands them."""
    command = [tool("compose-spec"), "-format", "json", "compose.yaml"]
    done = subprocess.run(command, cwd=COMPOSE, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["services"]


def mounted(service):
    return {item["target"]: Path(item["source"]) for item in service["volumes"] if item["type"] == "bind"}


@pytest.mark.tool("compose-spec")
def test_everything_is_there(services):
    assert set(services) == {"exporter", "prometheus", "alertmanager", "grafana"}


@pytest.mark.tool("compose-spec")
def test_the_exporter_is_asked_how_it_is_as_its_image_says(services):
    command = json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])
    assert services["exporter"]["healthcheck"]["test"] == ["CMD", *command]


@pytest.mark.tool("compose-spec")
def test_every_file_that_is_mounted_exists(services):
    sources = [
        path for service in services.values() if "volumes" in service for path in mounted(service).values()
    ]
    assert sources
    assert [path for path in sources if not path.exists()] == []


@pytest.mark.tool("compose-spec")
def test_nothing_is_reached_from_elsewhere_or_has_more_rights_than_it_needs(services):
    for service in services.values():
        assert {port["host_ip"] for port in service["ports"]} == {"127.0.0.1"}
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


@pytest.mark.tool("compose-spec")
def test_every_image_has_a_version(services):
    assert all(service["image"].rpartition(":")[2] not in {"", "latest"} for service in services.values())


@pytest.mark.tool("compose-spec")
def test_the_home_page_and_the_provider_are_the_repositorys_dashboards(services):
    grafana = services["grafana"]
    [provider] = yaml.safe_load((COMPOSE / "grafana/dashboards/org-access.yml").read_text())["providers"]
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    dashboards = mounted(grafana)[provider["options"]["path"]]
    assert (dashboards, (dashboards / home.name).exists()) == (ROOT / "grafana/dashboards", True)


def addresses(config):
    """Who Prometheus asks and tells, itself left out."""
    groups = [group for job in config["scrape_configs"] for group in job["static_configs"]]
    groups += [group for item in config["alerting"]["alertmanagers"] for group in item["static_configs"]]
    return {target for group in groups for target in group["targets"]} - {"localhost:9090"}


@pytest.mark.tool("compose-spec")
def test_every_address_is_that_of_a_service(services):
    ports = {f"{name}:{port['target']}" for name, item in services.items() for port in item["ports"]}
    [source] = yaml.safe_load((COMPOSE / "grafana/datasources/prometheus.yml").read_text())["datasources"]
    asked = addresses(yaml.safe_load((COMPOSE / "prometheus.yml").read_text()))
    assert asked | {source["url"].removeprefix("http://")} <= ports


@pytest.mark.tool("promtool")
def test_promtool_finds_no_fault(tool, tmp_path):
    config = tmp_path / "prometheus.yml"
    config.write_text((COMPOSE / "prometheus.yml").read_text().replace(RULES, f"{ROOT}/grafana/rules"))
    done = subprocess.run(
        [tool("promtool"), "check", "config", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1 rule files found" in done.stdout


@pytest.mark.tool("amtool")
def test_amtool_finds_no_fault(tool):
    subprocess.run([tool("amtool"), "check-config", COMPOSE / "alertmanager.yml"], check=True)
