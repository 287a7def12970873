"""``/`` and ``/entities/<entity id>``: the pages for people, and the way to them."""

from aiohttp import web

from exporter.exposition import Body
from exporter.web import parameters
from exporter.web.advisor import Advisor, Matter
from exporter.web.bench import Bench
from exporter.web.catalogue import chosen
from exporter.web.delivery import Patience, packed
from exporter.web.landing import COLUMNS, ORDERS, SHOWS, SORTS, EntityPage, Wish, find, render, render_entity
from exporter.web.pages import deliver_page
from exporter.web.places import Places
from exporter.web.surface import Surface

LANDING = frozenset({"filter", "service", "show", "sort", "order", "below", "from"})


class Front:
    """Serves the pages."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience
        self._advisor = Advisor(surface)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The landing page, made once for all who ask for the same while it is made."""
        wish = _wish(request)
        body = await self._bench.share(("page", wish), lambda: self._overview(wish))
        return await deliver_page(request, body, self._patience)

    async def entity(self, request: web.Request) -> web.StreamResponse:
        """The page of one entity."""
        entity_id, choice = request.match_info["entity_id"], chosen(request, COLUMNS)
        snapshot = self._surface.published().snapshot
        found = await self._bench.run(lambda: find(snapshot, entity_id))
        if not found:
            raise web.HTTPNotFound(text=f"no entity {entity_id!r} is known\n")
        advice = await self._advisor.prepare(Matter(each.view, each.entity) for each in found if each.entity)
        now = self._surface.clock()
        page = EntityPage(self._where, now, choice, advice)
        body = await self._bench.run(lambda: packed(render_entity(found, entity_id, page)))
        return await deliver_page(request, body, self._patience)

    async def redirect(self, _: web.Request) -> web.StreamResponse:
        """To the landing page, from where it would be without a prefix."""
        raise web.HTTPFound(self._where.link("/"))

    def _overview(self, wish: Wish) -> Body:
        return packed(render(self._surface.published().snapshot, self._where, self._surface.clock(), wish))

    def close(self) -> None:
        """Nothing is asked any more."""
        self._advisor.close()


def _wish(request: web.Request) -> Wish:
    query = request.query
    sort = parameters.one_of(query, "sort", ("", *SORTS)) or ""
    order = parameters.one_of(query, "order", ("", *ORDERS.values()))
    return Wish(
        only=(parameters.single(query, "filter") or "").strip(),
        service=(parameters.single(query, "service") or "").strip(),
        show=parameters.one_of(query, "show", ("", *SHOWS)) or "",
        sort=sort,
        falling=order == ORDERS[True],
        below=parameters.single(query, "below") or "",
        start=parameters.number(query, "from"),
    )
