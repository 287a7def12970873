"""The servers that are compared, each in a process of its own: ``python -m benchmarks.servers KIND SERIES``.

``exporter`` is this project; ``client`` is prometheus-client's own server with the same samples in its own
gauges; ``static`` serves the exporter's bytes from memory, and does nothing else. Each prints a line of JSON
when it listens.
"""

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, start_http_server
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.fixture import NOW, publication
from exporter.exposition import Format, answer
from exporter.families import Group
from exporter.publication import Publication
from exporter.telemetry.instruments import Instruments
from exporter.web import Listeners, Surface, WebSettings

_SHOWN = frozenset({Group.REPORTS, Group.SERVICES, Group.AGES, Group.INFO})


def _clock() -> float:
    return NOW


def _memory() -> float:
    """MiB that are resident now."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - a file of the kernel, not of a path
        return int(statm.read().split()[1]) * resource.getpagesize() / 2**20


def _say(url: str, before: float, seconds: float, series: int) -> None:
    gc.collect()
    told = {"url": url, "memory": _memory() - before, "build_cpu": seconds, "series": series}
    print(json.dumps(told), flush=True)


async def _forever(start: Callable[[], Any]) -> None:
    await start()
    await asyncio.Event().wait()


def exporter(series: int) -> None:
    """This project's web server over a publication that stands still."""
    before, cpu = _memory(), time.process_time()
    held = publication(series, _clock)
    seconds = time.process_time() - cpu
    surface = Surface(
        published=lambda: held.current,
        own=Instruments().sections,
        config_text=str,
        reload=lambda: None,
        stopping=lambda: False,
        clock=_clock,
        refresh=held.tick,
    )
    listeners = Listeners(surface, WebSettings(listen_addresses=("127.0.0.1:0",)))

    async def start() -> None:
        await listeners.start()
        _say(f"{listeners.addresses[0]}/metrics", before, seconds, held.current.exposition.series)

    asyncio.run(_forever(start))


def _text(held: Publication) -> bytes:
    body = answer([held.current.exposition.whole(_SHOWN, Format.TEXT)], (), Format.TEXT)
    return b"".join(body.inflated())


def client(series: int) -> None:
    """prometheus-client with a gauge for each family and a child for each series."""
    text = _text(publication(series, _clock)).decode()
    gc.collect()
    before, cpu = _memory(), time.process_time()
    registry = CollectorRegistry()
    count = 0
    for family in text_string_to_metric_families(text):
        names = sorted(family.samples[0].labels)
        gauge = Gauge(family.name, family.documentation, names, registry=registry)
        for sample in family.samples:
            gauge.labels(*(sample.labels[name] for name in names)).set(sample.value)
            count += 1
    server, _ = start_http_server(0, "127.0.0.1", registry)
    seconds = time.process_time() - cpu
    del text
    _say(f"http://127.0.0.1:{server.server_port}/metrics", before, seconds, count)
    time.sleep(3600)


def static(series: int) -> None:
    """aiohttp with one body, compressed and not, made before."""
    held = publication(series, _clock)
    body = answer([held.current.exposition.whole(_SHOWN, Format.TEXT)], (), Format.TEXT)
    plain, packed = b"".join(body.inflated()), b"".join(body.pieces)

    async def handler(request: web.Request) -> web.Response:
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=packed, headers={"Content-Encoding": "gzip"})
        return web.Response(body=plain)

    async def start() -> None:
        application = web.Application()
        application.router.add_get("/metrics", handler)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        _say(f"http://127.0.0.1:{port}/metrics", 0.0, 0.0, held.current.exposition.series)

    asyncio.run(_forever(start))


KINDS: dict[str, Callable[[int], None]] = {"exporter": exporter, "client": client, "static": static}

if __name__ == "__main__":
    KINDS[sys.argv[1]](int(sys.argv[2]))
