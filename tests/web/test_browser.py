"""The pages in a real browser: headless Chromium."""

from dataclasses import replace

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    News,
    NewsKind,
    Standing,
    Subject,
)
from exporter.times import spoken
from exporter.web.landing import markup
from tests.web.browsing import seen
from tests.web.conftest import DISCOVERY, EC2, NOW, ROOT, S3, report_of
from tests.web.test_advice import years
from tests.web.test_entity_page import SERVICES

pytestmark = pytest.mark.tool("chromium", "chromedriver")

LOOKS = {
    "light": ("light", 1200),
    "dark": ("dark", 1200),
    "narrow": ("light", 390),
}


@pytest.fixture
def pages(world, serving):
    world.filled()
    world.stood(report_of("111111111111", services=SERVICES))
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    world.stood(Standing(Subject("ou-root-unit"), None, job, failures=1))
    with serving(world) as running:
        yield running.url


def look(browser, name):
    seen(browser, *LOOKS[name])


SHOWN = """
const [selector, done] = arguments;
// After the next frame: what was opened just now has no text before it has been laid out.
requestAnimationFrame(() => setTimeout(() => {
  const found = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  done(found.map((each) => each.innerText.trim()));
}));
"""


def shown(browser, selector):
    """At one moment: the page changes by itself."""
    return browser.execute_async_script(SHOWN, selector)


def box(browser):
    return browser.find_element(By.CSS_SELECTOR, "input[type=search]")


@pytest.mark.parametrize("path", ["/", "/entities/111111111111", "/?filter=one"])
@pytest.mark.parametrize("name", LOOKS)
def test_the_console_has_nothing_to_say_and_nothing_is_wider_than_the_window(browser, pages, name, path):
    look(browser, name)
    browser.get(pages + path)
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_it_is_dark_where_that_is_preferred(browser, pages):
    def ground(name):
        look(browser, name)
        browser.get(pages)
        return browser.execute_script("return getComputedStyle(document.body).backgroundColor")

    assert ground("dark") != ground("light")


def test_the_filter_works_while_one_types(browser, pages):
    browser.get(pages)
    box(browser).send_keys("OnE")
    assert shown(browser, ".tree a") == ["Root", "Unit", "One"]
    assert shown(browser, "output") == ["1 shown"]
    box(browser).send_keys(" of nobody")
    assert shown(browser, ".tree a") == []
    box(browser).clear()
    box(browser).send_keys("x", Keys.BACKSPACE)
    assert shown(browser, ".tree a") == ["Root", "Unit", "One"]


def test_the_filter_can_be_kept_in_the_address(browser, pages):
    browser.get(pages)
    box(browser).send_keys("unit", Keys.ENTER)
    WebDriverWait(browser, 10).until(lambda _: "?filter=unit" in browser.current_url)
    assert box(browser).get_attribute("value") == "unit"
    assert browser.get_log("browser") == []


def test_a_click_on_a_column_sorts_and_another_one_turns_around(browser, pages):
    browser.get(f"{pages}/entities/111111111111")
    look(browser, "light")
    for expected in (["aa", "mm", "zz"], ["zz", "mm", "aa"]):
        browser.find_element(By.LINK_TEXT, "Namespace").click()
        assert shown(browser, "td:nth-child(2)") == expected


def test_the_tree_opens_and_closes_by_the_keyboard(browser, pages):
    look(browser, "light")
    browser.get(pages)
    summary = browser.find_element(By.CSS_SELECTOR, ".tree summary")
    for expected in (["Root"], ["Root", "Unit", "One"]):
        summary.send_keys(Keys.ENTER)
        # What has just been opened has its text from the next frame on.
        WebDriverWait(browser, 10).until(lambda _, now=expected: shown(browser, ".tree a") == now)


def test_services_are_filtered_while_one_types(browser, pages):
    look(browser, "light")
    browser.get(f"{pages}/entities/111111111111")
    box(browser).send_keys("eu-west")
    assert shown(browser, "td:nth-child(2)") == ["zz"]


def large():
    units = [
        Entity(f"ou-{i}", EntityType.ORGANIZATIONAL_UNIT, f"Unit {i}", f"o/r-root/ou-{i}", "r-root")
        for i in range(100)
    ]
    accounts = [
        Entity(
            f"{i:012}", EntityType.ACCOUNT, f"account-{i}", f"o/r-root/ou-{i % 100}/{i:012}", f"ou-{i % 100}"
        )
        for i in range(10_000)
    ]
    return Discovery("o", "999999999999", "aws", (ROOT, *units, *accounts), at=NOW)


COUNT = "return [...document.querySelectorAll('.tree a')].filter((a) => a.checkVisibility()).length"


@pytest.mark.slow
def test_ten_thousand_accounts_are_found_by_typing(browser, world, serving):
    world.discovered(large())
    look(browser, "light")
    with serving(world) as running:
        browser.get(running.url)
        assert browser.execute_script(COUNT) == 101
        box(browser).send_keys("account-777")
        WebDriverWait(browser, 10).until(lambda _: shown(browser, "output") == ["11 shown"])
        assert browser.execute_script(COUNT) == 22  # with the units that they are in, and the root
        assert browser.get_log("browser") == []


