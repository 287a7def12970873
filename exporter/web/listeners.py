"""The sockets, and the servers behind them, from start to stop."""

import asyncio
import os
import socket
from contextlib import ExitStack
from ssl import SSLContext

from aiohttp import web

from exporter.web.connections import factory, hang_up
from exporter.web.delivery import PATIENCE, Patience
from exporter.web.descriptors import Room, Shortage, make_room
from exporter.web.places import places
from exporter.web.protection import Guard, WebConfigFile
from exporter.web.protection.tls import Handshakes
from exporter.web.routes import Site
from exporter.web.sockets import BACKLOG, handed_over, listen, parse_address, url_of
from exporter.web.surface import Surface, WebSettings

_LINGER = 1.0  # s in which a body that nobody wants is read, so that the client gets to see our answer
_HANDSHAKE = 10.0  # s that a client may take to agree on TLS
_FAREWELL = 0.5  # s for answers under way when the server stops; aiohttp waits for this twice


class Listeners:
    """One server on any number of addresses, and one on the health address.

    The web configuration is for the addresses of the server itself; the health address is always plain and
    open. Raises UserError for settings or a web configuration that cannot be.
    """

    def __init__(self, surface: Surface, settings: WebSettings, patience: Patience = PATIENCE) -> None:
        self._settings = settings
        self._main = () if settings.systemd_socket else tuple(map(parse_address, settings.listen_addresses))
        health = settings.health_listen_address
        self._health = parse_address(health) if health else None
        self._patience = patience
        where = places(settings)
        name = settings.config_file
        file = WebConfigFile(name, surface.web_config_failed) if name else None
        self._ssl_context = Handshakes(file.current_context) if file and file.context else None
        self._site = Site(surface, settings, where, Guard(file) if file else None, patience)
        self._runners: list[web.AppRunner] = []
        self._servers: list[asyncio.Server] = []
        self.addresses: list[str] = []
        self.health_address: str | None = None

    @property
    def scrapes_running(self) -> int:
        """How many scrapes are being served now."""
        return self._site.scrapes_running

    async def start(self) -> None:
        """Listen on every address, or on none: UserError tells which one could not be had."""
        room = make_room()
        asyncio.get_running_loop().set_exception_handler(Shortage(self._make_way))
        main, health = self._sockets()
        try:
            self.addresses = await self._serve(self._site.everything(), main, room, self._ssl_context)
            if health:
                [self.health_address] = await self._serve(self._site.health(), health, room.for_health)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop listening, and cut off what does not end by itself in about a second."""
        for server in self._servers:
            server.close()
        for runner in reversed(self._runners):
            await runner.cleanup()
        self._servers.clear()
        self._runners.clear()
        self._site.close()

    def _make_way(self) -> None:
        for runner in self._runners:
            if runner.server:
                hang_up(runner.server)

    async def _serve(
        self,
        application: web.Application,
        sockets: list[socket.socket],
        room: Room,
        ssl_context: SSLContext | None = None,
    ) -> list[str]:
        runner = web.AppRunner(application, shutdown_timeout=_FAREWELL)
        self._runners.append(runner)
        await runner.setup()
        assert runner.server is not None
        loop = asyncio.get_running_loop()
        connections = factory(
            runner.server,
            self._patience.grace,
            room.connections,
            loop=loop,
            access_log=None,
            keepalive_timeout=self._patience.idle,
            lingering_time=_LINGER,
        )
        for bound in sockets:
            server = await loop.create_server(
                connections,
                sock=bound,
                backlog=room.backlog,
                ssl=ssl_context,
                ssl_handshake_timeout=_HANDSHAKE if ssl_context else None,
            )
            # asyncio has one number for how many it accepts in one go and for how many may wait for that.
            bound.listen(BACKLOG)
            self._servers.append(server)
        return [url_of(bound, "https" if ssl_context else "http") for bound in sockets]

    def _sockets(self) -> tuple[list[socket.socket], list[socket.socket]]:
        """Those of the server itself and that of the health address; all of them or UserError."""
        with ExitStack() as undo:
            if self._settings.systemd_socket:
                main = [undo.enter_context(one) for one in handed_over(os.environ)]
            else:
                main = [undo.enter_context(listen(address)) for address in self._main]
            health = [undo.enter_context(listen(self._health))] if self._health else []
            undo.pop_all()
        return main, health
