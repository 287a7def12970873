"""Scrapes over HTTP: CPU of the server, wall time and bytes, side by side."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from benchmarks.fixture import NOW, publication, standing
from benchmarks.table import table
from exporter.telemetry.instruments import Instruments

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
TEXT = "text/plain;version=0.0.4"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
GO = ("client_golang", "stores")
_PEER_NAMES = {
    "exporter": "this exporter",
    "stores": "kube-state-metrics' way",
    "client_golang": "client_golang",
    "client": "prometheus-client",
}
_PEER_HEAD = ("gzip: CPU ms", "wall ms", "identity: CPU ms", "wall ms", "MiB held", "MiB resident")
_PEERS = Path(__file__).parent / "peers"
FORMATS = {"text": TEXT, "OpenMetrics": OPENMETRICS}


@dataclass(frozen=True)
class Server:
    """A running server: ``memory`` in MiB and ``build_cpu`` in seconds are what holding the samples took."""

    pid: int
    url: str
    memory: float
    build_cpu: float
    series: int

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident(self) -> float:
        """MiB of memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE / 2**20


@contextmanager
def server(kind: str, series: int) -> Iterator[Server]:
    """A server in a process of its own."""
    with TemporaryDirectory() as folder:
        arguments = _go(kind, series, Path(folder)) if kind in GO else _python(kind, series)
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Server(pid=process.pid, **json.loads(process.stdout.readline()))
            finally:
                process.terminate()


def _python(kind: str, series: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.servers", kind, str(series)]


def _go(kind: str, series: int, folder: Path) -> list[str]:
    """Built anew, which Go's cache makes short."""
    program, page = folder / "peers", folder / "page"
    subprocess.run(["go", "build", "-buildvcs=false", "-o", program, "."], cwd=_PEERS, check=True)
    with page.open("wb") as out:
        subprocess.run(_python("page", series), stdout=out, check=True)
    return [str(program), kind, str(page)]


@dataclass(frozen=True)
class Scraped:
    """Per scrape: the server's CPU and the wall time in seconds, and the bytes of the body."""

    cpu: float
    wall: float
    length: int


def scrape(target: Server, encoding: str, accept: str, times: int) -> Scraped:
    """``times`` scrapes over one connection, after one that warms up."""
    address = urlsplit(target.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
    headers = {"Accept": accept, "Accept-Encoding": encoding}
    length = _once(connection, headers)
    before = target.cpu()
    walls = []
    for _ in range(times):
        start = time.perf_counter()
        _once(connection, headers)
        walls.append(time.perf_counter() - start)
    cpu = (target.cpu() - before) / times
    connection.close()
    return Scraped(cpu, statistics.median(walls), length)


def _once(connection: http.client.HTTPConnection, headers: dict[str, str]) -> int:
    connection.request("GET", "/metrics", headers=headers)
    answer = connection.getresponse()
    length = 0
    while piece := answer.read(1 << 20):
        length += len(piece)
    return length


def _rows(series: int, others: Sequence[int]) -> Iterator[tuple[str, ...]]:
    with server("exporter", series) as ours, server("static", series) as static:
        measured = {
            (encoding, name): (scrape(ours, encoding, accept, 100), scrape(static, encoding, accept, 100))
            for encoding in ("gzip", "identity")
            for name, accept in FORMATS.items()
        }
    theirs: dict[tuple[str, str], Scraped] = {}
    if series in others:
        with server("client", series) as client:
            theirs = {
                (encoding, name): scrape(client, encoding, accept, 2)
                for encoding in ("gzip", "identity")
                for name, accept in FORMATS.items()
            }
    for key, (mine, bytes_only) in measured.items():
        yield _row(series, key, mine, bytes_only, theirs.get(key))


def _row(
    series: int, key: tuple[str, str], mine: Scraped, static: Scraped, client: Scraped | None
) -> tuple[str, ...]:
    return (
        f"{series:,}, {key[0]}, {key[1]}",
        f"{mine.length / 1e6:.1f}",
        f"{mine.cpu * 1e3:.1f}",
        f"{client.cpu * 1e3:,.0f}" if client else "",
        f"{client.cpu / max(mine.cpu, 1e-3):,.0f} x" if client else "",
        f"{mine.wall * 1e3:.1f}",
        f"{static.wall * 1e3:.1f}",
        f"{mine.wall / static.wall:.2f} x",
    )


def _memory(sizes: Sequence[int]) -> Iterator[tuple[str, ...]]:
    for series in sizes:
        with server("exporter", series) as ours:
            pass
        with server("client", series) as client:
            pass
        yield (
            f"{ours.series:,}",
            f"{ours.memory:.0f}",
            f"{client.memory:.0f}",
            f"1/{client.memory / ours.memory:.1f}",
            f"{ours.build_cpu:.2f}",
        )


def _change(series: int) -> tuple[str, ...]:
    """What one new report, and one renewal of all ages, cost the exporter."""
    held = publication(series, lambda: NOW)
    Instruments()
    count = len(held.current.snapshot.organizations[0].work)
    reports = [standing(1 + (i * 37) % count, generation=i) for i in range(1, 101)]
    start = time.process_time()
    for report in reports:
        held.stood("bench", report)
    published = (time.process_time() - start) / len(reports)
    start = time.process_time()
    for _ in range(5):
        held.tick()
    ticked = (time.process_time() - start) / 5
    return f"{held.current.exposition.series:,}", f"{published * 1e3:.2f}", f"{ticked * 1e3:.1f}"


def _peers(series: int) -> Iterator[tuple[str, ...]]:
    """The ways of others beside ours, in turns: the ratios are of servers that ran one after the other."""
    encodings = ("gzip", "identity")
    for kind in ("exporter", "stores", "client_golang", "client"):
        with server(kind, series) as each:
            times = 20 if kind in {"exporter", "stores"} else 2
            measured = [scrape(each, encoding, TEXT, times) for encoding in encodings]
            figures = [
                f"{figure * 1e3:,.1f}" for scraped in measured for figure in (scraped.cpu, scraped.wall)
            ]
            yield (_PEER_NAMES[kind], *figures, f"{each.memory:.0f}", f"{each.resident():.0f}")


def report(
    sizes: Sequence[int] = (50_000, 500_000, 2_000_000), others: Sequence[int] = (50_000, 500_000)
) -> str:
    """The section of the results."""
    scrapes = [row for series in sizes for row in _rows(series, others)]
    head = ("series, encoding, format", "MB", "CPU ms", "prometheus-client's CPU ms", "ratio")
    return "\n\n".join(
        [
            "## Scrapes",
            (
                "Over HTTP on loopback, the server in a process of its own; a fifth of the series are ages. "
                "The static server sends the exporter's bytes from memory and does nothing else."
            ),
            table((*head, "wall ms", "static server's wall ms", "ratio"), scrapes),
            f"## The ways of others, {others[-1]:,} series",
            (
                "client_golang renders everything at each scrape; kube-state-metrics keeps the text of each "
                "object as it changes, and compresses at a scrape. Both are in Go, from `benchmarks/peers`. "
                "Resident: after the scrapes; uncompressed text is forgotten five minutes later."
            ),
            table(("", *_PEER_HEAD), _peers(others[-1])),
            "## Memory, and the CPU of rendering everything anew",
            table(("series", "MiB", "prometheus-client's MiB", "ratio", "CPU s to build"), _memory(others)),
            "## A new report, and the renewal of all ages every 30 s",
            table(("series", "CPU ms per report", "CPU ms per renewal"), map(_change, (5_000, *sizes))),
        ]
    )
