"""What the simulated organization is, for the commands that have one."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def simulation_options(*, speed: float, told: str) -> Callable[[_Command], _Command]:
    """``--accounts``, ``--ous``, ``--speed`` and ``--seed``, as SimulationOptions calls them."""
    options = (
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

    def decorated(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated
