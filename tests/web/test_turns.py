"""Clients that come together leave the event loop to others between them."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp.test_utils import make_mocked_request

from exporter.web.connections import EACH_TURN, Turns
from exporter.web.delivery import PATIENCE
from exporter.web.directory import Directories
from exporter.web.scrape import Scrapes

SCRAPE = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def line_of(count):
    """Clients that have come at once, and those of them who were read after each turn of the loop."""

    async def come():
        turns, read, after = Turns(asyncio.get_running_loop()), [], []
        for number in range(count):
            if turns.at_once(SCRAPE):
                read.append(number)
            else:
                turns.line_up(lambda number=number: read.append(number))
        while len(read) < count:
            after.append(list(read))
            await asyncio.sleep(0)
        return turns, [*after, read]

    return come()


def test_a_few_are_read_in_each_turn_in_the_order_in_which_they_came():
    _, after = asyncio.run(line_of(2 * EACH_TURN + 1))
    assert after == [[*range(EACH_TURN)], [*range(2 * EACH_TURN)], [*range(2 * EACH_TURN + 1)]]


def test_whoever_comes_when_all_are_read_is_read_at_once():
    async def come():
        turns, _ = await line_of(EACH_TURN + 1)
        await asyncio.sleep(0)
        return turns.at_once(SCRAPE)

    assert asyncio.run(come())


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready", "/prefix/-/healthy", "/-/ready?x=y"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_probe_does_not_wait(method, path):
    async def come():
        turns = Turns(asyncio.get_running_loop())
        turns.line_up(lambda: None)
        return turns.at_once(f"{method} {path} HTTP/1.1\r\n".encode())

    assert asyncio.run(come())


@pytest.mark.parametrize("line", ["POST /-/reload", "GET /?x=/-/healthy", "GET /-/healthyish", "GET /-/"])
def test_nothing_else_passes_for_a_probe(line):
    async def come():
        turns = Turns(asyncio.get_running_loop())
        turns.line_up(lambda: None)
        return turns.at_once(f"{line} HTTP/1.1\r\n".encode())

    assert not asyncio.run(come())


def test_many_requests_on_one_connection_are_all_answered(world, serving):
    last = SCRAPE.replace(b"/metrics", b"/-/healthy")
    more = last.replace(b"Connection: close\r\n", b"")
    with serving(world.filled(), max_requests=100) as running:
        clients = [running.raw(more * 1000 + last) for _ in range(20)]
        answers = [running.rest(client) for client in clients]
    assert [answer.count(b"HTTP/1.1 200 OK") for answer in answers] == [1001] * 20


def test_requests_that_come_in_pieces_are_read_as_they_were_sent(world, serving):
    with serving(world.filled(), max_requests=100) as running:
        clients = [running.raw(SCRAPE[:cut]) for cut in range(100)]
        for cut, client in enumerate(clients):
            client.sendall(SCRAPE[cut:])
        answers = [running.rest(client) for client in clients]
    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}


def test_no_two_scrapes_are_composed_in_one_turn_of_the_loop(world):
    turn = 0
    composed_in = []

    def own(groups):
        composed_in.append(turn)
        return world.instruments.sections(groups)

    async def count_turns():
        nonlocal turn
        while len(composed_in) < 5:
            turn += 1
            await asyncio.sleep(0)

    async def run():
        scrapes = Scrapes(replace(world.surface, own=own), Directories(), limit=5, patience=PATIENCE)
        requests = [scrapes.metrics(make_mocked_request("HEAD", "/metrics")) for _ in range(5)]
        await asyncio.gather(count_turns(), *requests)
        scrapes.close()

    asyncio.run(run())
    assert len(set(composed_in)) == 5
