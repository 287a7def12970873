"""Every path, with its methods and the parameters it knows."""

from dataclasses import dataclass, replace

from aiohttp import hdrs, web

from exporter.families import Group
from exporter.web import parameters
from exporter.web.api import Api
from exporter.web.bench import Bench
from exporter.web.catalogue import TABLE, Catalogue
from exporter.web.connections import attend
from exporter.web.delivery import Patience, error_page, is_browser
from exporter.web.directory import Directories
from exporter.web.front import LANDING, Front
from exporter.web.lifecycle import Lifecycle
from exporter.web.manners import Handler, add_headers, answer_errors
from exporter.web.newsroom import CHOICE, Newsroom
from exporter.web.places import Places
from exporter.web.protection import Guard
from exporter.web.scrape import Scrapes
from exporter.web.service_discovery import ServiceDiscovery
from exporter.web.surface import Surface, WebSettings

_READ = (hdrs.METH_GET, hdrs.METH_HEAD)
_CHOICE = frozenset({parameters.COLLECT, parameters.EXCLUDE})


@dataclass(frozen=True, slots=True)
class Route:
    """One path, below the prefix until one is put in front of it."""

    path: str
    handler: Handler
    parameters: frozenset[str] = frozenset()
    methods: tuple[str, ...] = _READ


class Site:
    """All that is served, as two applications: everything, and what probes need."""

    def __init__(
        self,
        surface: Surface,
        settings: WebSettings,
        where: Places,
        guard: Guard | None,
        patience: Patience,
    ) -> None:
        directories = Directories()
        hidden = frozenset() if settings.exporter_metrics else frozenset({Group.EXPORTER})
        self._where = where
        self._guard = guard
        self._pages = Bench(2, "pages")
        self._lifecycle = Lifecycle(surface)
        self._scrapes = Scrapes(
            surface, directories, limit=settings.max_requests, hidden=hidden, patience=patience
        )
        self._discovery = ServiceDiscovery(surface, directories, where, self._pages, patience)
        self._api = Api(surface, self._pages, patience)
        self._front = Front(surface, where, self._pages, patience)
        self._catalogue = Catalogue(surface, where, self._pages, patience)
        self._newsroom = Newsroom(surface, where, self._pages, patience)

    @property
    def scrapes_running(self) -> int:
        return self._scrapes.running

    def everything(self) -> web.Application:
        """The application of the main listeners."""
        routes = [
            Route("/", self._front.page, LANDING),
            Route("/entities/{entity_id}", self._front.entity, TABLE),
            Route("/services", self._catalogue.services, TABLE),
            Route("/services/{namespace}", self._catalogue.service, TABLE),
            Route("/export.csv", self._catalogue.export),
            Route("/news", self._newsroom.page, CHOICE),
            Route("/news.atom", self._newsroom.feed, CHOICE),
            Route(self._where.telemetry, self._scrapes.metrics, _CHOICE),
            Route("/probe", self._scrapes.probe, _CHOICE | {"target"}),
            Route("/sd", self._discovery.targets),
            Route("/api/v1/entities", self._api.entities),
            Route("/api/v1/reports/{entity_id}", self._api.reports, frozenset({"policy_id"})),
            Route("/api/v1/news", self._newsroom.records, CHOICE),
            Route("/config", self._lifecycle.config),
            Route("/-/reload", self._lifecycle.reload, methods=(hdrs.METH_POST, hdrs.METH_PUT)),
            *self._probes(),
        ]
        ways = sorted({"/", self._where.inside} - {self._where.route("/"), ""})
        redirects = [Route(path, self._front.redirect) for path in ways]
        return self._application([*self._prefixed(routes), *redirects], self._guard)

    def health(self) -> web.Application:
        """The application of the health listener."""
        return self._application(self._prefixed(self._probes()), None)

    def close(self) -> None:
        for part in (self._scrapes, self._lifecycle, self._pages, self._front, self._catalogue, self._guard):
            if part:
                part.close()

    def _probes(self) -> list[Route]:
        return [Route("/-/healthy", self._lifecycle.healthy), Route("/-/ready", self._lifecycle.ready)]

    def _prefixed(self, routes: list[Route]) -> list[Route]:
        return [replace(route, path=self._where.route(route.path)) for route in routes]

    def _error_page(self, request: web.Request, status: int, said: str) -> web.Response | None:
        return error_page(self._where, status, said) if is_browser(request) else None

    def _application(self, routes: list[Route], guard: Guard | None) -> web.Application:
        errors = answer_errors(self._where.route("/api/"), self._error_page)
        application = web.Application(middlewares=[errors, attend, *([guard.admit] if guard else [])])
        application.on_response_prepare.append(add_headers)
        if guard:
            application.on_response_prepare.append(guard.add_headers)
        for route in routes:
            resource = application.router.add_resource(route.path)
            for method in route.methods:
                resource.add_route(method, _checked(route), expect_handler=_expect_nothing)
            resource.add_route(hdrs.METH_ANY, _not_allowed(route), expect_handler=_expect_nothing)
        anything_else = application.router.add_resource(r"/{path:[\s\S]*}")
        anything_else.add_route(hdrs.METH_ANY, _not_found, expect_handler=_expect_nothing)
        return application


def _checked(route: Route) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        parameters.check(request.query, route.parameters)
        return await route.handler(request)

    return handler


def _not_allowed(route: Route) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        raise web.HTTPMethodNotAllowed(request.method, route.methods)

    return handler


async def _not_found(_: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


async def _expect_nothing(_: web.Request) -> None:
    """No request has a body that we want, so nobody has to be told to send one: the answer comes at once.

    aiohttp's own way to refuse other expectations fails on those that are not ASCII.
    """
