"""The servers that are compared, each in a process of its own: ``python -m benchmarks.servers KIND SERIES``.

``exporter`` is this project, ``organization`` the same with OUs and counters;
``client`` is prometheus-client's own server with the same samples in its own
gauges; ``static`` serves the exporter's bytes from memory, and does nothing else. ``busy`` is the exporter
while ten reports a second arrive, ``flooded`` while they come without a pause. Each prints a line of JSON
when it listens. ``page`` serves nobody: it prints the samples, for servers in another language.
"""

import asyncio
import gc
import itertools
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Any

import botocore.session
from aiohttp import web
from botocore.parsers import create_parser
from prometheus_client import CollectorRegistry, Gauge, start_http_server
from prometheus_client.parser import text_string_to_metric_families

from benchmarks import organization as organizations
from benchmarks.fixture import NOW, publication, standing
from exporter.aws.report import page as read_page
from exporter.daemon.daemon import SWITCH_INTERVAL
from exporter.exposition import Format, answer
from exporter.families import Group
from exporter.garbage import sweep_garbage, unsearched
from exporter.job import Job
from exporter.model import Page
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


def _surface(held: Publication) -> Surface:
    return Surface(
        published=lambda: held.current,
        own=Instruments().sections,
        config_text=str,
        reload=lambda: None,
        stopping=lambda: False,
        clock=_clock,
        refresh=held.tick,
        web_config_failed=lambda: None,
    )


def exporter(series: int) -> None:
    """This project's web server over a publication that stands still."""
    before, cpu = _memory(), time.process_time()
    with unsearched():
        held = publication(series, _clock)
    seconds = time.process_time() - cpu
    listeners = Listeners(_surface(held), WebSettings(listen_addresses=("127.0.0.1:0",)))

    async def start() -> None:
        await listeners.start()
        _say(f"{listeners.addresses[0]}/metrics", before, seconds, held.current.exposition.series)

    asyncio.run(_forever(start))


def organization(series: int) -> None:
    """A whole organization that stands still, and counters as after some calls to AWS."""
    held = organizations.publication(series, time.time())
    instruments = Instruments()
    instruments.prepare("bench")
    for operation in ("GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport"):
        instruments.api_requests.labels("bench", "iam", operation).inc()
        instruments.api_duration.labels("bench", "iam", operation).observe(0.06)
    instruments.reload_successful.set(1)
    surface = replace(_surface(held), own=instruments.sections, clock=time.time)
    listeners = Listeners(surface, WebSettings(listen_addresses=("127.0.0.1:0",)))

    async def start() -> None:
        await listeners.start()
        _say(f"{listeners.addresses[0]}/metrics", 0.0, 0.0, held.current.exposition.series)

    asyncio.run(_forever(start))


def busy(series: int, pause: float = 0.1) -> None:
    """The exporter, while a thread parses and publishes reports of 455 services, ``pause`` s between two."""
    held = publication(series, _clock)
    sweep_garbage()
    listeners = Listeners(_surface(held), WebSettings(listen_addresses=("127.0.0.1:0",)))

    def sweep() -> None:
        read = report_reader()
        numbers = itertools.cycle(range(1, len(held.current.snapshot.organizations[0].work) + 1))
        for number in numbers:
            job = Job(deadline=1e18).accepted("job").answered(read())
            assert job.report is not None
            time.sleep(pause)
            held.stood("bench", replace(standing(number), report=replace(job.report, created=NOW)))

    async def start() -> None:
        await listeners.start()
        Thread(target=sweep, daemon=True).start()
        _say(f"{listeners.addresses[0]}/metrics", 0.0, 0.0, held.current.exposition.series)

    asyncio.run(_forever(start))


def report_reader() -> Callable[[], Page]:
    """Parses AWS's answer of 455 rows, as botocore gets it, anew at every call."""
    model = botocore.session.get_session().get_service_model("iam")
    shape = model.operation_model("GetOrganizationsAccessReport").output_shape
    parser = create_parser("query")
    answer = {"status_code": 200, "headers": {}, "body": _xml().encode()}
    return lambda: read_page(parser.parse(answer, shape))


def _xml() -> str:
    rows = "".join(
        f"<member><ServiceName>Amazon Service Number {i}</ServiceName><ServiceNamespace>service{i}"
        f"</ServiceNamespace><Region>eu-west-1</Region><EntityPath>o-benchmarks0/r-root/{i:012}</EntityPath>"
        "<LastAuthenticatedTime>2026-05-01T10:00:00Z</LastAuthenticatedTime>"
        "<TotalAuthenticatedEntities>1</TotalAuthenticatedEntities></member>"
        for i in range(455)
    )
    inner = (
        "<JobStatus>COMPLETED</JobStatus><JobCreationDate>2026-05-28T10:00:00Z</JobCreationDate>"
        "<NumberOfServicesAccessible>455</NumberOfServicesAccessible>"
        f"<NumberOfServicesNotAccessed>0</NumberOfServicesNotAccessed><AccessDetails>{rows}</AccessDetails>"
    )
    name = "GetOrganizationsAccessReport"
    return f"<{name}Response><{name}Result>{inner}</{name}Result></{name}Response>"


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


def page(series: int) -> None:
    """The samples as text, for servers that are not written in Python."""
    sys.stdout.buffer.write(_text(publication(series, _clock)))


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


KINDS: dict[str, Callable[[int], None]] = {
    "exporter": exporter,
    "organization": organization,
    "busy": busy,
    "flooded": partial(busy, pause=0.0),
    "client": client,
    "page": page,
    "static": static,
}

if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_INTERVAL)
    KINDS[sys.argv[1]](int(sys.argv[2]))
