"""How long a real Prometheus takes to answer the dashboards at 1,000 accounts, and to evaluate the rules.

The series that panels ask over a range have seven days of samples, one a minute; the others are what a few
scrapes brought. Both come from the same exporter.
"""

import json
import os
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import remote_write
from benchmarks.organization import SERVICES
from benchmarks.scrape import server
from benchmarks.table import table
from grafana import DASHBOARDS, panels, with_variables
from grafana.files import RULES

SERIES = 500_000
DAYS = 7
STEP = 600  # s between the points of a graph: seven days on a screen
MARK_STEP = 300  # s between the moments at which marks are looked for
SERVICE = SERVICES[7][0]
_RULES_SEEN = 320.0  # s: the slowest group is evaluated every five minutes
CHOSEN = {
    "organization": ".+",
    "entity": "r-root",
    "parent": "",
    "watched": ".+",
    "regions": "eu-central-1",
    "service": SERVICE,
    "unused_for": str(90 * 86_400),
    "__rate_interval": "4m",
    "__range": f"{DAYS}d",
    "__range_s": str(DAYS * 86_400),
}
# What graphs and ranges read: all of roots and OUs but the rows, and one service everywhere.
_LASTING = re.compile(
    rf"""aws_org_access_(?:
        (?:entity_info|services_accessible|services_not_accessed|report_generated_\w+)\{{.*entity_id="(?:r|ou)-
        |service_(?:last_authenticated_timestamp_seconds|authenticated_entities)\{{.*service_namespace="{SERVICE}"
    )""",
    re.VERBOSE,
)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Asked(NamedTuple):
    """One query of a panel: at one moment, or with ``step`` seconds between those of a range."""

    dashboard: str
    panel: str
    expr: str
    step: int


def queries() -> list[Asked]:
    """All of them, as Grafana sends them; the marks in graphs are asked for once."""
    of_panels = [
        Asked(name, panel.title or "", with_variables(target.expr, CHOSEN), STEP if target.range_val else 0)
        for name, dashboard in DASHBOARDS.items()
        for panel in panels(dashboard)
        for target in panel.targets or []
    ]
    marks = [
        Asked(name, mark.name, with_variables(mark.expr or "", CHOSEN), MARK_STEP)
        for name, dashboard in DASHBOARDS.items()
        for mark in (dashboard.annotations.list_val or [] if dashboard.annotations else [])
    ]
    return [*of_panels, *marks]


def _recorded(line: str) -> Iterator[str]:
    """What the rules record for each entity, beside its number of services."""
    name, _, rest = line.partition("{")
    if name == "aws_org_access_services_accessible":
        labels = rest.rpartition("} ")[0]
        yield f"organization_entity:aws_org_access_services_used:count{{{labels}}} 100"
        yield f"organization_entity:aws_org_access_services_unused:ratio{{{labels}}} 0.5"


@contextmanager
def prometheus(folder: Path, target: str = "", rules: Path = RULES) -> Iterator[str]:
    """The URL of a Prometheus on the data in ``folder``: without a target it only takes samples, with one it
    scrapes it and evaluates the rules."""
    scrape = {
        "job_name": "bench",
        "scrape_interval": "1m",
        "scrape_timeout": "30s",
        "static_configs": [{"targets": [target]}],
    }
    config = {"scrape_configs": [scrape], "rule_files": [str(rules)]} if target else {}
    (folder / "prometheus.yml").write_text(json.dumps(config))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    places = os.pathsep.join([str(Path(__file__).parents[1] / ".tools" / "bin"), os.environ["PATH"]])
    arguments = [
        shutil.which("prometheus", path=places) or "prometheus",
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        "--log.level=error",
    ]
    log = (folder / "prometheus.log").open("a")
    with log, subprocess.Popen(arguments, stderr=log) as process:
        try:
            _until_ready(f"http://{address}")
            yield f"http://{address}"
        finally:
            process.terminate()


def _until_ready(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/-/ready"):
                return
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.1)
    sys.exit("Prometheus does not get ready")


