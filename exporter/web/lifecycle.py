"""Health, readiness, reload, and the configuration in force."""

import asyncio

from aiohttp import hdrs, web

from exporter.errors import UserError
from exporter.model import OrganizationView
from exporter.redaction import redacted
from exporter.web.bench import Bench
from exporter.web.surface import Surface


def unready(view: OrganizationView) -> str | None:
    """Why an organization has nothing to show yet, or None."""
    if view.discovery is None:
        return f"organization {view.name!r}: not discovered yet{_trouble(view)}"
    if not view.discovery.entities and not view.work:
        told = "; ".join(view.discovery.unmatched[:5])
        return (
            f"organization {view.name!r}: include, exclude and account_states leave nothing to report on"
            f"{told and f' ({told})'}"
        )
    if view.work and not any(
        standing.report or standing.job or standing.failures for standing in view.standings.values()
    ):
        return f"organization {view.name!r}: no report yet, nor a job that says why{_trouble(view)}"
    return None


def _trouble(view: OrganizationView) -> str:
    return f": {view.trouble}" if view.trouble else ""


class Lifecycle:
    """Answers probes and reload requests."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._bench = Bench(1, "reload")

    async def healthy(self, _: web.Request) -> web.Response:
        """The process serves."""
        return web.Response(text="Healthy.\n")

    async def ready(self, _: web.Request) -> web.Response:
        """Every organization has something to show, and nobody has asked the process to leave."""
        if self._surface.stopping():
            raise web.HTTPServiceUnavailable(text="Not ready: stopping.\n")
        reasons = [unready(view) for view in self._surface.published().snapshot.organizations]
        if any(reasons):
            lines = "".join(f"Not ready: {reason}.\n" for reason in reasons if reason)
            raise web.HTTPServiceUnavailable(text=lines)
        return web.Response(text="Ready.\n")

    async def reload(self, _: web.Request) -> web.Response:
        """Load the configuration again; what is wrong with it, if it was refused."""
        try:
            # Never shared with a reload that runs: that one may have read the file before it was changed.
            await self._bench.run(self._surface.reload)
        except UserError as error:
            raise web.HTTPInternalServerError(
                text=f"The configuration was refused.\n{redacted(str(error))}\n"
            ) from error
        return web.Response(text="The configuration was loaded.\n")

    async def config(self, _: web.Request) -> web.Response:
        """The configuration in force, without its secrets."""
        text = await asyncio.to_thread(self._surface.config_text)
        return web.Response(text=text, content_type="text/yaml", headers={hdrs.CACHE_CONTROL: "no-store"})

    def close(self) -> None:
        self._bench.close()
