"""``simulate``: the simulated AWS alone, for any AWS client."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import click

from exporter.cli.options import together
from exporter.cli.serve import leave_quietly
from exporter.simulator import SimulationOptions, start

_Command = TypeVar("_Command", bound=Callable[..., Any])


def simulation_options(*, speed: float, told: str) -> Callable[[_Command], _Command]:
    """``--accounts``, ``--ous``, ``--speed`` and ``--seed``, as SimulationOptions calls them."""
    return together(
        click.option(
            "--accounts",
            type=click.IntRange(1, 50_000),
            default=30,
            show_default=True,
            help="Member accounts.",
        ),
        click.option(
            "--ous", type=click.IntRange(0, 2_000), default=8, show_default=True, help="Organizational units."
        ),
        click.option(
            "--speed", type=click.FloatRange(0.1, 10_000), default=speed, show_default=True, help=told
        ),
        click.option(
            "--seed", type=int, default=7, show_default=True, help="Another seed, another organization."
        ),
    )


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=10079, show_default=True, help="0: any free port."
)
@simulation_options(speed=1.0, told="How many times faster than AWS's the report jobs are.")
@click.option(
    "--page-limit",
    type=click.IntRange(1, 1000),
    default=1000,
    show_default=True,
    help="Rows per page of a report at most, whatever is asked for.",
)
@click.option(
    "--organization-page-limit",
    type=click.IntRange(1, 20),
    default=20,
    show_default=True,
    help="Accounts or OUs per page at most.",
)
def simulate(host: str, port: int, **options: Any) -> None:
    """Run only the simulated AWS endpoint: IAM's access reports, Organizations and STS."""
    leave_quietly()
    with start(SimulationOptions(**options), host=host, port=port) as simulation:
        click.echo(f"{simulation.url} answers for IAM, Organizations and STS; any credentials will do. Try:")
        click.echo(f"  aws --endpoint-url {simulation.url} organizations list-roots")
        threading.Event().wait()
