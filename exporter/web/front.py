"""``/``: the landing page, and the way to it."""

from aiohttp import hdrs, web

from exporter.exposition import Body
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, deliver, packed
from exporter.web.landing import POLICY, render
from exporter.web.places import Places
from exporter.web.surface import Surface

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    hdrs.CACHE_CONTROL: "no-cache",
}


class Front:
    """Serves the landing page."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The landing page, made once for all who ask while it is made."""
        body = await self._bench.share("page", self._made)
        return await deliver(
            request, body, "text/html; charset=utf-8", headers=_HEADERS, patience=self._patience
        )

    async def redirect(self, _: web.Request) -> web.StreamResponse:
        """To the landing page, from where it would be without a prefix."""
        raise web.HTTPFound(self._where.link("/"))

    def _made(self) -> Body:
        return packed(render(self._surface.published().snapshot, self._where, self._surface.clock()))
