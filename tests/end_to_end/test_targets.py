"""A real Prometheus takes the documentation's example of a target per entity."""

import contextlib
import re
from pathlib import Path

import pytest
import yaml

from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import configuration, exporter, get, organization, wait_for
from tests.end_to_end.prometheus import prometheus_of, query

WEB = Path(__file__).parents[2] / "docs" / "web.md"
[EXAMPLE] = re.findall(
    r"^```yaml\n(scrape_configs:.*?)^```", WEB.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
OURS = '{__name__=~"aws_org_access_.+"}'
DROPPED = "sandbox-"


def hurried(text, address):
    """The example's scrapes, every second, of the exporter at this address."""
    [scrapes] = yaml.safe_load(re.sub(r"\b\d+m$", "1s", text, flags=re.MULTILINE))["scrape_configs"]
    [discovery] = scrapes["http_sd_configs"]
    discovery["url"] = discovery["url"].replace("http://localhost:10078", address)
    return scrapes


def expected(program):
    """Every series of ours but the ages, and those of the accounts that are dropped."""
    text = program.get("/metrics?exclude[]=ages")[1]
    lines = [line for line in text.split("\n") if line.startswith("aws_org_access_")]
    named = r'entity_info\{[^}]*entity_id="(\d+)"[^}]*entity_name="' + DROPPED
    dropped = {found[1] for line in lines if (found := re.search(named, line))}
    assert dropped
    return [line for line in lines if not any(f'entity_id="{each}"' in line for each in dropped)]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory, tool):
    """The series that there are, and the URL of a Prometheus that follows the example."""
    folder = tmp_path_factory.mktemp("targets")
    with contextlib.ExitStack() as stack:
        aws = stack.enter_context(start(SimulationOptions(accounts=16, speed=300.0)))
        program = stack.enter_context(exporter(folder, configuration(organization("sim", aws.url))))
        program.wait_for_line(r'^aws_org_access_reports\{organization="sim",state="fresh"\} [1-9]')
        program.wait_for_line(r'^aws_org_access_reports\{organization="sim",state="pending"\} 0$')
        series = expected(program)
        scrapes = hurried(EXAMPLE, program.url)
        url = stack.enter_context(prometheus_of(tool("prometheus"), folder, {}, more=[scrapes]))
        wait_for(lambda: ready(url) and count(url, OURS) >= len(series), "every series")
        yield series, url


def ready(url):
    with contextlib.suppress(OSError):
        return get(f"{url}/-/ready")[0] == 200
    return False


def count(url, selector):
    return sum(int(found["value"][1]) for found in query(url, f"count({selector})"))


@pytest.mark.slow
@pytest.mark.tool("prometheus")
def test_every_series_comes_once_from_a_target_of_its_own(scraped):
    series, url = scraped
    assert count(url, OURS) == len(series)
    named = f'label_replace({OURS}, "family", "$1", "__name__", "(.+)")'
    assert query(url, f"count without (instance) ({named}) > 1") == []


@pytest.mark.slow
@pytest.mark.tool("prometheus")
def test_each_entity_is_an_instance(scraped):
    _, url = scraped
    [found] = query(url, 'count(up{job="org-access"} == 1)')
    instances = query(url, 'group by (instance) (up{job="org-access"})')
    assert int(found["value"][1]) == len(instances) > 10
    entities = query(url, "group by (entity_id) (aws_org_access_entity_info)")
    named = {found["metric"]["instance"].rpartition("/")[2] for found in instances}
    assert named == {found["metric"]["entity_id"] for found in entities}
