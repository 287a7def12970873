"""``/`` and ``/entities/<entity id>``: the pages for people, and the way to them."""

from aiohttp import hdrs, web

from exporter.exposition import Body
from exporter.web import parameters
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, deliver, packed
from exporter.web.landing import COLUMNS, POLICY, Choice, find, render, render_entity
from exporter.web.places import Places
from exporter.web.surface import Surface

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    hdrs.CACHE_CONTROL: "no-cache",
}


class Front:
    """Serves the pages."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The landing page, made once for all who ask for the same while it is made."""
        only = _filter(request)
        body = await self._bench.share(("page", only), lambda: self._overview(only))
        return await self._deliver(request, body)

    async def entity(self, request: web.Request) -> web.StreamResponse:
        """The page of one entity."""
        entity_id, choice = request.match_info["entity_id"], _choice(request)
        body = await self._bench.run(lambda: self._of_entity(entity_id, choice))
        if body is None:
            raise web.HTTPNotFound(text=f"no entity {entity_id!r} is known\n")
        return await self._deliver(request, body)

    async def redirect(self, _: web.Request) -> web.StreamResponse:
        """To the landing page, from where it would be without a prefix."""
        raise web.HTTPFound(self._where.link("/"))

    def _overview(self, only: str) -> Body:
        return packed(render(self._surface.published().snapshot, self._where, self._surface.clock(), only))

    def _of_entity(self, entity_id: str, choice: Choice) -> Body | None:
        found = find(self._surface.published().snapshot, entity_id)
        return (
            packed(render_entity(found, entity_id, self._where, self._surface.clock(), choice))
            if found
            else None
        )

    async def _deliver(self, request: web.Request, body: Body) -> web.StreamResponse:
        kind = "text/html; charset=utf-8"
        return await deliver(request, body, kind, headers=_HEADERS, patience=self._patience)


def _filter(request: web.Request) -> str:
    return (parameters.single(request.query, "filter") or "").strip()


def _choice(request: web.Request) -> Choice:
    column = parameters.one_of(request.query, "sort", (*COLUMNS,)) or Choice().column
    order = parameters.one_of(request.query, "order", ("ascending", "descending"))
    falling = COLUMNS[column].falling if order is None else order == "descending"
    return Choice(column, falling, _filter(request))
