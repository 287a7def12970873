"""``version``: what is running, for a bug report."""

import json
import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

import click

from exporter.cli import PROGRAM
from exporter.cli.options import output_format

_LIBRARIES = (
    "boto3",
    "botocore",
    "aiohttp",
    "prometheus-client",
    "apscheduler",
    "pydantic",
    "structlog",
    "isal",
    "moto",
)


def versions() -> dict[str, str]:
    """Version by name: the program, Python, and the libraries as far as they are installed."""
    found = {PROGRAM: installed(PROGRAM), "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = installed(library)
        except PackageNotFoundError:
            continue
    return found


@click.command()
@output_format("text", "json", what="The format.")
def version(output: str) -> None:
    """Show the versions of the program and its libraries."""
    if output == "json":
        click.echo(json.dumps(versions(), indent=2))
        return
    for name, number in versions().items():
        click.echo(f"{name} {number}")
