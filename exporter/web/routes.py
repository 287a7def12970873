"""Every path, with its methods and the parameters it knows."""

from dataclasses import dataclass

from aiohttp import hdrs, web

from exporter.families import Group
from exporter.web import parameters
from exporter.web.delivery import Patience
from exporter.web.directory import Directories
from exporter.web.lifecycle import Lifecycle
from exporter.web.manners import Handler, add_headers, plain_errors
from exporter.web.places import Places
from exporter.web.scrape import Scrapes
from exporter.web.surface import Surface, WebSettings

_READ = (hdrs.METH_GET, hdrs.METH_HEAD)
_CHOICE = frozenset({parameters.COLLECT, parameters.EXCLUDE})


@dataclass(frozen=True, slots=True)
class Route:
    """One path below the prefix."""

    path: str
    handler: Handler
    parameters: frozenset[str] = frozenset()
    methods: tuple[str, ...] = _READ


class Site:
    """All that is served, as two applications: everything, and what probes need."""

    def __init__(self, surface: Surface, settings: WebSettings, where: Places, patience: Patience) -> None:
        directories = Directories()
        hidden = frozenset() if settings.exporter_metrics else frozenset({Group.EXPORTER})
        self._where = where
        self._scrapes = Scrapes(
            surface, directories, limit=settings.max_requests, hidden=hidden, patience=patience
        )
        self._lifecycle = Lifecycle(surface)

    def everything(self) -> web.Application:
        """The application of the main listeners."""
        routes = [
            Route(self._where.telemetry, self._scrapes.metrics, _CHOICE),
            Route("/probe", self._scrapes.probe, _CHOICE | {"target"}),
            Route("/config", self._lifecycle.config),
            Route("/-/reload", self._lifecycle.reload, methods=(hdrs.METH_POST, hdrs.METH_PUT)),
            *self._probes(),
        ]
        return _application(routes, self._where)

    def health(self) -> web.Application:
        """The application of the health listener."""
        return _application(self._probes(), self._where)

    def close(self) -> None:
        """Nothing is asked any more."""
        self._scrapes.close()
        self._lifecycle.close()

    def _probes(self) -> list[Route]:
        return [Route("/-/healthy", self._lifecycle.healthy), Route("/-/ready", self._lifecycle.ready)]


def _application(routes: list[Route], where: Places) -> web.Application:
    application = web.Application(middlewares=[plain_errors])
    application.on_response_prepare.append(add_headers)
    for route in routes:
        resource = application.router.add_resource(where.route(route.path))
        for method in route.methods:
            resource.add_route(method, _checked(route))
    return application


def _checked(route: Route) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        parameters.check(request.query, route.parameters)
        return await route.handler(request)

    return handler
