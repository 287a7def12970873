"""Scrapes that arrive together leave the event loop to others between them."""

import asyncio
from dataclasses import replace

from aiohttp.test_utils import make_mocked_request

from exporter.web.delivery import PATIENCE
from exporter.web.directory import Directories
from exporter.web.scrape import Scrapes


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
