"""``/`` and ``/entities/<entity id>``: the pages for people, and the way to them."""

from typing import NamedTuple

from aiohttp import web

from exporter.exposition import Body
from exporter.model import Snapshot
from exporter.web import parameters
from exporter.web.advisor import Advisor, Matter
from exporter.web.bench import Bench
from exporter.web.catalogue import chosen
from exporter.web.delivery import Patience, deliver_page, packed
from exporter.web.landing import COLUMNS, ORDERS, SHOWS, SORTS, EntityPage, Wish, find, render, render_entity
from exporter.web.places import Places
from exporter.web.surface import Surface

KEPT = 5.0  # s: people look at the same page, and their browsers renew it while they do
LANDING = frozenset({"filter", "service", "show", "sort", "order", "below", "from"})


class _Kept(NamedTuple):
    """The page without wishes as it was made last, and of what."""

    snapshot: Snapshot
    at: float
    body: Body


class Front:
    """Serves the pages."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience
        self._advisor = Advisor(surface)
        self._kept: _Kept | None = None

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The landing page, made once for all who ask for the same while it is made."""
        wish = _wish(request)
        body = await self._bench.share(("page", wish), lambda: self._overview(wish))
        return await deliver_page(request, body, self._patience)

    async def entity(self, request: web.Request) -> web.StreamResponse:
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
        snapshot, now, kept = self._surface.published().snapshot, self._surface.clock(), self._kept
        plain = wish == Wish()
        if plain and kept and kept.snapshot is snapshot and 0.0 <= now - kept.at < KEPT:
            return kept.body
        body = packed(render(snapshot, self._where, now, wish))
        if plain:
            self._kept = _Kept(snapshot, now, body)
        return body

    def close(self) -> None:
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
