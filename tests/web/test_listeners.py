import asyncio
import socket

import pytest

from exporter.errors import UserError
from exporter.web import Listeners, WebSettings


def start(world, loop, **settings):
    async def attempt():
        listeners = Listeners(world.surface, WebSettings(**settings))
        await listeners.start()
        return listeners

    return loop.run(attempt())


def test_several_addresses_serve_the_same(world, serving):
    with serving(world.filled(), listen_addresses=("127.0.0.1:0", "[::1]:0")) as running:
        assert len(set(running.listeners.addresses)) == 2
        for base in running.listeners.addresses:
            assert running.get("/metrics", base=base).status == 200


def test_every_interface_is_shown_as_one_address(world, serving):
    with serving(world, listen_addresses=(":0",)) as running:
        [address] = running.listeners.addresses
        port = address.rpartition(":")[2]
        for host in ("127.0.0.1", "[::1]"):
            assert running.get("/-/healthy", base=f"http://{host}:{port}").status == 200


@pytest.mark.parametrize("address", ["nonsense", "192.0.2.1:0", ":99999"])
def test_an_address_that_cannot_be_had_is_a_user_error_of_one_line(world, loop, address):
    with pytest.raises(UserError) as raised:
        start(world, loop, listen_addresses=("127.0.0.1:0", address))
    assert "\n" not in str(raised.value)


def test_where_one_address_fails_none_is_kept(world, loop):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(UserError):
        start(world, loop, listen_addresses=(f"127.0.0.1:{port}",), health_listen_address="nonsense")
    socket.create_server(("127.0.0.1", port)).close()


def test_the_same_address_twice_is_in_use(world, loop):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(UserError, match="in use"):
        start(world, loop, listen_addresses=(f"127.0.0.1:{port}",) * 2)


def test_a_flag_that_describes_no_place_is_told_before_anything_listens(world):
    with pytest.raises(UserError, match=r"--web\.external-url"):
        Listeners(world.surface, WebSettings((":0",), external_url="nonsense"))


def test_after_stop_nobody_listens(world, loop):
    listeners = start(world, loop, listen_addresses=("127.0.0.1:0",))
    host, port = listeners.addresses[0].removeprefix("http://").split(":")
    loop.run(listeners.stop())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5)


def test_stop_may_be_called_again_and_before_start(world):
    async def twice():
        listeners = Listeners(world.surface, WebSettings(("127.0.0.1:0",)))
        await listeners.stop()
        await listeners.stop()
        return listeners.addresses

    assert asyncio.run(twice()) == []
