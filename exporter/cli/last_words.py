"""What a command that failed says, in the form in which the rest of its log is."""

import os
import sys
from collections.abc import Sequence
from io import StringIO

import click

from exporter.cli.options import environment_variable
from exporter.redaction import redacted

_FLAG = "--log.format"


def say(told: Sequence[str] | click.ClickException, arguments: Sequence[str] | None) -> None:
    """One line on stderr for each of ``told``; of a usage error what click says.

    ``arguments`` are those of the process by default. A log that is read as JSON is JSON to its last line,
    whether or not the command came as far as to understand its own flags.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if _in_json(given):
        _log([told.format_message()] if isinstance(told, click.ClickException) else told)
    elif isinstance(told, click.ClickException):
        shown = StringIO()
        told.show(file=shown)
        sys.stderr.write(redacted(shown.getvalue()))
    else:
        for line in told:
            click.echo(f"error: {redacted(line)}", err=True)


def _in_json(arguments: Sequence[str]) -> bool:
    if not arguments or arguments[0] != "serve":
        return False
    chosen = os.environ.get(environment_variable(_FLAG), "")
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = argument.partition("=")
        if name == _FLAG:
            chosen = value if equals else following
    return chosen == "json"


def _log(lines: Sequence[str]) -> None:
    import structlog  # noqa: PLC0415 - what few commands need

    from exporter.telemetry.logging import configure  # noqa: PLC0415 - as above

    configure(format="json")
    for line in lines:
        structlog.get_logger().error("exporter.failed", reason=redacted(line))
