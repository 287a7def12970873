"""Clients that ask too much, too slowly, or not in HTTP."""

import re
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.exposition import Part
from exporter.model import JobStatus, JobView, Report, ServiceAccess, Standing, Subject
from exporter.web.delivery import Patience
from exporter.web.descriptors import MOST_CONNECTIONS
from tests.searching import examples

GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
NOW = 1_700_000_000.0


@pytest.fixture
def large(world):
    """A world whose /metrics is far larger than what the kernel keeps for a client that does not read."""
    world.filled()
    rows = tuple(
        ServiceAccess(f"service-{i}", "A service " * 20, "eu-west-1", "o-org/r-root/111111111111", NOW - i, 1)
        for i in range(30_000)
    )
    world.stood(
        Standing(Subject("r-root"), Report(NOW, NOW, 1, 1, rows), JobView(JobStatus.COMPLETED, NOW, NOW))
    )
    return world


@pytest.fixture
def blocked(world, serving):
    """A server for one scrape at a time, which waits until ``release`` is set."""
    release, begun = threading.Event(), threading.Event()

    def wait():
        begun.set()
        release.wait(10)

    world.filled()
    world.moment += 3600
    world.during_refresh = wait
    with serving(world, max_requests=1) as running, running.raw(GET) as client:
        assert begun.wait(10)
        yield running, client, release
        release.set()


@pytest.mark.parametrize("path", ["/metrics", "/probe?target=r-root"])
def test_one_scrape_too_many_is_told_so(blocked, path):
    running, _, _ = blocked
    answer = running.get(path)
    assert answer.status == 503
    assert "--web.max-requests" in answer.text


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready", "/", "/sd"])
def test_other_pages_are_served_whatever_is_scraped(blocked, path):
    running, _, _ = blocked
    assert running.get(path).status == 200


def test_a_scrape_that_waited_is_served_in_the_end(blocked):
    _, client, release = blocked
    release.set()
    assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_scrapes_that_come_together_renew_the_ages_once(world, serving):
    release = threading.Event()
    world.filled()
    world.moment += 3600
    world.during_refresh = lambda: release.wait(10)
    with serving(world) as running, ThreadPoolExecutor(4) as pool:
        scrapes = [pool.submit(running.get, "/metrics") for _ in range(4)]
        running.until_scrapes(4)
        release.set()
        assert [scrape.result().status for scrape in scrapes] == [200] * 4
    assert world.refreshes == 1