def units_of_accounts():
    found = large()
    return Discovery("o", "999999999999", "aws", found.entities[:701], at=NOW)


def test_what_is_opened_is_loaded(browser, world, serving):
    world.discovered(units_of_accounts())
    look(browser, "light")
    with serving(world) as running:
        browser.get(running.url)
        assert browser.execute_script(COUNT) == 101
        browser.find_elements(By.CSS_SELECTOR, ".tree summary")[1].send_keys(Keys.ENTER)
        WebDriverWait(browser, 10).until(lambda _: browser.execute_script(COUNT) == 107)
        assert browser.get_log("browser") == []


def test_what_is_not_on_the_page_is_found_by_typing(browser, world, serving):
    world.discovered(units_of_accounts())
    look(browser, "light")
    with serving(world) as running:
        browser.get(running.url)
        box(browser).send_keys("account-577")
        WebDriverWait(browser, 10).until(lambda _: shown(browser, "output") == ["1 shown"])
        assert shown(browser, ".tree a") == ["Root", "Unit 77", "account-577"]
        box(browser).clear()
        box(browser).send_keys("x", Keys.BACKSPACE)
        WebDriverWait(browser, 10).until(lambda _: browser.execute_script(COUNT) == 101)


HIDDEN = """
const cells = [...document.querySelectorAll("td")].filter((cell) => !cell.checkVisibility());
const wide = [...document.querySelectorAll(".wide")];
const scrolled = wide.filter((each) => each.scrollWidth > each.clientWidth);
return [cells.length, scrolled.length, document.documentElement.scrollWidth > innerWidth];
"""
BROKEN = """
const height = (each) => each.getBoundingClientRect().height;
return [...document.querySelectorAll(".tree .name > a")].filter((name) => height(name) > 30).length;
"""


@pytest.mark.parametrize("width", [375, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/services", "/services/s3", "/entities/111111111111"])
def test_nothing_is_wider_than_the_window_and_every_column_is_there(browser, world, serving, path, width):
    named = [replace(each, name=f"settlement-{each.name}-2") for each in DISCOVERY.entities]
    world.discovered(replace(DISCOVERY, entities=tuple(named)))
    orchestrator = S3._replace(namespace="migrationhub-orchestrator", name="AWS Migration Hub Orchestrator")
    for entity in DISCOVERY.entities:
        world.stood(report_of(entity.id, services=(S3, EC2, orchestrator)))
    seen(browser, "light", width)
    with serving(world) as running:
        browser.get(running.url + path)
        assert browser.execute_script(HIDDEN) == [0, 0, False]
        assert browser.execute_script(BROKEN) == 0


def waits(browser, told):
    WebDriverWait(browser, 10).until(lambda _: told())


def test_ages_move_as_python_tells_them_and_news_arrives_without_a_reload(
    browser, world, serving, monkeypatch
):
    monkeypatch.setattr(markup, "EVERY", 0.2)
    world.filled()
    look(browser, "light")
    with serving(world) as running:
        browser.get(running.url)
        browser.execute_script("window.same = true")
        assert shown(browser, "[data-live=news] ul li") == []
        piece = News(Subject(ROOT.id), NewsKind.FIRST_USED, "s3", NOW - 5, NOW - 1, name="Amazon S3")
        world.publication.stood("default", report_of(ROOT.id, services=SERVICES, not_accessed=17), [piece])
        waits(browser, lambda: any("Amazon S3" in each for each in shown(browser, "[data-live=news] ul li")))
        assert shown(browser, "[role=status]") == ["There is news."]
        waits(browser, lambda: "17" in shown(browser, ".tree .row [data-of='not accessed']")[0])
        world.moment += 3 * 86_400 + 3_700
        waits(browser, lambda: shown(browser, ".tree .since")[-1] == spoken(3 * 86_400 + 4_300))
        assert browser.execute_script("return window.same")
    waits(browser, lambda: shown(browser, "[role=status]")[0].startswith("The exporter does not answer"))
    browser.get_log("browser")  # which tells of the refused connections


def test_what_is_open_or_written_stays_while_the_page_is_renewed(browser, world, serving, monkeypatch):
    monkeypatch.setattr(markup, "EVERY", 0.2)
    world.discovered(years(DISCOVERY))
    for entity in DISCOVERY.entities:
        world.stood(report_of(entity.id, services=SERVICES))
    look(browser, "light")
    with serving(world) as running:
        browser.get(f"{running.url}/entities/ou-root-unit")
        waits(browser, lambda: shown(browser, "button.copy") == ["Copy"])
        browser.find_element(By.CSS_SELECTOR, ".why summary").click()
        browser.execute_script("document.activeElement.blur()")
        box(browser).send_keys("eu-west")
        world.moment += 400
        world.stood(report_of("ou-root-unit", created=NOW + 300, services=SERVICES))
        waits(browser, lambda: "22:18" in " ".join(shown(browser, "[data-live=advice] time")))
        assert shown(browser, "[data-live=services] td:nth-child(2)") == ["zz"]
        assert browser.find_element(By.CSS_SELECTOR, ".why").get_attribute("open") is not None
        browser.find_element(By.CSS_SELECTOR, "button.copy").click()
        waits(browser, lambda: shown(browser, "button.copy") == ["Copied"])
