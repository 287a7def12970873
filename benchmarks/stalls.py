"""Health checks while reports are parsed and scrapes go on: how long anybody has to wait.

Scrapers and the one who asks after the health are processes of their own. Reports come ten a second, or one
right after the other, where AWS makes one in six seconds for each organization.
"""

import gzip
import http.client
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from benchmarks.scrape import OPENMETRICS, Server, server
from benchmarks.table import table

SECONDS = 20.0
AT_ONCE = 20  # scrapes
PAUSE = 1.0  # s between two such bursts
_REPORTS = {"busy": "ten reports a second", "flooded": "reports without a pause"}


def scrapers(url: str, seconds: float) -> None:
    """Bursts of scrapes; prints how many were complete, and how many were not."""
    complete = broken = 0
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while time.monotonic() < end:
            bodies = list(pool.map(_scrape, [url] * AT_ONCE))
            good = sum(body[:2] == b"\x1f\x8b" for body in bodies)
            # To inflate all would keep this machine's second core busy; one stands for its burst.
            good -= not gzip.decompress(bodies[0]).endswith(b"# EOF\n")
            complete += good
            broken += len(bodies) - good
            time.sleep(PAUSE)
    print(json.dumps([complete, broken]))


def _scrape(url: str) -> bytes:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    connection.request("GET", "/metrics", headers={"Accept": OPENMETRICS, "Accept-Encoding": "gzip"})
    body = connection.getresponse().read()
    connection.close()
    return body


def health(url: str, seconds: float) -> None:
    """A health check every 10 ms; prints the waits in seconds, in order."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    waits = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        connection.request("GET", "/-/healthy")
        assert connection.getresponse().read()
        waits.append(time.perf_counter() - start)
        time.sleep(0.01)
    print(json.dumps(sorted(waits)))


def _during(target: Server, what: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "benchmarks.stalls", what, target.url, str(SECONDS)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def _row(kind: str, series: int, *, scraped: bool) -> tuple[str, ...]:
    with server(kind, series) as target, _during(target, "health") as checks:
        bodies = [0, 0]
        if scraped:
            with _during(target, "scrapers") as scrapes:
                bodies = json.loads(scrapes.communicate()[0])
        waits = json.loads(checks.communicate()[0])
    load = " and ".join(
        [
            *([_REPORTS[kind]] if kind in _REPORTS else []),
            *([f"{AT_ONCE} scrapes at once, every second"] if scraped else []),
        ]
    )
    cells = (f"{waits[int(len(waits) * share)] * 1e3:.1f}" for share in (0.5, 0.99))
    scrapes_done = f"{bodies[0]} / {bodies[1]}" if scraped else ""
    return f"{series:,}, {load or 'nothing else'}", *cells, f"{waits[-1] * 1e3:.1f}", scrapes_done


def report(series: int = 500_000) -> str:
    """The section of the results."""
    rows = [
        _row("exporter", series, scraped=False),
        _row("busy", series, scraped=False),
        _row("exporter", series, scraped=True),
        _row("busy", series, scraped=True),
        _row("flooded", series, scraped=True),
    ]
    head = ("series, and what goes on", "p50 ms", "p99 ms", "longest ms", "scrapes complete / broken")
    return "\n\n".join(["## Waiting for a health check", table(head, rows)])


if __name__ == "__main__":
    {"scrapers": scrapers, "health": health}[sys.argv[1]](sys.argv[2], float(sys.argv[3]))
