"""The pictures of the exporter's own pages in the documentation: a part of ``make pictures``."""

import json
import tempfile
from pathlib import Path

from selenium.webdriver.common.by import By

from tests.conftest import find_tool
from tests.end_to_end.conftest import running, wait_for
from tests.web.browsing import launched, seen

IMAGES = Path(__file__).parents[2] / "docs" / "images"
ARGUMENTS = ("demo", "--failing-account", "--speed=30", "--web.listen-address=127.0.0.1:0")
WIDTH = 1280
HEIGHT = 1000
PICTURES = {"landing": "/", "page-entity": "/entities/{unit}"}


def main() -> None:
    """Draw each, and say where it is."""
    with tempfile.TemporaryDirectory() as name, running(Path(name), *ARGUMENTS) as demo:
        demo.wait_until_listening()
        demo.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="pending"\} 0$')
        demo.wait_for_line(
            r'^aws_org_access_news_total\{organization="demo",kind="first_used"\} ([6-9]|\d\d)'
        )
        demo.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="failed"\} 1$')
        browser = launched(find_tool("chromium"), find_tool("chromedriver"), f"{name}/browser")
        try:
            for picture, path in PICTURES.items():
                seen(browser, "light", WIDTH, HEIGHT)
                browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
                browser.get(demo.url + path.format(unit=_unit(demo)))
                wait_for(lambda: not browser.find_elements(By.CSS_SELECTOR, "[data-pending]"), "the policy")
                file = IMAGES / f"{picture}.png"
                browser.save_screenshot(str(file))
                print(file)
        finally:
            browser.quit()


def _unit(demo):
    entities = json.loads(demo.get("/api/v1/entities")[1])["data"]["entities"]
    return next(entity["entity_id"] for entity in entities if entity["entity_name"] == "Payments")


if __name__ == "__main__":
    main()
