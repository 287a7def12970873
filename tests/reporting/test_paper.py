"""``report --output html``."""

import json
import re
import time
from dataclasses import replace
from html import unescape

from exporter.aws import Paging, configured
from exporter.config import load
from exporter.model import EntityType, Report, ServiceAccess, Subject
from exporter.output import Reading
from exporter.reporting.advising import Advising
from exporter.reporting.request import Form, Request, Selection


def policies(text):
    """By the name of the entity; empty for the only one."""
    pattern = re.compile(r"<pre[^>]*><code>(.*?)</code>", re.DOTALL)
    found = {}
    for section in text.split('<section id="e')[1:]:
        heading = re.match('[0-9]+"><h2><bdi>(.*?)</bdi>', section)
        found[heading[1] if heading else ""] = [json.loads(unescape(one)) for one in pattern.findall(section)]
    return found


def named(text):
    """All services that policies deny."""
    return {action for one in text for statement in one["Statement"] for action in statement["Action"]}


def test_a_file_has_a_policy_that_denies_nothing_in_use(commands):
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    text = commands.run("report", "--entity-id", unit.id, "--output", "html").out
    then = commands.aws.jobs[-1].created
    rows = commands.aws.truth(unit.path, at=then).rows
    used = {f"{row.namespace}:*" for row in rows if (row.last_authenticated or 0) > then - 90 * 86_400}
    [found] = policies(text).values()
    assert (named(found) != set(), named(found) & used) == (True, set())
    assert text.count("<tr>") > len(rows)


def test_one_file_has_every_ou(commands):
    ran = commands.run("report", "--all-ous", "--output", "html")
    units = {unit.name for unit in commands.entities(EntityType.ORGANIZATIONAL_UNIT)}
    assert set(policies(ran.out)) == units
    assert any(policies(ran.out).values())


def test_a_file_each_goes_into_a_directory(commands, tmp_path):
    commands.run("report", "--all-ous", "--output", "html", "--output-dir", tmp_path / "files")
    units = commands.entities(EntityType.ORGANIZATIONAL_UNIT)
    assert {path.name for path in (tmp_path / "files").iterdir()} == {f"{unit.id}.html" for unit in units}


def test_a_page_of_a_report_is_no_ground_for_a_policy(commands):
    ran = commands.run("report", "--entity-id", commands.root.id, "--output", "html", "--max-items", 5)
    assert "this is a page of one" in ran.out
    assert not any(policies(ran.out).values())


def test_a_use_that_one_report_tells_counts_above_it_too(commands):
    """Reports are made one after the other: what came into use meanwhile is in the later one alone."""
    parent = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    child = replace(parent, id="ou-ab12-below000", path=f"{parent.path}/ou-ab12-below000")
    organization = load(commands.file).organizations[0]
    request = Request(organization, Selection(all_ous=True), Paging(), Form.HTML, 60.0, quiet=True)
    advising = Advising(request, configured.organization(organization, lambda _: None))

    def denied(*rows):
        now = time.time()
        told = {parent: commands.aws.truth(parent.path, at=now).rows, child: rows}
        reports = {entity: Report(now, now, len(rows), 0, rows) for entity, rows in told.items()}
        readings = [Reading("sim", Subject(one.id), one, report) for one, report in reports.items()]
        return {one.namespace for one in advising.leaves(readings)[0].advice.denied}

    before = denied()
    gone = min(before)
    used = ServiceAccess(gone, entity_path=f"{child.path}/111111111111", last_authenticated=time.time())
    assert before - denied(used) == {gone}
