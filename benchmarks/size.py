"""What an organization takes, by its size: series, bytes of a scrape, memory, Prometheus' memory and disk.

The exporter is a process of its own, with the default configuration or another setting of ``services`` for
accounts; a real Prometheus scrapes it. What a sample takes on disk is that of blocks which promtool writes.
Neither depends on how busy the machine is. ``python -m benchmarks.size ACCOUNTS SERVICES`` is the exporter.
"""

import asyncio
import gc
import gzip
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.servers import _surface
from benchmarks.table import table
from exporter.config import parse
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ServiceAccess,
    Standing,
    Subject,
    Targets,
)
from exporter.publication import Publication
from exporter.services import service_names
from exporter.telemetry.instruments import Instruments
from exporter.web import Listeners, WebSettings

ACCOUNTS = (50, 500, 5_000)
USED = 34  # services that an account uses, of those that there are
PER_UNIT = 20  # accounts
SCRAPES = 3
EVERY = 120  # s between two scrapes, for what a day takes on disk
DAY = 86_400
SAMPLED = 300  # series of either kind, whose day is written to disk
SETTINGS = (("accessed", ""), ("accessed", "?exclude[]=ages"), ("none", ""))
_TOOLS = os.pathsep.join([str(Path(__file__).parents[1] / ".tools" / "bin"), os.environ.get("PATH", "")])


