"""``/services``, ``/services/<namespace>`` and ``/export.csv``: what is used, and by whom."""

from collections.abc import Mapping

from aiohttp import hdrs, web

from exporter.exposition import Body
from exporter.web import parameters
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, deliver_page, packed, stream
from exporter.web.export import pieces
from exporter.web.landing import SERVICES, USERS, Choice, Column, render_service, render_services
from exporter.web.places import Places
from exporter.web.surface import Surface

EXPORTS = 4  # at the same time: each takes what is known when it began along to its end
TABLE = frozenset({"sort", "order", "filter"})
_FILE: Mapping[str, str] = {
    hdrs.CACHE_CONTROL: "no-cache",
    hdrs.CONTENT_DISPOSITION: 'attachment; filename="org-access.csv"',
}


class Catalogue:
    """Serves what is known by service."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience
        self._export = Bench(1, "export")
        self._exporting = 0

    async def services(self, request: web.Request) -> web.StreamResponse:
        choice = chosen(request, SERVICES)
        snapshot, now = self._surface.published().snapshot, self._surface.clock()
        body = await self._bench.share(
            ("services", choice), lambda: packed(render_services(snapshot, self._where, now, choice))
        )
        return await deliver_page(request, body, self._patience)

    async def service(self, request: web.Request) -> web.StreamResponse:
        namespace, choice = request.match_info["namespace"], chosen(request, USERS)
        snapshot, now = self._surface.published().snapshot, self._surface.clock()

        def made() -> Body | None:
            page = render_service(snapshot, namespace, self._where, now, choice)
            return None if page is None else packed(page)

        body = await self._bench.share(("service", namespace, choice), made)
        if body is None:
            raise web.HTTPNotFound(text=f"no report lists a service {namespace!r}\n")
        return await deliver_page(request, body, self._patience)

    async def export(self, request: web.Request) -> web.StreamResponse:
        """Everything as of now, made piece by piece beside the pages: seconds for thousands of accounts."""
        if self._exporting >= EXPORTS:
            raise web.HTTPServiceUnavailable(
                text=f"{EXPORTS} exports are under way, and no more are made at once\n",
                headers={hdrs.RETRY_AFTER: "10"},
            )
        lines = pieces(self._surface.published().snapshot)
        kind = "text/csv; charset=utf-8; header=present"
        self._exporting += 1
        try:
            return await stream(request, lines, self._export, kind, headers=_FILE, patience=self._patience)
        finally:
            self._exporting -= 1

    def close(self) -> None:
        self._export.close()


def chosen(request: web.Request, columns: Mapping[str, Column]) -> Choice:
    """What a request wants to see of a table with these columns."""
    column = parameters.one_of(request.query, "sort", (*columns,)) or Choice().column
    order = parameters.one_of(request.query, "order", ("ascending", "descending"))
    falling = columns[column].falling if order is None else order == "descending"
    return Choice(column, falling, (parameters.single(request.query, "filter") or "").strip())
