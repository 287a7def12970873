"""Over more than a day of a healthy organization nothing fires but what is meant, and each of it once.

The exporter is restarted twice in it: with what it knew, and with nothing.
"""

import json
import subprocess
from dataclasses import dataclass
from itertools import pairwise

import pytest

from exporter.model import EntityType
from exporter.simulator import SimulationOptions, start
from exporter.store.memory import MemoryStore
from grafana.files import RULES
from tests.grafana.day import BEGAN, EVERY, HOUR, NAME, Exporter, Scrape, Scraper, notation

HOURS = 26
FIRST, AGAIN = "OrgAccessServiceFirstUsed", "OrgAccessDormantServiceUsed"
DORMANT = 90 * 86_400.0
TOO_MUCH_UNUSED = 0.8
LABELS = ("alertname", "entity_id", "service_namespace")
GROUPS = [f"org-access-exporter.{name}" for name in ("records", "news", "alerts")]
LIVES = ("ab", "c")  # the exporters that share what they know

pytestmark = [pytest.mark.slow, pytest.mark.tool("promtool")]


@dataclass(frozen=True)
class Day:
    """What was scraped in it, and what is meant to have fired: labels of alerts."""

    scrapes: list[Scrape]
    meant: set[tuple[str, ...]]


@pytest.fixture(scope="module")
def day():
    time, store = Scraper(), MemoryStore()
    with pytest.MonkeyPatch.context() as environment, start(SimulationOptions(clock=time.now)) as aws:
        environment.setenv("AWS_ACCESS_KEY_ID", "simulated")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
        Exporter("a", time, aws.url, store).run(until=BEGAN + 12 * HOUR)
        time.pause(EVERY)
        Exporter("b", time, aws.url, store).run(until=BEGAN + 18 * HOUR)
        time.pause(EVERY)
        Exporter("c", time, aws.url, MemoryStore()).run(until=BEGAN + HOURS * HOUR)
        meant = set(_meant(aws.simulation, time.scrapes))
    return Day(time.scrapes, meant)


def _meant(simulation, scrapes):
    """What should have fired, by the truth at the times of the reports that were shown."""
    entities = [item for item in simulation.organization.entities.values() if item.state in {"", "ACTIVE"}]
    known = {
        (kind, entity.id, service): scrape
        for entity in entities
        for kind, service, scrape in _news(simulation, scrapes, entity)
    }
    for entity in entities:
        after = _truth(simulation, entity, _shown(scrapes, entity, "abc")[-1][1])
        never = [service for service, used in after.items() if not used]
        if not entity.id.isdecimal() and len(never) > TOO_MUCH_UNUSED * len(after):
            yield "OrgAccessServicesUnused", entity.id, ""
    by_id = {item.id: item for item in entities}
    for (kind, entity_id, service), scrape in known.items():
        member = by_id[entity_id].type is EntityType.ACCOUNT
        above = {simulation.organization.root.id, by_id[entity_id].parent_id} - {entity_id}
        told = any(known.get((kind, one, service), scrape + 1) <= scrape for one in above)
        if (member and kind == FIRST) or (told and not _pays(by_id[entity_id])):
            continue
        yield kind, entity_id, service


def _pays(entity):
    return entity.type is EntityType.MANAGEMENT_ACCOUNT


def _news(simulation, scrapes, entity):
    """(alert, service, number of the scrape) of what a report showed first, by the truth at two of them."""
    for life in LIVES:
        reports = _shown(scrapes, entity, life)
        truths = [(scrape, _truth(simulation, entity, created)) for scrape, created in reports]
        for (_, before), (scrape, after) in pairwise(truths):
            for service, used in after.items():
                if used and service in before and not before[service]:
                    yield FIRST, service, scrape
                elif used and before.get(service) and used - before[service] >= DORMANT:
                    yield AGAIN, service, scrape


def _shown(scrapes, entity, instances):
    """(number of the scrape, time of the report) whenever another report on the entity was shown."""
    labels = f'organization="{NAME}",entity_id="{entity.id}"'
    name = "aws_org_access_report_generated_timestamp_seconds"
    found, last = [], None
    for number, scrape in enumerate(scrapes):
        times = [scrape.get(f'{name}{{instance="{of}",{labels}}}') for of in instances]
        created = next((at for at in times if at is not None), last)
        if created != last:
            found.append((number, BEGAN + created))
            last = created
    return found


def _truth(simulation, entity, at):
    return {row.namespace: row.last_authenticated for row in simulation.truth(entity.path, at=at).rows}


def test_only_what_is_meant_fires_and_each_of_it_once(day, tmp_path, tool):
    assert {name for name, *_ in day.meant} == {
        "OrgAccessDormantServiceUsed",
        "OrgAccessServiceFirstUsed",
        "OrgAccessServicesUnused",
    }
    whole = f"{HOURS}h"
    fired = f'count by ({", ".join(LABELS)}) (count_over_time(ALERTS{{alertstate="firing"}}[{whole}]))'
    again = f"max(changes(ALERTS_FOR_STATE[{whole}]))"
    expected = [{"labels": _selector(alert), "value": 1} for alert in sorted(day.meant)]
    test = {
        "interval": f"{EVERY:.0f}s",
        "input_series": [{"series": name, "values": values} for name, values in notation(day.scrapes)],
        "promql_expr_test": [
            {"expr": fired, "eval_time": whole, "exp_samples": expected},
            {"expr": again, "eval_time": whole, "exp_samples": [{"labels": "{}", "value": 0}]},
        ],
    }
    rules = {"rule_files": [str(RULES)], "evaluation_interval": f"{EVERY:.0f}s", "group_eval_order": GROUPS}
    path = tmp_path / "day.yml"
    path.write_text(json.dumps({**rules, "tests": [test]}))
    command = [tool("promtool"), "test", "rules", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _selector(alert):
    given = (f'{name}="{value}"' for name, value in zip(LABELS, alert, strict=True) if value)
    return f"{{{','.join(given)}}}"
