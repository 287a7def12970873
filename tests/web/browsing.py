"""One headless Chromium, and how it looks at a page."""

import base64

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

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
_PHONE = 500  # pixels: what is narrower is held in a hand


def launched(chromium, chromedriver, directory):
    """A browser that keeps what it writes in this directory; whoever asks for it ends it by ``quit``."""
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={directory}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(chromedriver))


def seen(browser, scheme, width, height=900):
    """Look at pages in this colour scheme, so many pixels wide."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < _PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def printed(browser):
    """The page that is looked at as a PDF, on the paper that it asks for."""
    made = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    return base64.b64decode(made["data"])
