"""The pages in a real browser: headless Chromium."""

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from exporter.model import Discovery, Entity, EntityType, JobStatus, JobView, Standing, Subject
from tests.web.conftest import NOW, ROOT, report_of
from tests.web.test_entity_page import SERVICES

pytestmark = pytest.mark.tool("chromium", "chromedriver")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOOKS = {
    "light": ("light", 1200, False),
    "dark": ("dark", 1200, False),
    "narrow": ("light", 390, True),
}


@pytest.fixture(scope="module")
def browser(tool, tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = tool("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(tool("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def pages(world, serving):
    world.filled()
    world.stood(report_of("111111111111", services=SERVICES))
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    world.stood(Standing(Subject("ou-root-unit"), None, job, failures=1))
    with serving(world) as running:
        yield running.url


def look(browser, name):
    scheme, width, mobile = LOOKS[name]
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": mobile}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def shown(browser, selector):
    return [each.text for each in browser.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()]


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
    summary.send_keys(Keys.ENTER)
    assert shown(browser, ".tree a") == ["Root"]
    summary.send_keys(Keys.ENTER)
    assert shown(browser, ".tree a") == ["Root", "Unit", "One"]


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


@pytest.mark.parametrize("path", ["/", "/services", "/services/s3", "/entities/111111111111"])
def test_at_375_pixels_nothing_is_wider_than_the_window_and_every_column_is_there(browser, pages, path):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 375, "height": 900, "deviceScaleFactor": 1, "mobile": True},
    )
    browser.get(pages + path)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    hidden = "return [...document.querySelectorAll('td')].filter((cell) => !cell.checkVisibility()).length"
    assert browser.execute_script(hidden) == 0
