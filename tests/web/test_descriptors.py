"""How many connections fit into the files that the process may have open, and what is said of too few."""

import contextlib
import errno
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from exporter.web.descriptors import MOST_CONNECTIONS, Shortage, room_in

ROOT = Path(__file__).parents[2]
SERVER = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
from tests.web.conftest import World
from exporter.web import Listeners, WebSettings

async def main():
    listeners = Listeners(World().filled().surface, WebSettings(("127.0.0.1:0",)))
    await listeners.start()
    print("listens at", listeners.addresses[0], flush=True)
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@given(st.integers(16, 1 << 20))
def test_all_connections_fit_into_the_limit_and_leave_something(limit):
    room = room_in(limit)
    held = 2 * (room.connections + room.for_health.connections)
    assert held <= max(32, limit - max(64, min(512, limit // 4)) + 16)


def test_a_large_limit_gives_the_most_connections_and_no_more():
    assert room_in(1 << 20).connections == MOST_CONNECTIONS


def test_a_limit_of_1024_gives_fewer():
    assert 200 < room_in(1024).connections < 512


@pytest.fixture
def log():
    with structlog.testing.capture_logs() as lines:
        yield lines


class Loop:
    def __init__(self):
        self.passed_on = []

    def default_exception_handler(self, context):
        self.passed_on.append(context)


def shortage():
    return {"message": "x", "exception": OSError(errno.EMFILE, "Too many open files"), "socket": object()}


def test_a_shortage_is_told_once_a_minute_with_its_number(log):
    moment, made = [100.0], []
    told, loop = Shortage(lambda: made.append(1), lambda: moment[0]), Loop()
    for _ in range(50):
        told(loop, shortage())
    moment[0] += 61
    told(loop, shortage())
    assert [(line["event"], line["times"]) for line in log] == [
        ("connections.refused", 1),
        ("connections.refused", 50),
    ]
    assert loop.passed_on == []
    assert len(made) == 51


@pytest.mark.parametrize("error", [ValueError("x"), OSError(errno.EPIPE, "Broken pipe"), None])
def test_whatever_else_a_loop_complains_of_is_passed_on(error, log):
    loop, context = Loop(), {"message": "x", "exception": error, "socket": object()}
    Shortage(lambda: None)(loop, context)
    assert loop.passed_on == [context]
    assert log == []


def until_answered(url):
    """Clients that came this second are not silent yet: each of them might be about to ask."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return opener.open(url, timeout=5).status
        time.sleep(0.1)
    return None


@pytest.mark.parametrize("limit", [128, 1024])
def test_with_few_files_a_newcomer_is_served_whatever_number_of_silent_clients_there_is(limit):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4 * limit), hard), hard))
    command = [sys.executable, "-c", SERVER, str(limit)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=ROOT, **pipes) as server:
        url = next(line for line in server.stdout if line.startswith("listens at")).split()[-1]
        host, _, port = url.removeprefix("http://").rpartition(":")
        silent = [socket.create_connection((host, int(port)), timeout=5) for _ in range(2 * limit)]
        answer = until_answered(f"{url}/-/healthy")
        for client in silent:
            client.close()
        said = "".join(server.communicate(""))
    assert answer == 200
    assert len(said.splitlines()) <= 2, said
