"""How soon the page ``/`` begins to arrive: over HTTP, on one connection, at 5,000 accounts."""

import http.client
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from benchmarks.scale import _serving, _used
from benchmarks.size import publication
from benchmarks.table import table
from exporter.garbage import sweep_garbage

ACCOUNTS = 5_000
TIMES = 40


def _arrival(connection: http.client.HTTPConnection) -> tuple[float, int]:
    """Seconds to the first byte of the body, and bytes of all of it."""
    start = time.perf_counter()
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    first = answer.read(1)
    seconds = time.perf_counter() - start
    return seconds, len(first + answer.read())


def _row(what: str, connection: http.client.HTTPConnection, before: Callable[[], object]) -> tuple[str, ...]:
    arrivals = []
    for _ in range(TIMES):
        before()
        arrivals.append(_arrival(connection))
    seconds = sorted(seconds for seconds, _ in arrivals)
    median, late = statistics.median(seconds), seconds[int(TIMES * 0.95)]
    return what, f"{median * 1e3:.1f}", f"{late * 1e3:.1f}", f"{max(size for _, size in arrivals) / 1e3:.1f}"


def report() -> str:
    """The section of the results."""
    held = publication(ACCOUNTS, "accessed")
    sweep_garbage()  # as the daemon does when it has read its state
    entities = [item.entity for item in held.current.snapshot.organizations[0].work[-TIMES:]]
    new = iter([_used(entity, time.time(), new=True) for entity in entities if entity is not None])
    with _serving(held) as url:
        address = urlsplit(url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        _arrival(connection)
        rows = [
            _row("nothing new", connection, lambda: None),
            _row("the first after a new report", connection, lambda: held.stood("bench", next(new))),
        ]
        connection.close()
    told = f"Of {TIMES} requests on one connection, which the exporter answers from the process that asks."
    head = ("", "first byte, median ms", "95th percentile ms", "kB gzip")
    return f"## The page `/` at {ACCOUNTS:,} accounts\n\n{told}\n\n{table(head, rows)}"
