"""``check-config``: every problem of the configuration files at once, without starting anything."""

import os
from collections.abc import Callable

import click

from exporter.cli.options import config_file, web_config_file
from exporter.errors import ConfigError, Problem


@click.command("check-config")
@config_file()
@web_config_file()
def check_config(config_file: str | None, web_config_file: str | None) -> None:
    """Check configuration files.

    Tells every problem with its place and exits with 1 if there is any.
    """
    if config_file is None and web_config_file is None:
        raise click.UsageError("nothing to check: give --config.file, --web.config.file or both")
    problems = [
        *_check(config_file, _describe_config),
        *_check(web_config_file, _describe_web_config),
    ]
    if problems:
        raise ConfigError(problems)


def _check(file: str | None, describe: Callable[[str], str]) -> tuple[Problem, ...]:
    if file is None:
        return ()
    try:
        summary = describe(file)
    except ConfigError as error:
        return error.problems
    click.echo(f"{file}: SUCCESS: {summary}")
    return ()


def _describe_config(file: str) -> str:
    from exporter.aws import known_regions  # noqa: PLC0415 - botocore takes a while; --help has no use for it
    from exporter.config import load  # noqa: PLC0415 - as above
    from exporter.config.doubts import doubts  # noqa: PLC0415 - as above

    config = load(file)
    for line in doubts(config, known_regions(), os.environ):
        click.echo(f"{file}: warning: {line}", err=True)
    names = [organization.name for organization in config.organizations]
    return f"{len(names)} organization{'s' * (len(names) != 1)}: {', '.join(names)}".replace("\n", "\\n")


def _describe_web_config(file: str) -> str:
    from exporter.config.departures import departures  # noqa: PLC0415 - as above
    from exporter.config.web import load_web  # noqa: PLC0415 - as above

    config = load_web(file)
    for line in departures(config):
        click.echo(f"{file}: warning: {line}", err=True)
    tls = "TLS is enabled" if config.tls else "TLS is disabled"
    return f"{tls}, {len(config.users)} users, {len(config.headers)} headers"
