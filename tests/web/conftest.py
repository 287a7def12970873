"""A real server on a free port, over a publication that a test fills, with a clock that it moves."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import aiohttp
import pytest

from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
)
from exporter.publication import Publication
from exporter.telemetry.instruments import Instruments
from exporter.web import Listeners, Surface, WebSettings
from exporter.web.delivery import PATIENCE

HOUR = 3600.0
NOW = 1_700_000_000.0
ROOT = Entity("r-root", EntityType.ROOT, "Root", "o-org/r-root")
UNIT = Entity("ou-root-unit", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-org/r-root/ou-root-unit", "r-root")
ACCOUNT = Entity(
    "111111111111",
    EntityType.ACCOUNT,
    "One",
    "o-org/r-root/ou-root-unit/111111111111",
    "ou-root-unit",
    "ACTIVE",
)
DISCOVERY = Discovery("o-org", "999999999999", "aws", (ROOT, UNIT, ACCOUNT), at=NOW, duration=0.5)


def targets(*, accounts=True, policies=False):
    each = Target(enabled=True, refresh=HOUR, services=Services.ALL)
    chosen = [Target(enabled, HOUR, Services.ALL) for enabled in (accounts, policies)]
    return Targets(each, each, each, *chosen)


def report_of(entity_id, policy_id="", *, created=NOW - 600, services=(), accessible=455, not_accessed=400):
    report = Report(created, created + 9, accessible, not_accessed, tuple(services))
    job = JobView(JobStatus.COMPLETED, created, created + 9)
    return Standing(Subject(entity_id, policy_id), report, job)


S3 = ServiceAccess("s3", "Amazon S3", "eu-west-1", ACCOUNT.path, NOW - 1000, 1)
EC2 = ServiceAccess("ec2", "Amazon EC2")


@dataclass
class World:
    """Everything a Surface calls, and what it was called for."""

    moment: float = NOW
    config: str = "organizations:\n- name: default\n"
    reloads: int = 0
    refreshes: int = 0
    trouble: BaseException | None = None
    leaving: bool = False
    during_reload: Callable[[], object] = lambda: None
    during_refresh: Callable[[], object] = lambda: None
    instruments: Instruments = field(default_factory=Instruments)

    def __post_init__(self):
        self.publication = Publication(lambda: self.moment)
        self.organizations("default")

    def organizations(self, *names, job_ids=(), **enabled):
        self.publication.configure(
            [(name, targets(**enabled), () if i else job_ids) for i, name in enumerate(names)]
        )

    def discovered(self, discovery=DISCOVERY, name="default"):
        self.publication.discovered(name, discovery)

    def filled(self):
        self.discovered()
        for entity in DISCOVERY.entities:
            self.publication.stood("default", report_of(entity.id, services=(S3, EC2)), up=True)
        return self

    def stood(self, standing, **changes):
        self.publication.stood("default", standing, **changes)

    def reload(self):
        self.reloads += 1
        self.during_reload()
        if self.trouble:
            raise self.trouble

    def refresh(self):
        self.refreshes += 1
        self.during_refresh()
        self.publication.tick()

    @property
    def surface(self):
        return Surface(
            published=lambda: self.publication.current,
            own=self.instruments.sections,
            config_text=lambda: self.config,
            reload=self.reload,
            stopping=lambda: self.leaving,
            clock=lambda: self.moment,
            refresh=self.refresh,
            web_config_failed=self.instruments.web_config_failures.inc,
        )


@dataclass(frozen=True)
class Answer:
    status: int
    headers: object
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class LoopThread:
    """An event loop in a thread of its own: tests stay plain functions."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine, timeout=20):
        future: Future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        return future.result(timeout)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


def read_all(client):
    """What the server still says before it hangs up."""
    received = b""
    with client:
        try:
            while data := client.recv(1 << 16):
                received += data
        except ConnectionResetError:
            pass
    return received


class Running:
    """A server that runs, and a client for it."""

    def __init__(self, loop, listeners):
        self.loop = loop
        self.listeners = listeners

    @property
    def url(self):
        return self.listeners.addresses[0]

    @property
    def place(self):
        host, _, port = self.url.partition("://")[2].rpartition(":")
        return host.strip("[]"), int(port)

    def raw(self, request, *, receive_buffer=None):
        """A connection on which ``request`` was sent, for clients that do not behave."""
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(10)
        client.connect(self.place)
        client.sendall(request)
        return client

    def until_scrapes(self, count):
        """Wait until so many scrapes are being served."""
        deadline = time.monotonic() + 10
        while self.listeners.scrapes_running != count:
            assert time.monotonic() < deadline, f"never {count} scrapes at once"
            time.sleep(0.001)

    def rest(self, client):
        """What the server has said to a client that did not listen."""
        return read_all(client)

    def stop(self):
        self.loop.run(self.listeners.stop())

    def ask_raw(self, request):
        """All that the server says to these bytes before it hangs up."""
        return read_all(self.raw(request))

    def get(self, path, *, method="GET", headers=None, base=None, redirects=False, **more):
        async def ask():
            async with (
                aiohttp.ClientSession(
                    auto_decompress=False, skip_auto_headers=["Accept-Encoding"]
                ) as session,
                session.request(
                    method, f"{base or self.url}{path}", headers=headers, allow_redirects=redirects, **more
                ) as response,
            ):
                return Answer(response.status, response.headers, await response.read())

        return self.loop.run(ask())


@pytest.fixture(scope="session")
def loop():
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="module")
def chromium(tool, tmp_path_factory):
    """Headless Chromium, for ``@pytest.mark.tool("chromium", "chromedriver")``; it never rests."""
    from tests.web.browsing import launched  # noqa: PLC0415 - most tests need no browser

    driver = launched(tool("chromium"), tool("chromedriver"), tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """The same, on an empty page, and with nothing to say of the tests before."""
    chromium.get("about:blank")
    chromium.get_log("browser")
    return chromium


@pytest.fixture
def world():
    return World()


@contextmanager
def started(loop, world, *, patience=PATIENCE, protections=lambda _: (), **settings):
    """A server over a world, with these settings."""
    settings.setdefault("listen_addresses", ("127.0.0.1:0",))

    async def start():
        listeners = Listeners(
            replace(world.surface, protections=protections), WebSettings(**settings), patience=patience
        )
        await listeners.start()
        return listeners

    listeners = loop.run(start())
    try:
        yield Running(loop, listeners)
    finally:
        loop.run(listeners.stop())


@pytest.fixture
def serving(loop):
    """Serve a world, with settings that a test chooses."""
    return partial(started, loop)


@pytest.fixture
def server(world, serving):
    with serving(world.filled()) as running:
        yield running
