"""``/news``, ``/news.atom`` and ``/api/v1/news``: what changed, for people, their readers, and programs."""

from collections.abc import Callable, Mapping

from aiohttp import hdrs, web
from multidict import MultiMapping

from exporter.config.durations import parse_duration
from exporter.exposition import Body
from exporter.model import NewsKind, Snapshot
from exporter.times import from_rfc3339
from exporter.told import Told, Wanted, all_told, chosen, record
from exporter.web import parameters
from exporter.web.api import success
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, deliver, deliver_page, packed
from exporter.web.landing import feed, render_news
from exporter.web.places import Places
from exporter.web.surface import Surface

CHOICE = frozenset({"since", "kind", "entity", "service"})
_FEED: Mapping[str, str] = {hdrs.CACHE_CONTROL: "no-cache"}


class Newsroom:
    """Serves what is told to be new."""

    def __init__(self, surface: Surface, where: Places, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._where = where
        self._bench = bench
        self._patience = patience

    async def page(self, request: web.Request) -> web.StreamResponse:
        """By day, newest first."""
        wanted, now = self._wanted(request), self._surface.clock()
        body = await self._made(
            "page", wanted, lambda told: packed(render_news(told, wanted, self._where, now))
        )
        return await deliver_page(request, body, self._patience)

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """As Atom."""
        wanted, updated = self._wanted(request), _discovered(self._surface.published().snapshot)
        body = await self._made("feed", wanted, lambda told: packed(feed(told, wanted, self._where, updated)))
        kind = "application/atom+xml; charset=utf-8"
        return await deliver(request, body, kind, headers=_FEED, patience=self._patience)

    async def records(self, request: web.Request) -> web.StreamResponse:
        """As JSON."""
        wanted = self._wanted(request)
        body = await self._made("records", wanted, lambda told: success(news=map(record, told)))
        return await deliver(request, body, "application/json", patience=self._patience)

    async def _made(self, what: str, wanted: Wanted, make: Callable[[list[Told]], Body]) -> Body:
        snapshot = self._surface.published().snapshot
        return await self._bench.share((what, wanted), lambda: make(chosen(_all(snapshot), wanted)))

    def _wanted(self, request: web.Request) -> Wanted:
        query = request.query
        kind = parameters.single(query, "kind") and parameters.one_of(query, "kind", (*NewsKind,))
        return Wanted(
            _since(query, self._surface.clock()),
            NewsKind(kind) if kind else None,
            (parameters.single(query, "entity") or "").strip(),
            (parameters.single(query, "service") or "").strip(),
        )


def _all(snapshot: Snapshot) -> list[Told]:
    views = snapshot.organizations
    return [told for view in views for told in all_told(view.name, view.discovery, view.news)]


def _discovered(snapshot: Snapshot) -> float:
    return max((view.discovery.at for view in snapshot.organizations if view.discovery), default=0.0)


def _since(query: MultiMapping[str], now: float) -> float:
    """A time, or how long ago it was."""
    value = parameters.single(query, "since")
    if not value:
        return float("-inf")
    try:
        return now - parse_duration(value)
    except ValueError:
        pass
    at = from_rfc3339(value)
    if at is None:
        raise web.HTTPBadRequest(
            text=f"since={value!r} is neither a duration such as 7d nor a time such as 2026-11-01T08:00:00Z\n"
        )
    return at
