"""Health checks while hundreds of clients are slow or all want the same: how long anybody has to wait.

The clients and the one who asks after the health are processes of their own; each check comes over a
connection of its own, as a kubelet's does.
"""

import asyncio
import json
import subprocess
import sys
import time
from urllib.parse import urlsplit

from benchmarks.scrape import Server, server
from benchmarks.table import table

SECONDS = 20.0
SLOW = 300  # clients that never come to the end of their request
AT_ONCE = 200  # scrapes
PAUSE = 1.0  # s between two such bursts
_SCRAPE = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"
_HEALTH = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def _ask(place: tuple[str, int], request: bytes) -> int:
    """The status, once the whole answer is there."""
    reader, writer = await asyncio.open_connection(*place)
    writer.write(request)
    received = await reader.read()
    writer.close()
    return int(received.split(b" ", 2)[1])


async def _half_open(place: tuple[str, int], index: int) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection(*place)
    writer.write(_SCRAPE[: index % (len(_SCRAPE) - 2)])
    return writer


async def _trickle(clients: list[asyncio.StreamWriter]) -> None:
    """Another byte of an endless header from each of them, ten times a second."""
    while True:
        for writer in clients:
            if not writer.is_closing():
                writer.write(b"a")
        await asyncio.sleep(0.1)


async def _attack(place: tuple[str, int], seconds: float, scrapes: int) -> dict[int, int]:
    clients = await asyncio.gather(*(_half_open(place, index) for index in range(SLOW)))
    slow = asyncio.create_task(_trickle(clients))
    statuses: dict[int, int] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for status in await asyncio.gather(*(_ask(place, _SCRAPE) for _ in range(scrapes))):
            statuses[status] = statuses.get(status, 0) + 1
        await asyncio.sleep(PAUSE)
    slow.cancel()
    return statuses


async def _checks(place: tuple[str, int], seconds: float) -> list[float]:
    """The waits in seconds, in order."""
    waits = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        assert await _ask(place, _HEALTH) == 200
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.01)
    return sorted(waits)


def _during(target: Server, what: str, scrapes: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "benchmarks.attack", what, target.url, str(scrapes)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def _row(series: int, scrapes: int) -> tuple[str, ...]:
    with server("exporter", series) as target:
        before = target.resident()
        with _during(target, "attack", scrapes) as attack, _during(target, "checks", 0) as checks:
            waits = json.loads(checks.communicate()[0])
            grown = target.resident() - before
            statuses = json.loads(attack.communicate()[0])
    cells = (f"{waits[int(len(waits) * share)] * 1e3:.1f}" for share in (0.5, 0.99))
    served = " / ".join(f"{statuses.get(status, 0)}" for status in ("200", "503"))
    other = sum(statuses.values()) - sum(statuses.get(status, 0) for status in ("200", "503"))
    return f"{series:,}, {scrapes}", *cells, f"{waits[-1] * 1e3:.1f}", f"{served} / {other}", f"{grown:.0f}"


def report(series: int = 500_000) -> str:
    """The section of the results."""
    rows = [_row(series, 0), _row(50_000, AT_ONCE), _row(series, AT_ONCE)]
    head = (
        "series, and scrapes at once every second",
        "p50 ms",
        "p99 ms",
        "longest ms",
        "answered 200 / 503 / otherwise",
        "MiB more",
    )
    title = f"## Waiting for a health check while {SLOW} clients hold connections half open"
    return "\n\n".join([title, table(head, rows)])


def _main(what: str, url: str, scrapes: int) -> None:
    address = urlsplit(url)
    place = address.hostname or "", address.port or 0
    found = asyncio.run(_attack(place, SECONDS, scrapes) if what == "attack" else _checks(place, SECONDS))
    print(json.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