def test_a_client_that_does_not_read_is_dropped(large, serving):
    with serving(large, patience=Patience(slice=0.2)) as running:
        client = running.raw(GET, receive_buffer=4096)
        running.until_scrapes(1)
        running.until_scrapes(0)
        received = running.rest(client)
    length = int(received.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    assert len(received) < length


def test_a_client_that_reads_too_slowly_for_its_own_timeout_is_dropped(large, serving):
    request = GET.replace(b"Host: x", b"Host: x\r\nX-Prometheus-Scrape-Timeout-Seconds: 0.2")
    with serving(large) as running:
        client = running.raw(request, receive_buffer=4096)
        running.until_scrapes(1)
        running.until_scrapes(0)
        client.close()


def test_a_client_that_does_not_read_keeps_nobody_else_waiting(large, serving):
    with serving(large) as running:
        clients = [running.raw(GET, receive_buffer=4096) for _ in range(8)]
        running.until_scrapes(8)
        assert running.get("/metrics?collect[]=collection").status == 200
        for client in clients:
            client.close()


def test_the_whole_body_arrives_at_a_client_that_reads(large, serving):
    with serving(large) as running:
        answer = running.get("/metrics?collect[]=services")
    assert answer.text.count("service_last_authenticated_timestamp_seconds{") == 30_000 + 2


def test_stopping_does_not_wait_for_a_client_that_does_not_read(large, serving):
    with serving(large) as running:
        client = running.raw(GET, receive_buffer=4096)
        running.until_scrapes(1)
        started = time.monotonic()
        running.stop()
        assert time.monotonic() - started < 2
        client.close()


def test_headers_that_never_end_are_not_waited_for(world, serving):
    with serving(world, patience=Patience(idle=0.2)) as running:
        assert running.ask_raw(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") == b""


def many_headers(count):
    return b"".join(b"X-%d: y\r\n" % i for i in range(count))


BEGIN = b"GET / HTTP/1.1\r\nHost: x\r\n"
TOO_MUCH = {
    "many headers": (BEGIN + many_headers(1000) + b"\r\n", 431),
    "a long header": (BEGIN + b"X: " + b"a" * 100_000 + b"\r\n\r\n", 431),
    "a long name of a header": (BEGIN + b"a" * 100_000 + b": x\r\n\r\n", 431),
    "a long path": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "a long body": (b"POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
    "a long body of a probe": (BEGIN + b"Content-Length: 99999999\r\n\r\n", 413),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_by_its_name_in_one_line(server, name):
    request, status = TOO_MUCH[name]
    head, _, text = server.ask_raw(request).partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.[01] %d " % status, head)
    assert b"Server: org-access-exporter" in head
    assert re.fullmatch(rb"%d: [^\n]+\n" % status, text)


@pytest.mark.parametrize("path", [b"/-/healthy", b"/metrics", b"/"])
def test_a_client_that_has_said_all_that_it_will_gets_its_answer(server, path):
    client = server.raw(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    client.shutdown(socket.SHUT_WR)
    head, _, body = server.rest(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"Content-Length: %d\r\n" % len(body) in head


def test_a_client_that_ends_in_the_middle_of_its_request_gets_none(server):
    client = server.raw(BEGIN)
    client.shutdown(socket.SHUT_WR)
    assert server.rest(client) == b""


def test_a_client_that_says_nothing_gives_way_to_one_that_asks(world, serving):
    with serving(world.filled(), patience=Patience(grace=0)) as running:
        silent = [running.raw(b"") for _ in range(MOST_CONNECTIONS)]
        assert running.get("/metrics").status == 200
        assert silent[0].recv(1) == b""
        for client in silent:
            client.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n" + many_headers(1000) + b"\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"nonsense\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_client_error(server, request_bytes):
    assert re.match(rb"HTTP/1\.[01] 4", server.ask_raw(request_bytes))


def test_what_is_not_http_leaves_no_traceback_in_the_log(server, caplog):
    server.ask_raw(b"GET / HTTP/1.1\r\nHost: x\r\n" + many_headers(1000) + b"\r\n")
    assert "Traceback" not in caplog.text


def test_a_body_that_nobody_wants_is_not_waited_for(server):
    started = time.monotonic()
    received = server.ask_raw(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\nx")
    assert received.startswith(b"HTTP/1.1 405")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("expectation", [b"100-continue", b"miracles", b"\xff\xfe"])
@pytest.mark.parametrize("path", [b"/-/healthy", b"/nothing", b"/%0a"])
def test_expectations_are_passed_over(server, path, expectation):
    request = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: %s\r\n\r\n"
    received = server.ask_raw(request % (path, expectation))
    assert re.match(rb"HTTP/1\.1 (200|404)", received)


def test_a_client_that_leaves_in_the_middle_is_no_news(large, serving, caplog):
    with serving(large) as running:
        client = running.raw(GET, receive_buffer=4096)
        running.until_scrapes(1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        running.until_scrapes(0)
    assert "Traceback" not in caplog.text


queries = st.text(alphabet="abct[]=&;%0fg/?#.:@\\ ", max_size=40)


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(queries, st.sampled_from(["/", "/metrics?", "/probe?target=", "/sd", "/api/v1/reports/", "/-/"]))
def test_any_url_is_answered_with_something_proper(server, query, start):
    line = f"GET {start}{query.replace(' ', '')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert re.match(rb"HTTP/1\.[01] [234]", server.ask_raw(line.encode()))


def test_an_answer_that_breaks_off_cannot_be_taken_for_a_whole_one(world, serving):
    world.filled()
    published = world.publication.current
    broken = replace(published.exposition, names=Part(b"\xff" * 100, 0, 100), _composed={})
    world.publication.current = replace(published, exposition=broken)
    with serving(world) as running:
        received = running.ask_raw(GET)
    head, _, body = received.partition(b"\r\n\r\n")
    assert len(body) < int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    assert b"500" not in head
