"""Hundreds of clients at once, most of them hostile, against the program itself."""

import asyncio
import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import configuration, organization, wait_for

pytestmark = pytest.mark.slow

SLOW, SCRAPES = 300, 200
SCRAPE = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"
HEALTH = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
ROOM = 64  # MiB


@pytest.fixture(scope="module")
def aws():
    with start(SimulationOptions(accounts=30, ous=8, speed=1000)) as simulated:
        yield simulated


def memory(program):
    """Resident MiB."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


async def ask(place, request):
    """The status, and the seconds it took until all was there."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(*place)
    writer.write(request)
    received = await reader.read()
    writer.close()
    return int(received.split(b" ", 2)[1]), time.monotonic() - began


async def half_open(place, i):
    """A client that has begun a request: some with much, some with nothing at all."""
    reader, writer = await asyncio.open_connection(*place)
    filling = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(i % 10))
    writer.write((b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + filling)[: i * 7])
    return reader, writer


async def trickle(clients):
    """One more byte from each of them, again and again."""
    while True:
        for _, writer in clients:
            if not writer.is_closing():
                writer.write(b"a")
        await asyncio.sleep(0.1)


async def attack(place):
    clients = await asyncio.gather(*(half_open(place, i) for i in range(SLOW)))
    slow = asyncio.create_task(trickle(clients))
    scrapes = asyncio.gather(*(ask(place, SCRAPE) for _ in range(SCRAPES)))
    health = []
    while not scrapes.done():
        health.append(await ask(place, HEALTH))
        await asyncio.sleep(0.01)
    slow.cancel()
    for _, writer in clients:
        writer.close()
    return await scrapes, health


def under_attack(program):
    """What the scrapes and the probes got, and how much larger the program became."""
    url = urlsplit(program.url)
    before = memory(program)
    scrapes, health = asyncio.run(attack((url.hostname, url.port)))
    return [status for status, _ in scrapes], health, memory(program) - before


@pytest.fixture
def filled(serving, aws):
    def begin(*flags):
        program = serving(configuration(organization("mine", aws.url)), *flags)
        wait_for(lambda: 'state="pending"} 0' in program.metrics(), "all reports")
        return program

    return begin


def test_every_scrape_is_served_while_hundreds_hold_connections_open(filled):
    program = filled(f"--web.max-requests={SCRAPES}")
    statuses, health, grown = under_attack(program)
    assert statuses == [200] * SCRAPES
    assert {status for status, _ in health} == {200}
    assert grown < ROOM
    assert not program.logged("Traceback|level=error")


def test_beyond_the_maximum_a_scrape_is_told_so(filled):
    program = filled("--web.max-requests=1")
    statuses, health, _ = under_attack(program)
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert {status for status, _ in health} == {200}


def test_random_bytes_leave_no_trace(filled):
    program = filled()
    url = urlsplit(program.url)
    noise = [bytes((i * n * 2654435761 >> 7) & 255 for n in range(400)) for i in range(1, 120)]

    async def send(place):
        return await asyncio.gather(*(shout(place, SCRAPE[: i % 60] + text) for i, text in enumerate(noise)))

    answers = asyncio.run(send((url.hostname, url.port)))
    assert not [answer for answer in answers if re.match(rb"HTTP/1\.\d 5", answer)]
    assert program.get("/-/healthy")[0] == 200
    assert not program.logged("Traceback|level=error|level=warning")


async def shout(place, noise):
    reader, writer = await asyncio.open_connection(*place)
    writer.write(noise)
    writer.write_eof()
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()
