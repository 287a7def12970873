"""Over more than a day of a healthy organization nothing fires but what is meant, and each of it once.

The exporter is restarted twice in it: with what it knew, and with nothing.
"""

import json
import subprocess
from dataclasses import dataclass

import pytest

from exporter.model import EntityType
from exporter.simulator import SimulationOptions, start
from exporter.store import MemoryStore
from grafana.files import RULES
from tests.grafana.day import BEGAN, EVERY, HOUR, NAME, Exporter, Scrape, Scraper, notation

HOURS = 26
DORMANT = 90 * 86_400.0
TOO_MUCH_UNUSED = 0.8
LABELS = ("alertname", "entity_id", "service_namespace")
GROUPS = ["org-access-exporter.records", "org-access-exporter.news", "org-access-exporter.alerts"]

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
    """What should have fired, by the truth at the times of each entity's first and last report."""
    entities = [item for item in simulation.organization.entities.values() if item.state in {"", "ACTIVE"}]
    changes = {entity.id: _change(simulation, scrapes, entity) for entity in entities}
    accounts = {item.id for item in entities if item.id.isdecimal()}
    members = {item.id for item in entities if item.type is EntityType.ACCOUNT}
    parents = {item.id: item.parent_id for item in entities}
    first = {
        (entity_id, service)
        for entity_id, (before, after) in changes.items()
        for service, used in after.items()
        if used and service in before and not before[service]
    }
    for entity_id, (before, after) in changes.items():
        never = [service for service, used in after.items() if not used]
        if entity_id not in accounts and len(never) > TOO_MUCH_UNUSED * len(after):
            yield "OrgAccessServicesUnused", entity_id, ""
        for service, used in after.items() if entity_id in accounts else ():
            if used and before.get(service) and used - before[service] > DORMANT:
                yield "OrgAccessDormantServiceUsed", entity_id, service
    for entity_id, service in first:
        if entity_id not in members and (parents[entity_id], service) not in first:
            yield "OrgAccessServiceFirstUsed", entity_id, service


def _change(simulation, scrapes, entity):
    """When services were last used, by the first report on the entity that was shown, and by the last."""
    labels = f'organization="{NAME}",entity_id="{entity.id}"'
    name = "aws_org_access_report_generated_timestamp_seconds"
    shown = [scrape.get(f'{name}{{instance="{of}",{labels}}}') for scrape in scrapes for of in "abc"]
    times = [BEGAN + created for created in shown if created is not None]
    return tuple(_truth(simulation, entity, at) for at in (times[0], times[-1]))


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
