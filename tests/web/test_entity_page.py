import re

import pytest
from hypothesis import given, settings

from exporter.model import JobStatus, JobView, ServiceAccess, Standing, Subject
from exporter.web.landing import Choice, EntityPage, find, render_entity
from exporter.web.places import Places
from tests.web.conftest import ACCOUNT, DISCOVERY, NOW, report_of
from tests.web.test_landing import Page, any_text, snapshot_of

SERVICES = (
    ServiceAccess("zz", "Alpha", "eu-west-1", ACCOUNT.path, NOW - 100, 5),
    ServiceAccess("mm", "Middle", "us-east-1", ACCOUNT.path, NOW - 10, 7),
    ServiceAccess("aa", "Zulu"),
)


@pytest.fixture
def services(world, serving):
    world.filled()
    world.stood(report_of("111111111111", services=SERVICES))
    with serving(world) as running:
        yield running


def order(text):
    return re.findall(r"<td[^>]*><code>(\w\w)</code></td>", text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["mm", "zz", "aa"]),
        ("?sort=used", ["mm", "zz", "aa"]),
        ("?sort=used&order=ascending", ["aa", "zz", "mm"]),
        ("?sort=service", ["zz", "mm", "aa"]),
        ("?sort=namespace", ["aa", "mm", "zz"]),
        ("?sort=namespace&order=descending", ["zz", "mm", "aa"]),
        ("?sort=accounts", ["mm", "zz", "aa"]),
        ("?sort=region", ["aa", "zz", "mm"]),
        ("?sort=by&order=descending", ["mm", "zz", "aa"]),
        ("?filter=EU-WEST", ["zz"]),
        ("?filter=zulu&sort=service", ["aa"]),
        ("?filter=nothing", []),
    ],
)
def test_services_are_sorted_and_filtered_as_asked(services, query, expected):
    assert order(services.get(f"/entities/111111111111{query}").text) == expected


def test_a_column_that_is_sorted_by_says_so_and_turns_around(services):
    text = services.get("/entities/111111111111?sort=region&filter=e").text
    assert re.findall('<th [^>]*aria-sort="([a-z]+)"[^>]*><a href="([^"]*)"', text) == [
        ("ascending", "?sort=region&amp;order=descending&amp;filter=e")
    ]


def test_what_is_known_of_the_entity_is_told(services):
    text = Page(services.get("/entities/111111111111").text).text
    for said in ("One", ACCOUNT.path, "ACTIVE", "455 services", "10 min ago", "COMPLETED", "never"):
        assert said in text


def test_every_link_leads_somewhere(services):
    links = {link for link in Page(services.get("/entities/111111111111").text).links if link[0] == "/"}
    assert {link: services.get(link).status for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("path", ["/entities/x", "/entities/%0a", "/entities/a%2Fb"])
def test_an_entity_that_nobody_knows_is_not_found(services, path):
    answer = services.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize("query", ["sort=nonsense", "order=up", "sort=used&sort=region", "page=2"])
def test_a_choice_that_there_is_not_is_refused(services, query):
    assert services.get(f"/entities/r-root?{query}").status == 400


def test_a_failed_job_is_told_with_its_reason(world, serving):
    world.filled()
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    world.stood(Standing(Subject("111111111111"), None, job, failures=2))
    with serving(world) as running:
        text = Page(running.get("/entities/111111111111").text).text
    assert "2 attempts failed: AUTHORIZER_TIMEOUT: too slow" in text


def test_a_report_made_elsewhere_has_a_page_too(world, serving):
    world.organizations("default", job_ids=("11112222-3333",))
    world.discovered()
    with serving(world) as running:
        assert "a job of the same principal" in running.get("/entities/11112222-3333").text


def test_an_entity_that_is_not_collected_has_a_page_that_says_so(world, serving):
    world.organizations("default", accounts=False)
    world.discovered()
    with serving(world) as running:
        assert "not collected" in running.get("/entities/111111111111").text


def test_an_entity_of_two_organizations_has_one_page(world, serving):
    world.organizations("one", "two")
    for name in ("one", "two"):
        world.discovered(DISCOVERY, name)
    with serving(world) as running:
        assert re.findall("<h2><bdi>(.*?)</bdi>", running.get("/entities/r-root").text) == ["one", "two"]


@settings(max_examples=60)
@given(any_text, any_text, any_text)
def test_any_names_give_a_well_formed_page(name, entity_id, message):
    found = find(snapshot_of(name, entity_id, message), entity_id)
    text = render_entity(found, entity_id, EntityPage(Places(), NOW, Choice(only=message)))
    assert Page(text).open == []
    assert text.count("<script") == 1
