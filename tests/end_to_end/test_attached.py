"""From ListTargetsForPolicy to the page of an entity, and no further where it is denied."""

import re
import urllib.request
from itertools import islice

import pytest

from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import configuration, organization

pytestmark = pytest.mark.slow

SCPS = "{root: {services: none}, policies: {enabled: true}}"
KNOWN = r'^aws_org_access_report_job_status\{organization="one",entity_id="%s",status="COMPLETED"\} 1'


def page(program, entity_id):
    with urllib.request.urlopen(f"{program.url}/entities/{entity_id}", timeout=30) as answer:
        return answer.read().decode()


def section(shown):
    found = re.search('<section data-live="attached">.*?</section>', shown, re.DOTALL)
    return found[0] if found else ""


def test_the_page_has_the_policies_that_are_attached_and_inherited(serving):
    with start(SimulationOptions(accounts=45, ous=8, speed=300)) as aws:
        program = serving(configuration(organization("one", aws.url, targets=SCPS)))
        found = aws.simulation.organization
        program.wait_for_line(KNOWN % re.escape(found.root.id))
        account = next(each for each in found.accounts() if each.state == "ACTIVE" and each.depth > 1)
        shown = section(page(program, account.id))
    levels = [sorted(found.attachments[level]) for level in reversed(account.path.split("/")[1:])]
    told = iter(re.findall(r"<li>.*?<code>(p-.*?)</code>", shown))
    assert [sorted(islice(told, len(level))) for level in levels] == levels
    assert list(told) == []
    assert aws.simulation.calls.counts["organizations", "ListTargetsForPolicy"] > len(found.policies)


def test_where_it_is_denied_the_page_says_so_and_everything_else_goes_on(serving):
    denied = frozenset({"organizations:ListTargetsForPolicy"})
    with start(SimulationOptions(accounts=4, ous=3, speed=300, denied=denied)) as aws:
        program = serving(configuration(organization("one", aws.url, targets=SCPS)))
        root = aws.simulation.organization.root.id
        program.wait_for_line(KNOWN % re.escape(root))
        shown = section(page(program, root))
        program.wait_for_line(r'^aws_org_access_up\{organization="one"\} 1')
    assert "could not read" in shown
    assert "organizations:ListTargetsForPolicy" in shown


def test_nobody_is_asked_where_scps_are_not_collected(serving):
    with start(SimulationOptions(accounts=4, ous=3, speed=300)) as aws:
        program = serving(configuration(organization("one", aws.url)))
        root = aws.simulation.organization.root.id
        program.wait_for_line(KNOWN % re.escape(root))
        shown = page(program, root)
        counts = aws.simulation.calls.counts
    assert section(shown) == ""
    assert not counts.get(("organizations", "ListTargetsForPolicy"))
