"""``/metrics`` and ``/probe``: so many at once, with ages that are true, in the format that was asked for."""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aiohttp import hdrs, web

from exporter.exposition import Body, Format, Plain, Unit, answer, entity_part, organization_sections
from exporter.families import Group
from exporter.model import OrganizationView
from exporter.publication import Published
from exporter.web import parameters
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, accepted, deliver
from exporter.web.directory import Directories, Directory
from exporter.web.negotiation import format_for
from exporter.web.surface import Surface

AGES_TRUE = 60.0  # s that an age may be off
FORGET = 300.0  # s after the last uncompressed scrape; as long as Prometheus remembers a series
TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which groups a client wants, in which format."""

    groups: frozenset[Group]
    format: Format


def whole(surface: Surface, published: Published, wish: Wish) -> Body:
    """The answer of the telemetry path."""
    views = published.snapshot.organizations
    sections = [*organization_sections(views, wish.groups), *surface.own(wish.groups)]
    return answer([published.exposition.whole(wish.groups, wish.format)], sections, wish.format)


def share(surface: Surface, published: Published, directory: Directory, target: str, wish: Wish) -> Body:
    """The answer of a probe. The shares of all entities make up the whole, each series in one of them.

    ``target`` must be in the directory.
    """
    first = target == directory.first
    names = published.names if first else {}
    units = _units(published, directory, target)
    part = entity_part(units, names, wish.groups, wish.format, surface.clock())
    sections = [*organization_sections(_carried(published, directory, target), wish.groups)]
    if first:
        sections += surface.own(wish.groups)
    return answer([part], sections, wish.format)


def _units(published: Published, directory: Directory, target: str) -> list[Unit]:
    found = (published.exposition.unit(key) for key in directory.keys[target])
    return [unit for unit in found if unit is not None]


def _carried(published: Published, directory: Directory, target: str) -> list[OrganizationView]:
    """The organizations whose own series a probe has: an organization without entities must be seen too."""
    return [
        view
        for view in published.snapshot.organizations
        if directory.carriers.get(view.name, directory.first) == target
    ]


class Scrapes:
    """Serves scrapes, at most ``limit`` of them at the same time."""

    def __init__(
        self,
        surface: Surface,
        directories: Directories,
        *,
        limit: int,
        hidden: frozenset[Group] = frozenset(),
        patience: Patience,
    ) -> None:
        self._surface = surface
        self._directories = directories
        self._limit = limit
        self._hidden = hidden
        self._patience = patience
        self.running = 0
        self._composing = asyncio.Lock()
        self._refreshing = Bench(1, "ages")
        self._plain = Plain()
        self._forgetting: asyncio.TimerHandle | None = None

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, lambda published, wish: whole(self._surface, published, wish))

    async def probe(self, request: web.Request) -> web.StreamResponse:
        """One entity's share of everything."""
        target = parameters.single(request.query, "target")
        if not target:
            raise web.HTTPBadRequest(text="target is missing: it is the id of an entity, as /sd lists them\n")
        return await self._serve(request, lambda published, wish: self._share(published, target, wish))

    def close(self) -> None:
        if self._forgetting:
            self._forgetting.cancel()
        self._refreshing.close()

    def _share(self, published: Published, target: str, wish: Wish) -> Body:
        directory = self._directories.of(published)
        if target not in directory.keys:
            raise web.HTTPNotFound(text=_absence(published, target))
        return share(self._surface, published, directory, target, wish)

    async def _serve(
        self, request: web.Request, compose: Callable[[Published, Wish], Body]
    ) -> web.StreamResponse:
        groups = parameters.groups(request.query) - self._hidden
        wish = Wish(groups, format_for(accepted(request, hdrs.ACCEPT)))
        with self._turnstile():
            await self._renew_ages()
            async with self._composing:
                # Twenty that come at once are composed in as many turns of the loop, with others in between.
                await asyncio.sleep(0)
                body = compose(self._surface.published(), wish)
            patience = _shortened(self._patience, request.headers.get(TIMEOUT))
            vary = "Accept, Accept-Encoding"
            return await deliver(
                request, body, wish.format.value, vary=vary, patience=patience, inflated=self._inflated
            )

    def _inflated(self, body: Body) -> Iterator[bytes]:
        """The text, which is kept for a while: who scrapes uncompressed will again."""
        if self._forgetting:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(FORGET, self._plain.forget)
        return self._plain.texts(body)

    @contextmanager
    def _turnstile(self) -> Iterator[None]:
        if self.running >= self._limit:
            raise web.HTTPServiceUnavailable(
                text=f"{self._limit} scrapes are being served, and --web.max-requests allows no more\n",
                headers={hdrs.RETRY_AFTER: "1"},
            )
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    async def _renew_ages(self) -> None:
        """Ages are renewed in the background; a process that was suspended has fallen behind with it."""
        if self._surface.clock() - self._surface.published().exposition.aged_at > AGES_TRUE:
            await self._refreshing.share("ages", self._surface.refresh)


def _absence(published: Published, target: str) -> str:
    undiscovered = [view.name for view in published.snapshot.organizations if view.discovery is None]
    if undiscovered:
        names = ", ".join(undiscovered)
        return f"no entity {target!r} is known, and no discovery has succeeded yet for: {names}\n"
    return f"no entity {target!r} was found by the last discovery, or it is out of scope\n"


def _shortened(patience: Patience, timeout: str | None) -> Patience:
    """No more patience than the scraper has itself: after its timeout nobody reads the answer."""
    try:
        seconds = float(timeout) if timeout else math.inf
    except ValueError:
        return patience
    return replace(patience, whole=min(patience.whole, seconds)) if seconds > 0 else patience
