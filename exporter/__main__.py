"""The program: runs a command and turns how it ended into an exit code.

0 well, 1 the user's input or environment is wrong (a line for each problem, no traceback), 2 usage,
130 interrupted.
"""

import os
import sys
from collections.abc import Sequence

import click

from exporter.cli import PROGRAM, cli
from exporter.errors import AmbiguousError, AwsError, ConfigError, ExporterError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; ``arguments`` are those of the process by default."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return 1
    except OSError as error:
        _forget_stdout()
        click.echo(f"error: {error}", err=True)
        return 1
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = cli.main(
            None if arguments is None else list(arguments), prog_name=PROGRAM, standalone_mode=False
        )
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ExporterError as error:
        for line in _lines(error):
            click.echo(f"error: {line}", err=True)
        return 1
    return result if isinstance(result, int) else 0


def _lines(error: ExporterError) -> list[str]:
    problems = error.problems if isinstance(error, (AmbiguousError, ConfigError)) else [error]
    told = [error.advised] if isinstance(error, AwsError) else map(str, problems)
    return [line.replace("\n", "\\n") for line in told]


def _forget_stdout() -> None:
    """What could not be written stays unwritten; Python would complain about it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
