"""Three people's questions, in a browser with two clicks at most and at a terminal with one command."""

import csv
import io
import json
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import environment, running
from tests.web.browsing import launched, printed, seen

pytestmark = [pytest.mark.slow, pytest.mark.tool("chromium", "chromedriver", "pdftotext")]

CLICKS = 2
AT_ONCE = 60.0  # s for an answer on a machine that does ten things at once; a second or two on an idle one
WORK = 12.0  # s of a processor that a command may take, with all that it starts
CELLS = "return [...document.querySelectorAll(arguments[0])].map((cell) => cell.innerText)"


@dataclass
class Place:
    """Where an exporter runs that has every report, and the flags of commands beside it."""

    url: str
    config: str
    state: str
    folder: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    file, state = folder / "config.yml", f"sqlite:///{folder}/state.db"
    with start(SimulationOptions(accounts=30, ous=8, speed=300, seed=7)) as aws:
        endpoints = dict.fromkeys(("iam", "organizations", "sts"), aws.url)
        file.write_text(json.dumps({"organizations": [{"name": "demo", "endpoints": endpoints}]}))
        flags = (f"--config.file={file}", f"--state.url={state}", "--web.listen-address=127.0.0.1:0")
        with running(folder, "serve", *flags) as program:
            program.wait_until_listening()
            program.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="fresh"\} [1-9]')
            program.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="pending"\} 0$')
            yield Place(program.url, str(file), state, folder)


class Person:
    """Somebody with a question, who clicks and looks at a clock."""

    def __init__(self, browser, url):
        self.browser, self.url = browser, url
        self.clicks = 0
        self.began = time.monotonic()

    def click(self, words):
        self.clicks += 1
        self.browser.find_element(By.LINK_TEXT, words).click()

    def answered(self):
        """With how many clicks, and whether it took no longer than one waits."""
        return self.clicks <= CLICKS and time.monotonic() - self.began < AT_ONCE

    def cells(self, selector):
        return self.browser.execute_script(CELLS, selector)


@pytest.fixture(scope="module")
def chromium(tool, tmp_path_factory):
    driver = launched(tool("chromium"), tool("chromedriver"), tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()


@pytest.fixture
def person(place, chromium):
    seen(chromium, "light", 1280)
    chromium.get(f"{place.url}/")
    return Person(chromium, place.url)


def _worked():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def command(place):
    """What one command prints."""

    def run(*arguments):
        whole = [sys.executable, "-m", "exporter", *arguments, "--config.file", place.config]
        surroundings, before = environment(place.folder), _worked()
        ran = subprocess.run(whole, env=surroundings, capture_output=True, text=True, check=False)
        assert (ran.returncode, _worked() - before < WORK) == (0, True), ran.stderr
        return ran.stdout

    return run


def test_what_may_payments_use_and_never_did(person):
    person.click("Payments")
    person.click("Last used")
    when = person.cells("[data-live=services] td[data-of='Last used']")
    never = [cell for cell in when if cell.startswith(("never", "not since"))]
    assert person.answered()
    assert when[: len(never)] == never
    assert f"{len(never)} services" in person.cells("[data-live=entity] dd")


def test_what_may_payments_use_and_never_did_at_a_terminal(command):
    rows = list(csv.DictReader(io.StringIO(command("report", "--entity", "Payments", "--output", "csv"))))
    never = {row["service_namespace"] for row in rows if row["accessed"] == "false"}
    assert len(rows) > len(never) > 100
    assert "robomaker" in never


def test_who_used_bedrock_this_week(person):
    person.browser.find_element(By.CSS_SELECTOR, "input[name=filter]").send_keys("bedrock", Keys.ENTER)
    person.click("Amazon Bedrock")
    users, when = person.cells("td[data-of='Entity']"), person.cells("td[data-of='Last used']")
    assert person.answered()
    assert "Root" in users
    assert when == sorted(when, key=lambda each: each[:10], reverse=True)
    assert re.match(r"\d{4}-\d\d-\d\d (\d+ s|\d+ min|\d+ h.*|[0-6] d.*) ago", when[0])


def test_who_used_bedrock_this_week_at_a_terminal(command, place):
    found = command("who-uses", "bedrock", "--state.url", place.state, "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(found)))
    assert "Root" in {row["entity_name"] for row in rows}


def words(tool, file):
    """What can be read of a PDF, without blanks: lines fold where they will. No word leaves the paper."""
    for page in _read(tool, "-bbox", file).split("<page ")[1:]:
        width, height = (float(re.search(f'{side}="([0-9.]+)"', page)[1]) for side in ("width", "height"))
        places = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">', page)
        left, top, right, bottom = zip(*(map(float, place) for place in places), strict=True)
        assert (min(left) > 0, max(right) < width, min(top) > 0, max(bottom) < height) == (True,) * 4
    return re.sub(r"\s", "", _read(tool, "-raw", file))


def _read(tool, how, file):
    return subprocess.run(
        [tool("pdftotext"), how, str(file), "-"], check=True, capture_output=True, text=True
    ).stdout


def missing(cells, text):
    return [cell for cell in cells if re.sub(r"\s", "", cell) not in text]


def test_evidence_of_an_ou_on_paper(person, tool, tmp_path):
    person.click("Payments")
    rows = person.cells("[data-live=services] td:not([data-of='Last used'])")
    days = [cell.split(" ")[0] for cell in person.cells("[data-live=services] td[data-of='Last used']")]
    (tmp_path / "page.pdf").write_bytes(printed(person.browser))
    text = words(tool, tmp_path / "page.pdf")
    assert person.answered()
    assert len(rows) > 1000
    assert (
        missing({*rows, *days, *person.cells("[data-live=entity] dd code"), *person.cells("th")}, text) == []
    )
    assert person.cells("pre")[0].count(":*") == text.count(":*") > 100


def test_evidence_of_an_ou_in_a_file_for_mail_and_paper(command, chromium, tool, tmp_path):
    file = tmp_path / "payments.html"
    file.write_text(command("report", "--entity", "Payments", "--output", "html"), "utf-8")
    chromium.get(file.as_uri())
    cells = chromium.execute_script(CELLS, "td, th, dd")
    (tmp_path / "file.pdf").write_bytes(printed(chromium))
    text = words(tool, tmp_path / "file.pdf")
    assert len(cells) > 2000
    assert missing(set(cells), text) == []
    assert chromium.get_log("browser") == []