def write_history(url: str, lines: list[str], instance: str) -> int:
    """Samples of these series every minute of the last days, by remote write; gives their number."""
    series = [_series(line, instance) for line in lines]
    end = int(time.time()) - 120
    for hour in range(-DAYS * 24, 0):
        stamps = range(end + hour * 3600, end + (hour + 1) * 3600, 60)
        remote_write.send(url, b"".join(_samples(series, stamps)))
    return len(series) * 60 * DAYS * 24


def _samples(series: list[tuple[bytes, bytes]], stamps: Sequence[int]) -> Iterator[bytes]:
    template = b"".join(remote_write.sample(_VALUE, stamp * 1000) for stamp in stamps)
    return (remote_write.field(b"\x0a", own + template.replace(_VALUE, value)) for own, value in series)


_VALUE = b"\x7f<value>"


def _series(line: str, instance: str) -> tuple[bytes, bytes]:
    """Labels and value of a line of the exposition, in the encoding of remote write."""
    name, _, rest = line.partition("{")
    labels, _, value = rest.rpartition("} ")
    scraped = {} if ":" in name else {"job": "bench", "instance": instance}
    pairs = {"__name__": name, **scraped, **dict(_LABEL.findall(labels))}
    return remote_write.labels(pairs), struct.pack("<d", float(value))


def ask(url: str, asked: Asked) -> tuple[float, int]:
    """Seconds until a query is answered, the best of five, and how many series the answer has."""
    now = time.time()
    times = {"start": now - DAYS * 86_400, "end": now, "step": asked.step} if asked.step else {"time": now}
    path = "query_range" if asked.step else "query"
    address = f"{url}/api/v1/{path}?{urllib.parse.urlencode({'query': asked.expr, **times})}"
    seconds, found = [], 0
    for _ in range(5):
        start = time.perf_counter()
        with urllib.request.urlopen(address, timeout=120) as answer:
            body = answer.read()
        seconds.append(time.perf_counter() - start)
        found = len(json.loads(body)["data"]["result"])
    return min(seconds), found


def _answers(url: str) -> Iterator[tuple[str, ...]]:
    asked = [(query, *ask(url, query)) for query in queries()]
    for name in DASHBOARDS:
        own = [item for item in asked if item[0].dashboard == name]
        slowest = max(own, key=lambda item: item[1])
        empty = sum(not found for _, _, found in own)
        yield (
            name,
            str(len(own)),
            f"{statistics.median(seconds for _, seconds, _ in own) * 1e3:.0f}",
            f"{sum(seconds for _, seconds, _ in own) * 1e3:,.0f}",
            f"{slowest[1] * 1e3:,.0f}",
            slowest[0].panel,
            str(empty),
        )


def groups(url: str) -> Iterator[tuple[str, float, float]]:
    """Name, interval in seconds, and milliseconds of the last evaluation, of each group of rules."""
    with urllib.request.urlopen(f"{url}/api/v1/rules") as answer:
        found = json.load(answer)["data"]["groups"]
    for group in found:
        yield group["name"], group["interval"], group["evaluationTime"] * 1e3


def report() -> str:
    """The section of the results."""
    with server("organization", SERIES) as exporter, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = urllib.parse.urlsplit(exporter.url).netloc
        with urllib.request.urlopen(exporter.url) as answer:
            text = answer.read().decode().splitlines()
        lines = [line for line in text if _LASTING.match(line)]
        lines += [record for line in text for record in _recorded(line)]
        with prometheus(folder) as url:
            samples = write_history(url, lines, target)
        with prometheus(folder, target) as url:
            time.sleep(_RULES_SEEN)
            answers, load = list(_answers(url)), os.getloadavg()[0]
            taken = [(name, f"{every:.0f}", f"{spent:,.0f}") for name, every, spent in groups(url)]
    head = ("dashboard", "queries", "median ms", "sum ms", "slowest ms", "the slowest", "without data")
    about = (
        f"A real Prometheus that scraped {exporter.series:,} series, and has {samples / 1e6:.0f} million "
        f"samples of the last {DAYS} days of those {len(lines):,} that graphs and ranges read. Graphs have a "
        f"point every {STEP // 60} minutes. The best of five tries, on the same cores as the exporter, at a "
        f"load of {load:.0f}."
    )
    return "\n\n".join(
        [
            "## Dashboards and rules at 1,000 accounts",
            about,
            table(head, answers),
            table(("group of rules", "every s", "ms to evaluate"), taken),
        ]
    )
