"""Dashboards drawn by Grafana's own components in headless Chromium."""

import base64
import contextlib
import json
import subprocess
import threading
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from grafana.files import encode
from tests.grafana.worlds import NOW

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)
_PAGE = b"""<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<style>body { margin: 0 }</style>
<div id="root"></div>
<script src="/page.js"></script>
"""
_DRAW = """
const [request, done] = arguments;
draw(request).then(done, (error) => done({ failed: `${error} ${error?.stack}` }));
"""


_ROW = 38  # pixels, the space between two included
_TOP = 150


def _bottom(dashboard):
    boxes = [panel.grid_pos for panel in dashboard.panels]
    return _TOP + _ROW * max(box.y + box.h for box in boxes)


@dataclass(frozen=True)
class Drawer:
    """A browser, and the Prometheus that its pages ask."""

    browser: webdriver.Chrome
    page: str
    prometheus: str

    def draw(self, dashboard, chosen, *, hours=12.0, width=1900, theme="dark", every_row=False, now=NOW):
        """What there is on a dashboard: see render/report.js. ``chosen`` has values of variables by name."""
        self._resize(width, _bottom(dashboard))
        request = {
            "dashboard": json.loads(encode(dashboard)),
            "prometheus": self.prometheus,
            "chosen": chosen,
            "from": now - hours * 3600,
            "to": now,
            "theme": theme,
            "everyRow": every_row,
        }
        found = self.browser.execute_async_script(_DRAW, request)
        assert "failed" not in found, found["failed"]
        return found

    def _resize(self, width, height):
        """Room for all of it: what is out of sight is not drawn."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def picture(self, path: Path, height: float, width: float, scale: float = 1.0, *, fast: bool = False):
        """Keep what is drawn as a PNG; ``fast`` makes it larger."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        options = {"format": "png", "clip": clip, "optimizeForSpeed": fast}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            base64.b64decode(self.browser.execute_cdp_cmd("Page.captureScreenshot", options)["data"])
        )


@contextlib.contextmanager
def drawer_of(tool, folder, prometheus):
    """One browser for many dashboards."""
    bundle = subprocess.run(
        [tool("grafana-render")], capture_output=True, text=True, check=True
    ).stdout.strip()
    options = webdriver.ChromeOptions()
    options.binary_location = tool("chromium")
    for flag in (*FLAGS, f"--user-data-dir={folder}/browser"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with _serving(bundle) as page:
        browser = webdriver.Chrome(options=options, service=Service(tool("chromedriver")))
        try:
            browser.set_script_timeout(60)
            browser.get(page)
            yield Drawer(browser, page, prometheus)
        finally:
            browser.quit()


@contextlib.contextmanager
def _serving(bundle):
    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path != "/":
                super().do_GET()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(_PAGE)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=bundle)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
