"""Where everything is: paths as this server sees them, and as the world outside does."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from exporter.errors import UserError
from exporter.web.surface import WebSettings

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_UIDS = re.compile(r"[A-Za-z0-9_-]*")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
OVERVIEW, ENTITY, SERVICE = "org-access-overview", "org-access-entity", "org-access-service"
"""Uids of the dashboards, which ``grafana/board.py`` gives them."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TAKEN = (
    "/entities",
    "/services",
    "/export.csv",
    "/news",
    "/news.atom",
    "/probe",
    "/sd",
    "/config",
    "/api",
    "/-",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Prefixes without a slash at their end, and the telemetry path below them.

    ``inside`` is what requests arrive with, ``outside`` what links begin with; they differ behind a proxy
    that takes a part of the path away. ``scheme`` and ``authority`` (``host:port``) are the external URL's,
    empty where none was given. ``grafana`` is where the dashboards are, empty where nobody said, and
    ``uids`` what their uids begin with where the chart made them.
    """

    telemetry: str = "/metrics"
    inside: str = ""
    outside: str = ""
    scheme: str = ""
    authority: str = ""
    grafana: str = ""
    uids: str = ""

    def route(self, path: str) -> str:
        """The path at which requests for ``path`` arrive."""
        return self.inside + path

    def link(self, path: str) -> str:
        """The path under which a client finds ``path``."""
        return self.outside + path

    def dashboard(self, uid: str, **chosen: str) -> str:
        """The address of a dashboard with this chosen in it; empty where there is no Grafana."""
        if not self.grafana:
            return ""
        landing = {"landing": f"{self.scheme}://{self.authority}{self.outside}"} if self.authority else {}
        given = {f"var-{variable}": value for variable, value in {**chosen, **landing}.items()}
        return f"{self.grafana}/d/{self.uids}{uid}?{urlencode(given, errors='replace')}"


def places(settings: WebSettings) -> Places:
    """The places that the flags describe; UserError for flags that describe none."""
    scheme, authority, external = _address("--web.external-url", settings.external_url)
    prefix = settings.route_prefix.rstrip("/") if settings.route_prefix else external
    if prefix and not _PATH.fullmatch(prefix):
        raise UserError(f"--web.route-prefix {settings.route_prefix!r}: not a path such as /exporter")
    outside = external if settings.external_url else prefix
    grafana, uids = _grafana(settings.grafana_url), _uids(settings.grafana_uid_prefix)
    return Places(_telemetry(settings.telemetry_path), prefix, outside, scheme, authority, grafana, uids)


def _telemetry(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise UserError(f"--web.telemetry-path {path!r}: not a path such as /metrics")
    if any(path == taken or path.startswith(f"{taken}/") for taken in _TAKEN):
        raise UserError(f"--web.telemetry-path {path!r}: something else is served there")
    return path


def _grafana(url: str) -> str:
    scheme, authority, path = _address("--web.grafana-url", url)
    return f"{scheme}://{authority}{path}" if url else ""


def _uids(prefix: str) -> str:
    if not _UIDS.fullmatch(prefix):
        raise UserError(f"--web.grafana-uid-prefix {prefix!r}: has what no uid of a dashboard has")
    return prefix


def _address(flag: str, url: str) -> tuple[str, str, str]:
    """Scheme, authority and path of a URL that links begin with; empty ones for none."""
    if not url:
        return "", "", ""
    try:
        split = urlsplit(url)
        port = split.port or _DEFAULT_PORTS[split.scheme]
    except (ValueError, KeyError) as error:
        raise UserError(f"{flag} {url!r}: not an http or https URL") from error
    host = f"[{split.hostname}]" if ":" in (split.hostname or "") else split.hostname or ""
    path = split.path.rstrip("/")
    if not _HOST.fullmatch(host) or "@" in split.netloc or (path and not _PATH.fullmatch(path)):
        raise UserError(f"{flag} {url!r}: not a URL such as https://example.org/exporter")
    if split.query or split.fragment:
        raise UserError(f"{flag} {url!r}: has a query or a fragment, which links cannot keep")
    return split.scheme, f"{host}:{port}", path
