"""axe-core over every kind of page: both themes, three widths."""

import subprocess

import pytest

from exporter.model import JobStatus, JobView, News, NewsKind, Standing, Subject
from tests.web.browsing import seen
from tests.web.conftest import DISCOVERY, NOW, report_of
from tests.web.test_advice import years
from tests.web.test_entity_page import SERVICES

pytestmark = [pytest.mark.slow, pytest.mark.tool("chromium", "chromedriver", "axe-core")]

PAGES = (
    "/",
    "/?filter=one",
    "/?service=zz&show=never",
    "/?filter=nothing-of-that-name",
    "/services",
    "/services/zz",
    "/entities/111111111111",
    "/news",
    "/nowhere",
    "/entities/999999999998",
)
RUN = """
const done = arguments[arguments.length - 1];
const told = (one) => [one.id, one.help, one.nodes.map((node) => node.html.slice(0, 200))];
axe.run(document, {resultTypes: ["violations"]}).then(
  (result) => done(result.violations.map(told)),
  (error) => done([["axe", String(error), []]]),
);
"""


@pytest.fixture(scope="module")
def axe(tool):
    return subprocess.run([tool("axe-core")], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def pages(world, serving):
    world.discovered(years(DISCOVERY))
    account = "111111111111"
    piece = News(Subject(account), NewsKind.FIRST_USED, "mm", NOW - 10, NOW - 5, None, "us-east-1", account)
    for entity in DISCOVERY.entities:
        news = [piece] if entity.id == account else []
        world.publication.stood("default", report_of(entity.id, services=SERVICES), news)
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    known = world.publication.current.organization("default").standings[Subject("r-root")]
    world.stood(Standing(Subject("r-root"), known.report, job, failures=1))
    with serving(world) as running:
        yield running.url


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_the_page(browser, pages, axe, path):
    browser.get(pages + path)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    browser.execute_script(axe)
    found = {}
    for scheme in ("light", "dark"):
        for width in (375, 768, 1280):
            seen(browser, scheme, width)
            found[scheme, width] = browser.execute_async_script(RUN)
    assert {look: violations for look, violations in found.items() if violations} == {}


def test_a_violation_is_found(browser, pages, axe):
    browser.get(pages)
    browser.execute_script("document.querySelector('main').innerHTML = '<button></button>'")
    browser.execute_script(axe)
    assert "button-name" in [violation for violation, *_ in browser.execute_async_script(RUN)]
