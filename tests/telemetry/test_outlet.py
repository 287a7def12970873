"""Log lines that nobody takes keep nobody waiting."""

import os
import time

import pytest

from exporter.telemetry.outlet import Outlet


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        os.close(end)


def taken(reading, most=1_000_000):
    """All that has come so far."""
    os.set_blocking(reading, False)
    pieces = []
    until = time.monotonic() + 10.0
    while time.monotonic() < until:
        try:
            pieces.append(os.read(reading, most))
        except BlockingIOError:
            if pieces:
                break
            time.sleep(0.01)
    return b"".join(pieces)


def test_what_is_written_comes_out_in_order(pipe):
    reading, writing = pipe
    outlet = Outlet(writing, lambda _: None)
    for number in range(100):
        outlet.write(f"line {number}\n")
    outlet.drain(10.0)
    assert taken(reading).decode().splitlines() == [f"line {number}" for number in range(100)]


def test_a_reader_that_has_stopped_keeps_nobody_waiting(pipe):
    outlet = Outlet(pipe[1], lambda _: None, most=100)
    for _ in range(5000):
        outlet.write("x" * 1000)
    start = time.monotonic()
    outlet.drain(0.1)
    assert time.monotonic() - start < 5.0


def test_lines_that_were_lost_are_counted_when_the_reader_goes_on(pipe):
    lost = []
    outlet = Outlet(pipe[1], lost.append, most=100)
    written = 5000
    for _ in range(written):
        outlet.write("x" * 999 + "\n")
    came = 0
    until = time.monotonic() + 20.0
    while not lost and time.monotonic() < until:
        came += taken(pipe[0]).count(b"\n")
    assert sum(lost) == written - came > 0


def test_a_stream_that_is_gone_is_no_trouble():
    reading, writing = os.pipe()
    os.close(reading)
    outlet = Outlet(writing, lambda _: None)
    outlet.write("line\n")
    outlet.drain(10.0)
    os.close(writing)
