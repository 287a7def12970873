"""``report --output html``."""

import json
import re
from html import unescape

from exporter.model import EntityType


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
