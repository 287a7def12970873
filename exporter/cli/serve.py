"""``serve``: the daemon."""

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exporter.cli.options import Duration, config_file, option, together, web_config_file

if TYPE_CHECKING:
    from exporter.web import WebSettings

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Level(click.Choice[str]):
    """A level of the log; Prometheus' own programs say warn."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click."""
        return super().convert("warning" if value == "warn" else value, param, ctx)


def listen_addresses() -> Callable[[_Command], _Command]:
    """``--web.listen-address`` and ``--web.health-listen-address``."""
    where = "[HOST]:PORT"
    many = "Where to serve; may be given several times."
    probes = "Where to serve /-/healthy and /-/ready alone, for probes."
    return together(
        option("--web.listen-address", multiple=True, default=[":10078"], metavar=where, help=many),
        option("--web.health-listen-address", default=None, metavar=where, help=probes),
    )


@click.command("serve")
@config_file()
@option(
    "--config.enable-auto-reload",
    is_flag=True,
    help="Reload the configuration within half a minute of its file changing.",
)
@listen_addresses()
@option(
    "--web.systemd-socket",
    is_flag=True,
    help="Serve on the sockets that systemd hands over, in the place of --web.listen-address.",
)
@web_config_file()
@option("--web.telemetry-path", default="/metrics", metavar="PATH", help="Where the metrics are.")
@option("--web.route-prefix", default="", metavar="PATH", help="What every path begins with.")
@option(
    "--web.external-url",
    default="",
    metavar="URL",
    help="How the exporter is reached from outside, for links and service discovery.",
)
@option(
    "--web.grafana-url",
    default="",
    metavar="URL",
    help="Where people find the Grafana that has the dashboards; pages link to them.",
)
@option(
    "--web.grafana-uid-prefix",
    default="",
    metavar="TEXT",
    help="What the uids of those dashboards begin with where the chart made them; it says so itself.",
)
@option("--web.max-requests", type=click.IntRange(min=1), default=40, help="Scrapes served at the same time.")
@option(
    "--web.disable-exporter-metrics",
    is_flag=True,
    help="Leave out the metrics of the exporter itself and of its process.",
)
@option(
    "--state.url",
    metavar="URL",
    help="Where is kept what a restart finds again: sqlite:///PATH, dynamodb://TABLE, or memory: (nowhere). "
    "Without it, the file state.db in $STATE_DIRECTORY, in /var/lib/org-access-exporter where that can be "
    "written to, or in $XDG_STATE_HOME/org-access-exporter.",
)
@option("--state.create", is_flag=True, help="Make the table of a dynamodb:// state where there is none.")
@option(
    "--state.poll-interval",
    type=Duration(0.1),
    default="10s",
    metavar="DURATION",
    help="How often a replica looks for what the one that collects has found, in a shared state.",
)
@option(
    "--ha.lease-duration",
    type=Duration(1.0),
    default="30s",
    metavar="DURATION",
    help="How long a replica that fell silent may still be collecting; another takes over within twice that.",
)
@option(
    "--log.level",
    type=Level(["debug", "info", "warning", "error"]),
    default="info",
    help="The least severe level that is logged; warn is warning.",
)
@option(
    "--log.format", type=click.Choice(["logfmt", "json"]), default="logfmt", help="How a log line is written."
)
def serve(**flags: Any) -> None:
    """Run the exporter.

    Without a configuration file it collects one organization, named "default", with the credentials that
    boto3 finds by itself.
    """
    leave_quietly()
    run(flags)


def leave_quietly() -> None:
    """Exit with 0 on SIGTERM from the first moment on, also while libraries are still being imported."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def run(flags: dict[str, Any], config: Any = None) -> None:
    """Run the daemon with these flags, and with ``config`` instead of a file where it is given."""
    import structlog  # noqa: PLC0415 - as below

    from exporter.daemon import ConfigSource, Daemon  # noqa: PLC0415 - boto3 and aiohttp; --help waits for neither
    from exporter.store import Store, default_url, open_store  # noqa: PLC0415 - as above
    from exporter.telemetry.logging import configure, lines_lost  # noqa: PLC0415 - as above
    from exporter.telemetry.outlet import Outlet  # noqa: PLC0415 - as above

    configure(flags["log_level"], flags["log_format"], Outlet(2, lines_lost))

    def open_state() -> Store:
        url = flags["state_url"] or default_url()
        store = open_store(url, term=flags["ha_lease_duration"], create=flags["state_create"])
        structlog.get_logger().info("state.opened", url=url)
        return store

    daemon = Daemon(
        ConfigSource(flags["config_file"], fixed=config),
        open_state,
        _web(flags),
        poll_interval=flags["state_poll_interval"],
        auto_reload=flags["config_enable_auto_reload"],
    )
    daemon.run()


def _web(flags: dict[str, Any]) -> "WebSettings":
    from exporter.web import WebSettings  # noqa: PLC0415 - as above

    return WebSettings(
        listen_addresses=tuple(flags["web_listen_address"]),
        health_listen_address=flags["web_health_listen_address"],
        systemd_socket=flags["web_systemd_socket"],
        config_file=flags["web_config_file"],
        telemetry_path=flags["web_telemetry_path"],
        route_prefix=flags["web_route_prefix"],
        external_url=flags["web_external_url"],
        grafana_url=flags["web_grafana_url"],
        grafana_uid_prefix=flags["web_grafana_uid_prefix"],
        max_requests=flags["web_max_requests"],
        exporter_metrics=not flags["web_disable_exporter_metrics"],
    )
