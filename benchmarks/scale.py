"""What grows with an organization, and how fast: ``python -m benchmarks.scale ACCOUNTS`` measures one size.

Each size has a process of its own. Growth is what ten times the accounts take, divided by ten: 1 is as
fast as the organization, less is slower.
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from benchmarks.scrape import _PAGE
from benchmarks.servers import _surface
from benchmarks.size import PER_UNIT, USED, entities, standing
from benchmarks.table import table
from exporter.aws import configured
from exporter.config import parse
from exporter.garbage import unsearched
from exporter.model import Discovery, Entity, Standing
from exporter.publication import Publication
from exporter.simulator import SimulationOptions, start
from exporter.store.sqlite import SqliteStore
from exporter.telemetry.instruments import Instruments
from exporter.web import Listeners, WebSettings

ACCOUNTS = (1_000, 10_000, 50_000)
_TARGETS = parse("organizations: [{name: bench}]", "benchmark").organizations[0].targets
_AGES = 5
_PAGES = ("/", "/sd", "/metrics")
FIGURES = {
    "discovery": "discovery, CPU s",
    "memory": "memory, MiB",
    "publish": "a new report, CPU ms",
    "tick": "renewal of all ages, CPU ms",
    "/": "`/`, CPU ms",
    "/sd": "`/sd`, CPU ms",
    "/metrics": "scrape, CPU ms",
    "restart": "restart from SQLite, CPU s",
}


def _resident() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 2**20


def _cpu(work: Callable[[], object], times: int = 1) -> float:
    """Seconds of CPU that one time takes."""
    before = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - before) / times


def _used(entity: Entity, now: float, *, new: bool = False) -> Standing:
    """Only the services that were used: others are shown of no account, and only counted of an OU."""
    told = standing(entity, now)
    assert told.report is not None
    rows = tuple(row for row in told.report.services if row.last_authenticated)
    created = now if new else told.report.created
    return replace(told, report=replace(told.report, services=rows, created=created))


def _discovery(accounts: int) -> float:
    """CPU seconds of this process: the simulation has its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "simulate", str(accounts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            places = ", ".join(f'{name}: "{url}"' for name in ("iam", "organizations", "sts"))
            text = f"organizations: [{{name: bench, endpoints: {{{places}}}}}]"
            aws = configured.organization(parse(text, "benchmark").organizations[0], lambda _: None)
            return _cpu(aws.discover)
        finally:
            process.terminate()


def _simulate(accounts: int) -> None:
    with start(SimulationOptions(accounts=accounts, ous=accounts // PER_UNIT)) as aws:
        print(aws.url, flush=True)
        threading.Event().wait()


def _filled(path: Path, found: Discovery, now: float) -> None:
    store = SqliteStore(path)
    lease = store.acquire("bench")
    assert lease is not None
    store.discovered(lease, found)
    for entity in found.entities:
        store.keep(lease, _used(entity, now))
    store.close()


def _restored(path: Path) -> Publication:
    """As a program that starts does it."""
    store = SqliteStore(path)
    with unsearched():
        known = store.recall("bench")
        made = Publication(time.time)
        made.configure([("bench", _TARGETS, ())])
        assert known.discovery is not None
        made.restored("bench", known.discovery, known.standings)
    made.changed("bench", up=True, job_seconds=9.0, lease_held=True)
    store.close()
    return made


@contextmanager
def _serving(held: Publication) -> Iterator[str]:
    surface = replace(_surface(held), own=Instruments().sections, clock=time.time)
    listeners = Listeners(surface, WebSettings(listen_addresses=("127.0.0.1:0",)))
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    asyncio.run_coroutine_threadsafe(listeners.start(), loop).result()
    yield listeners.addresses[0]
    asyncio.run_coroutine_threadsafe(listeners.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)


def _get(url: str) -> None:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        answer.read()


def measured(accounts: int) -> dict[str, float]:
    """The figures of one size, in MiB and seconds."""
    figures = {"discovery": _discovery(accounts)}
    now = time.time()
    found = Discovery("o-benchmarks0", "9" * 12, "aws", tuple(entities(accounts)), at=now)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.db")
        _filled(path, found, now)
        before, cpu = _resident(), time.process_time()
        held = _restored(path)
        figures["restart"] = time.process_time() - cpu
        figures["memory"] = _resident() - before
    some = iter([_used(entity, now, new=True) for entity in found.entities[-100:]])
    figures["publish"] = _cpu(lambda: held.stood("bench", next(some)), 100)
    figures["tick"] = _cpu(held.tick, _AGES)
    with _serving(held) as url:
        for page in _PAGES:
            _get(url + page)
            # What publishing has made stale is made anew, once for all who ask.
            held.stood("bench", _used(found.entities[-1], now + 1, new=True))
            figures[page] = _cpu(lambda page=page: _get(url + page))  # type: ignore[misc]
    return figures


def _row(what: str, sizes: list[dict[str, float]]) -> tuple[str, ...]:
    milli = 1e3 if "ms" in FIGURES[what] else 1.0
    values = [figures[what] for figures in sizes]
    ratios = [
        f"{(after / before) / (more / fewer):.2f}"
        for (before, after), (fewer, more) in zip(_pairs(values), _pairs(ACCOUNTS), strict=True)
    ]
    return (FIGURES[what], *(f"{value * milli:,.1f}" for value in values), *ratios)


def _pairs(values: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(values))


def report() -> str:
    """The section of the results."""
    sizes = [
        json.loads(subprocess.check_output([sys.executable, "-m", "benchmarks.scale", str(accounts)]))
        for accounts in ACCOUNTS
    ]
    head = ("", *(f"{accounts:,} accounts" for accounts in ACCOUNTS))
    growth = [f"growth to {more:,}" for _, more in _pairs(ACCOUNTS)]
    told = (
        f"A simulated organization with an OU for {PER_UNIT} accounts; an account uses {USED} services. "
        "A growth of 1 is as fast as the organization. Pages are the first ones after a new report."
    )
    return f"## Scale\n\n{told}\n\n{table((*head, *growth), [_row(what, sizes) for what in FIGURES])}"


if __name__ == "__main__":
    if sys.argv[1] == "simulate":
        _simulate(int(sys.argv[2]))
    else:
        os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_EC2_METADATA_DISABLED="true")
        print(json.dumps(measured(int(sys.argv[1]))))
