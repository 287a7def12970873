"""The sockets, and the servers behind them, from start to stop."""

import logging
import socket
from collections.abc import Iterable
from contextlib import ExitStack
from ssl import SSLContext

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from exporter.web.addresses import BACKLOG, listen, parse_address, url_of
from exporter.web.delivery import PATIENCE, Patience
from exporter.web.places import places
from exporter.web.routes import Site
from exporter.web.surface import Surface, WebSettings

_LINGER = 1.0  # s in which a body that nobody wants is read, so that the client gets to see our answer
_FAREWELL = 0.5  # s for answers under way when the server stops; aiohttp waits for this twice


class Listeners:
    """One server on any number of addresses, and one on the health address.

    ``ssl_context`` is for the addresses of the server itself; the health address is always plain.
    """

    def __init__(
        self,
        surface: Surface,
        settings: WebSettings,
        ssl_context: SSLContext | None = None,
        patience: Patience = PATIENCE,
    ) -> None:
        self._settings = settings
        self._ssl_context = ssl_context
        self._patience = patience
        self._site = Site(surface, settings, places(settings), patience)
        self._runners: list[web.AppRunner] = []
        self.addresses: list[str] = []
        self.health_address: str | None = None

    @property
    def scrapes_running(self) -> int:
        """How many scrapes are being served now."""
        return self._site.scrapes_running

    async def start(self) -> None:
        """Listen on every address, or on none: UserError tells which one could not be had."""
        main, health = self._settings.listen_addresses, self._settings.health_listen_address
        sockets = _listen_all([*main, health] if health else main)
        try:
            self.addresses = await self._serve(
                self._site.everything(), sockets[: len(main)], self._ssl_context
            )
            if health:
                [self.health_address] = await self._serve(self._site.health(), sockets[-1:], None)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop listening, and cut off what does not end by itself in about a second."""
        for runner in reversed(self._runners):
            await runner.cleanup()
        self._runners.clear()
        self._site.close()

    async def _serve(
        self, application: web.Application, sockets: list[socket.socket], ssl_context: SSLContext | None
    ) -> list[str]:
        runner = web.AppRunner(
            application,
            access_log=None,
            logger=_logger(),
            keepalive_timeout=self._patience.idle,
            lingering_time=_LINGER,
            shutdown_timeout=_FAREWELL,
        )
        self._runners.append(runner)
        await runner.setup()
        for bound in sockets:
            await web.SockSite(runner, bound, ssl_context=ssl_context, backlog=BACKLOG).start()
        return [url_of(bound, "https" if ssl_context else "http") for bound in sockets]


def _listen_all(addresses: Iterable[str]) -> list[socket.socket]:
    with ExitStack() as undo:
        listening = [undo.enter_context(listen(parse_address(address))) for address in addresses]
        undo.pop_all()
    return listening


def _logger() -> logging.Logger:
    """What aiohttp itself has to say, without a traceback for everybody who does not speak HTTP."""
    logger = logging.getLogger("aiohttp.server.listeners")
    logger.filters = [_not_the_client]
    return logger


def _not_the_client(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
