"""What the web server is given: callables into the rest of the daemon, and settings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from exporter.config import Protection
from exporter.families import Family, Group
from exporter.publication import Published


@dataclass(frozen=True, slots=True)
class Surface:
    """The daemon as the web server sees it.

    ``published`` and ``stopping`` are called on the event loop and must not block; ``reload`` (raises
    UserError) and ``refresh`` (renews the ages) are called in a thread. ``own`` gives the daemon's own
    families of some groups with their lines. ``clock`` gives Unix seconds. ``web_config_failed`` is called
    for each attempt to take up a change of the web configuration that brought nothing. ``protections`` gives
    what the configuration keeps recommendations for an organization from denying.
    """

    published: Callable[[], Published]
    own: Callable[[frozenset[Group]], Iterable[tuple[Family, bytes]]]
    config_text: Callable[[], str]
    reload: Callable[[], None]
    stopping: Callable[[], bool]
    clock: Callable[[], float]
    refresh: Callable[[], None]
    web_config_failed: Callable[[], None]
    protections: Callable[[str], Sequence[Protection]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The ``--web.*`` flags.

    An empty ``route_prefix`` means the path of ``external_url``, ``/`` means none. ``max_requests`` limits
    the scrapes that are served at the same time. Without ``exporter_metrics`` the group ``exporter`` is
    left out of every answer. With ``systemd_socket`` the sockets are those that systemd hands over, in the
    place of ``listen_addresses``. ``config_file`` has TLS, users and the like. ``grafana_url`` is where
    people find the Grafana that has the dashboards (empty: nowhere), whose uids begin with
    ``grafana_uid_prefix``.
    """

    listen_addresses: tuple[str, ...]
    health_listen_address: str | None = None
    systemd_socket: bool = False
    config_file: str | None = None
    telemetry_path: str = "/metrics"
    route_prefix: str = ""
    external_url: str = ""
    max_requests: int = 40
    exporter_metrics: bool = True
    grafana_url: str = ""
    grafana_uid_prefix: str = ""
