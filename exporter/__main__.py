"""The program: runs a command and turns how it ended into an exit code.

0 well, 1 the user's input or environment is wrong (a line for each problem, no traceback), 2 usage,
130 interrupted.
"""

import exporter.parting  # noqa: F401 - what follows takes time, in which a SIGTERM may come

# isort: split
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from io import StringIO
from types import TracebackType

import click

from exporter.cli import PROGRAM, cli
from exporter.errors import AmbiguousError, AwsError, ConfigError, ExporterError
from exporter.redaction import redacted, remember_surroundings, trim


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; ``arguments`` are those of the process by default."""
    trim(os.environ)
    remember_surroundings(os.environ)
    sys.excepthook = _crashed
    threading.excepthook = lambda ended: _crashed(ended.exc_type, ended.exc_value, ended.exc_traceback)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return 1
    except OSError as error:
        _forget_stdout()
        _complain(str(error))
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
        shown = StringIO()
        error.show(file=shown)
        sys.stderr.write(redacted(shown.getvalue()))
        return error.exit_code
    except ExporterError as error:
        for line in _lines(error):
            _complain(line)
        return 1
    return result if isinstance(result, int) else 0


def _lines(error: ExporterError) -> list[str]:
    problems = error.problems if isinstance(error, (AmbiguousError, ConfigError)) else [error]
    told = [error.advised] if isinstance(error, AwsError) else map(str, problems)
    return [line.replace("\n", "\\n") for line in told]


def _complain(line: str) -> None:
    click.echo(f"error: {redacted(line)}", err=True)


def _crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """A bug, told as Python tells it, without secrets: a traceback has the texts of all errors in it."""
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))


def _forget_stdout() -> None:
    """What could not be written stays unwritten; Python would complain about it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
