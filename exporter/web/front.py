"""``/`` and ``/entities/<entity id>``: the pages for people, and the way to them."""

from aiohttp import web

from exporter.exposition import Body
from exporter.web import parameters
from exporter.web.bench import Bench
from exporter.web.catalogue import chosen
from exporter.web.delivery import Patience, packed
from exporter.web.landing import COLUMNS, ORDERS, SHOWS, SORTS, Choice, Wish, find, render, render_entity
from exporter.web.pages import deliver_page
from exporter.web.places import Places
from exporter.web.surface import Surface

LANDING = frozenset({"filter", "show", "sort", "order", "below", "from"})


class Front:
    """Serves the pages."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The landing page, made once for all who ask for the same while it is made."""
        wish = _wish(request)
        body = await self._bench.share(("page", wish), lambda: self._overview(wish))
        return await deliver_page(request, body, self._patience)

    async def entity(self, request: web.Request) -> web.StreamResponse:
        """The page of one entity."""
        entity_id, choice = request.match_info["entity_id"], chosen(request, COLUMNS)
        body = await self._bench.run(lambda: self._of_entity(entity_id, choice))
        if body is None:
            raise web.HTTPNotFound(text=f"no entity {entity_id!r} is known\n")
        return await deliver_page(request, body, self._patience)

    async def redirect(self, _: web.Request) -> web.StreamResponse:
        """To the landing page, from where it would be without a prefix."""
        raise web.HTTPFound(self._where.link("/"))

    def _overview(self, wish: Wish) -> Body:
        return packed(render(self._surface.published().snapshot, self._where, self._surface.clock(), wish))

    def _of_entity(self, entity_id: str, choice: Choice) -> Body | None:
        found = find(self._surface.published().snapshot, entity_id)
        return (
            packed(render_entity(found, entity_id, self._where, self._surface.clock(), choice))
            if found
            else None
        )


def _wish(request: web.Request) -> Wish:
    query = request.query
    sort = parameters.one_of(query, "sort", ("", *SORTS)) or ""
    order = parameters.one_of(query, "order", ("", *ORDERS.values()))
    return Wish(
        only=(parameters.single(query, "filter") or "").strip(),
        show=parameters.one_of(query, "show", ("", *SHOWS)) or "",
        sort=sort,
        falling=order == ORDERS[True],
        below=parameters.single(query, "below") or "",
        start=parameters.number(query, "from"),
    )
