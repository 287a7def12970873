"""A Prometheus that has what worlds served, as if it had scraped them, and what the rules make of it."""

import contextlib
import json
import re
import subprocess
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from benchmarks import remote_write
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.prometheus import free_port, is_ready
from tests.grafana.names import EVERY_RULE
from tests.grafana.worlds import HOUR, NOW, World

OFTEN = 120.0  # s between samples of counters, which are asked for rates of minutes
LOOKBACK = 6 * HOUR
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
_COUNTER = re.compile(r"\w+_(total|bucket|count|sum)\b")
_AT_ONCE = 4_000_000  # bytes of a request


@contextlib.contextmanager
def prometheus_with(program, folder, worlds: Iterable[World]) -> Iterator[str]:
    """The URL of a Prometheus with the history of these worlds, which it plays to their ends."""
    (folder / "prometheus.yml").write_text("{}")
    port = free_port()
    arguments = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--query.lookback-delta={LOOKBACK:.0f}s",
        "--web.enable-remote-write-receiver",
        # One block for everything, so that what rules make of the past can be written after it.
        "--storage.tsdb.min-block-duration=31d",
        "--storage.tsdb.max-block-duration=31d",
        "--storage.tsdb.retention.time=90d",
        "--log.level=error",
    ]
    url = f"http://127.0.0.1:{port}"
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen([program, *arguments], stderr=log, stdout=log)
        try:
            wait_for(lambda: is_ready(url), "Prometheus to be ready")
            lasts = max(_written(url, world) for world in worlds)
            _record(url, NOW - lasts)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def _written(url: str, world: World) -> float:
    """Play a world, and write what was served; gives for how long that was, in seconds."""
    history = list(world.played())
    for (labels, behind), number in zip(world.setup.replicas, range(9), strict=False):
        scraped = {
            "job": "org-access-exporter",
            "instance": f"10.0.{world.number}.{number + 1}:10078",
            **labels,
        }
        texts = [(at, history[max(0, i - behind)][1]) for i, (at, _) in enumerate(history)]
        _send(url, _scrapes(texts, scraped, world, collects=number == 0))
    return world.setup.lasts


def _send(url: str, encoded: Iterable[bytes]) -> None:
    batch, size = [], 0
    for one in encoded:
        batch.append(one)
        size += len(one)
        if size > _AT_ONCE:
            remote_write.send(url, b"".join(batch))
            batch, size = [], 0
    remote_write.send(url, b"".join(batch))


def _scrapes(texts, scraped, world, *, collects):
    """The series of one exporter's texts, encoded; one that does not ``collects`` counts nothing."""
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    present: set[str] = set()
    for number, (at, text) in enumerate(texts):
        lines = [line for line in text.rstrip("\n").split("\n") if not line.startswith("#")]
        lines += _of_scrape(number, len(lines), world)
        found = set()
        for line in lines:
            key, _, value = line.rpartition(" ")
            found.add(key)
            samples[key].append((at, float(value)))
        for gone in present - found:
            samples[gone].append((at, remote_write.STALE))
        present = found
    for key, taken in samples.items():
        name, _, rest = key.partition("{")
        labels = {label: _plain(value) for label, value in _LABEL.findall(rest)}
        own = dict(scraped)
        if world.setup.by_entity and "entity_id" in labels:
            own["instance"] = labels["entity_id"]
        yield remote_write.series({"__name__": name, **own, **labels}, _known(name, taken, collects=collects))


def _known(name, taken, *, collects):
    """What is written of a series: of a counter more than was looked at, of anything else less."""
    if name == "aws_org_access_exporter_lease_held":
        return [(at, float(collects)) for at, _ in taken]
    if _COUNTER.match(name):
        return _dense(taken if collects else [(at, taken[0][1]) for at, _ in taken])
    return _worth(taken)


def _worth(taken):
    """Without samples that say again what is looked back at anyway."""
    last = None
    for at, value in taken:
        if last is None or value != last[1] or at - last[0] > LOOKBACK / 3 or at > NOW - HOUR:
            yield at, value
            last = at, value


def _plain(value: str) -> str:
    return re.sub(r"\\.", lambda found: _ESCAPES[found[0]], value) if "\\" in value else value


def _dense(taken):
    """A counter's samples, more of them: between two looks it grew evenly."""
    for (start, low), (end, high) in pairwise(taken):
        steps = max(1, round((end - start) / OFTEN))
        yield from ((start + (end - start) * i / steps, low + (high - low) * i / steps) for i in range(steps))
    yield taken[-1]


def _of_scrape(number: int, samples: int, world: World) -> Iterator[str]:
    """What Prometheus adds to a scrape, and what a process says of itself."""
    yield "up 1"
    yield f"scrape_samples_scraped {samples}"
    yield f"scrape_duration_seconds {0.004 + samples / 2e7 + 0.001 * (number % 3)}"
    yield f"process_cpu_seconds_total {number * world.setup.step * 0.011}"
    yield f"process_resident_memory_bytes {70e6 + samples * 180 + 4e5 * (number % 7)}"


def _record(url: str, start: float) -> None:
    """What the rules would have recorded every hour, each after those it is made of."""
    for rule in EVERY_RULE:
        if "record" not in rule:
            continue
        asked = {"query": rule["expr"], "start": start, "end": NOW, "step": HOUR}
        with urllib.request.urlopen(
            f"{url}/api/v1/query_range", urllib.parse.urlencode(asked).encode()
        ) as answer:
            found = json.load(answer)["data"]["result"]
        recorded = (
            {**series["metric"], "__name__": rule["record"], **rule.get("labels", {})} for series in found
        )
        times = ([(float(at), float(value)) for at, value in series["values"]] for series in found)
        _send(url, (remote_write.series(name, taken) for name, taken in zip(recorded, times, strict=True)))
