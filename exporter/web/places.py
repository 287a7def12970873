"""Where everything is: paths as this server sees them, and as the world outside does."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from exporter.errors import UserError
from exporter.web.surface import WebSettings

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
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
    empty where none was given.
    """

    telemetry: str = "/metrics"
    inside: str = ""
    outside: str = ""
    scheme: str = ""
    authority: str = ""

    def route(self, path: str) -> str:
        """The path at which requests for ``path`` arrive."""
        return self.inside + path

    def link(self, path: str) -> str:
        """The path under which a client finds ``path``."""
        return self.outside + path


def places(settings: WebSettings) -> Places:
    """The places that the flags describe; UserError for flags that describe none."""
    scheme, authority, external = _external(settings.external_url)
    prefix = settings.route_prefix.rstrip("/") if settings.route_prefix else external
    if prefix and not _PATH.fullmatch(prefix):
        raise UserError(f"--web.route-prefix {settings.route_prefix!r}: not a path such as /exporter")
    outside = external if settings.external_url else prefix
    return Places(_telemetry(settings.telemetry_path), prefix, outside, scheme, authority)


def _telemetry(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise UserError(f"--web.telemetry-path {path!r}: not a path such as /metrics")
    if any(path == taken or path.startswith(f"{taken}/") for taken in _TAKEN):
        raise UserError(f"--web.telemetry-path {path!r}: something else is served there")
    return path


def _external(url: str) -> tuple[str, str, str]:
    """Scheme, authority and path of an external URL."""
    if not url:
        return "", "", ""
    try:
        split = urlsplit(url)
        port = split.port or _DEFAULT_PORTS[split.scheme]
    except (ValueError, KeyError) as error:
        raise UserError(f"--web.external-url {url!r}: not an http or https URL") from error
    host = f"[{split.hostname}]" if ":" in (split.hostname or "") else split.hostname or ""
    path = split.path.rstrip("/")
    if not _HOST.fullmatch(host) or "@" in split.netloc or (path and not _PATH.fullmatch(path)):
        raise UserError(f"--web.external-url {url!r}: not a URL such as https://example.org/exporter")
    if split.query or split.fragment:
        raise UserError(f"--web.external-url {url!r}: has a query or a fragment, which links cannot keep")
    return split.scheme, f"{host}:{port}", path