def entities(accounts: int) -> Iterator[Entity]:
    """A root, OUs of twenty accounts each, and the accounts."""
    root = "o-benchmarks0/r-root"
    yield Entity("r-root", EntityType.ROOT, "Root", root)
    units = [f"ou-root-{number:08}" for number in range(max(1, accounts // PER_UNIT))]
    for unit in units:
        yield Entity(unit, EntityType.ORGANIZATIONAL_UNIT, f"Unit {unit[-4:]}", f"{root}/{unit}", "r-root")
    for number in range(accounts):
        unit = units[number % len(units)]
        path = f"{root}/{unit}/{number:012}"
        yield Entity(f"{number:012}", EntityType.ACCOUNT, f"workload-{number}", path, unit, "ACTIVE")


def standing(entity: Entity, now: float) -> Standing:
    """A report of every service there is, of which some were used: on an OU as many again."""
    chance = random.Random(entity.id)
    names = service_names()
    count = USED if entity.id.isdecimal() else 2 * USED
    used = set(chance.sample(sorted(names), count))
    rows = tuple(
        ServiceAccess(name, title, "eu-central-1", entity.path, now - chance.randrange(1, 30_000_000), 1)
        if name in used
        else ServiceAccess(name, title, "", "", None, 0)
        for name, title in names.items()
    )
    created = float(int(now - chance.randrange(DAY)))
    report = Report(created, created + 9.0, len(rows), len(rows) - count, rows)
    return Standing(Subject(entity.id), report, JobView(JobStatus.COMPLETED, created, created + 9.0))


def _targets(services: str) -> Targets:
    text = f"organizations: [{{name: bench, targets: {{accounts: {{services: {services}}}}}}}]"
    return parse(text, "benchmark").organizations[0].targets


def publication(accounts: int, services: str) -> Publication:
    """All reports of such an organization."""
    now = time.time()
    made = Publication(time.time)
    made.configure([("bench", _targets(services), ())])
    found = tuple(entities(accounts))
    standings = {Subject(entity.id): standing(entity, now) for entity in found}
    made.restored("bench", Discovery("o-benchmarks0", "9" * 12, "aws", found, at=now), standings)
    made.changed("bench", up=True, job_seconds=9.0, lease_held=True)
    return made


async def _serve(accounts: int, services: str) -> None:
    held = publication(accounts, services)
    gc.collect()
    surface = replace(_surface(held), own=Instruments().sections, clock=time.time)
    listeners = Listeners(surface, WebSettings(listen_addresses=("127.0.0.1:0",)))
    await listeners.start()
    print(listeners.addresses[0], flush=True)
    await asyncio.Event().wait()


def _resident(pid: int) -> float:
    """MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class Size:
    """Series and bytes of a scrape, and MiB of the exporter and of Prometheus."""

    series: int
    plain: int
    packed: int
    exporter: float
    prometheus: float


@contextmanager
def _exporter(accounts: int, services: str) -> Iterator[tuple[str, int]]:
    """The address and the process id."""
    arguments = [sys.executable, "-m", "benchmarks.size", str(accounts), services]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


def measured(accounts: int, services: str, query: str) -> Size:
    """One setting: the page as it is fetched, and a Prometheus after a few scrapes of it."""
    with _exporter(accounts, services) as (url, pid):
        with urllib.request.urlopen(f"{url}/metrics{query}") as answer:
            text = answer.read()
        series = sum(1 for line in text.split(b"\n") if line and not line.startswith(b"#"))
        memory = _prometheus(url.removeprefix("http://"), query)
        return Size(series, len(text), len(gzip.compress(text, 1)), _resident(pid), memory)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prometheus(target: str, query: str) -> float:
    """MiB of a Prometheus of its own after some scrapes."""
    every = "15s"
    params = {"exclude[]": ["ages"]} if query else {}
    scrape = {"job_name": "bench", "params": params, "static_configs": [{"targets": [target]}]}
    settings = {"global": {"scrape_interval": every, "scrape_timeout": every}, "scrape_configs": [scrape]}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "prometheus.yml")
        file.write_text(json.dumps(settings))
        address = f"127.0.0.1:{_free_port()}"
        command = [
            shutil.which("prometheus", path=_TOOLS) or "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={address}",
            "--log.level=error",
        ]
        with subprocess.Popen(command) as process:
            try:
                _wait_for_scrapes(address)
                return _resident(process.pid)
            finally:
                process.terminate()


def _wait_for_scrapes(address: str) -> None:
    query = f"http://{address}/api/v1/query?query=count_over_time(scrape_samples_scraped[10m])"
    for _ in range(600):
        time.sleep(1)
        try:
            with urllib.request.urlopen(query) as answer:
                found = json.load(answer)["data"]["result"]
        except OSError:
            continue
        if found and int(found[0]["value"][1]) >= SCRAPES:
            return
    sys.exit("Prometheus does not scrape")


@dataclass(frozen=True)
class Disk:
    """Bytes of a series of ages, and of any other, for a day."""

    age: float
    other: float

    def of(self, size: Size, ages: int) -> float:
        """MB a day."""
        return (ages * self.age + (size.series - ages) * self.other) / 1e6


def disk() -> Disk:
    """What promtool makes of a day's samples, in blocks of two hours as Prometheus writes them first."""
    return Disk(_written("age_seconds", EVERY), _written("timestamp_seconds", 0))


def _written(ending: str, step: int) -> float:
    start = int(time.time()) // DAY * DAY - 2 * DAY
    name = f"aws_org_access_service_last_authenticated_{ending}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "samples")
        with file.open("w") as out:
            out.write(f"# TYPE {name} gauge\n")
            for number in range(SAMPLED):
                labels = f'organization="bench",entity_id="{number:012}",service_namespace="s{number % 40}"'
                first = 1_700_000_000 + number * 7919
                out.writelines(
                    f"{name}{{{labels}}} {first + i * step} {start + i * EVERY}\n"
                    for i in range(DAY // EVERY)
                )
            out.write("# EOF\n")
        promtool = shutil.which("promtool", path=_TOOLS) or "promtool"
        command = [promtool, "tsdb", "create-blocks-from", "openmetrics", file, f"{folder}/data"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return (
            sum(path.stat().st_size for path in Path(folder, "data").rglob("*") if path.is_file()) / SAMPLED
        )


def _named(services: str, query: str) -> str:
    if services == "none":
        return "`services: none` for accounts"
    return "`exclude[]=ages`" if query else "default"


def report() -> str:
    """The section of RESULTS.md."""
    per_day = disk()
    rows = []
    for accounts in ACCOUNTS:
        sizes = {setting: measured(accounts, *setting) for setting in SETTINGS}
        ages = sizes[SETTINGS[0]].series - sizes[SETTINGS[1]].series
        for (services, query), size in sizes.items():
            of_ages = 0 if query else ages if services != "none" else _ages_above(accounts)
            rows.append(_row(f"{accounts:,}, {_named(services, query)}", size, per_day.of(size, of_ages)))
    head = ("accounts, setting", "series", "MB", "MB gzip", "MiB", "Prometheus' MiB", "its MB a day")
    told = (
        f"An account uses {USED} of {len(service_names())} services, an OU of {PER_UNIT} accounts "
        f"{2 * USED}. Prometheus' memory is that after {SCRAPES} scrapes; its disk that of a scrape every "
        f"{EVERY // 60} minutes in blocks of two hours, {per_day.age:,.0f} bytes a day for a series of ages "
        f"and {per_day.other:,.0f} for any other."
    )
    return f"## Sizes\n\n{told}\n\n{table(head, rows)}"


def _ages_above(accounts: int) -> int:
    """Those of the root and the OUs."""
    return 2 * USED * (1 + max(1, accounts // PER_UNIT))


def _row(what: str, size: Size, daily: float) -> tuple[str, ...]:
    return (
        what,
        f"{size.series:,}",
        f"{size.plain / 1e6:.1f}",
        f"{size.packed / 1e6:.2f}",
        f"{size.exporter:.0f}",
        f"{size.prometheus:,.0f}",
        f"{daily:,.0f}",
    )


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
