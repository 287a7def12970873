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
from collections.abc import MutableMapping, Sequence
from io import StringIO
from types import TracebackType

import click

from exporter.cli import PROGRAM, cli
from exporter.cli.options import environment_variable
from exporter.errors import AmbiguousError, AwsError, ConfigError, ExporterError
from exporter.garbage import search_no_more, searched_seldom
from exporter.redaction import redacted, remember_surroundings, trim

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# As urllib and botocore compare them: an address of IPv6 has its brackets there.
_OURS = ("localhost", "127.0.0.1", "::1", "[::1]")
_FLAG = "--log.format"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; ``arguments`` are those of the process by default."""
    _open_standard_files()
    trim(os.environ)
    remember_surroundings(os.environ)
    sys.excepthook = _crashed
    threading.excepthook = lambda ended: _crashed(ended.exc_type, ended.exc_value, ended.exc_traceback)
    leave_out_loopback(os.environ)
    with searched_seldom():
        code = _ended(arguments)
    if arguments is None:
        search_no_more()
    return code


def _ended(arguments: Sequence[str] | None) -> int:
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return 1
    except OSError as error:
        _forget_stdout()
        say([str(error)], arguments)
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
        say(error, arguments)
        return error.exit_code
    except ExporterError as error:
        say(_lines(error), arguments)
        return 1
    return result if isinstance(result, int) else 0


def _lines(error: ExporterError) -> list[str]:
    problems = error.problems if isinstance(error, (AmbiguousError, ConfigError)) else [error]
    told = [error.advised] if isinstance(error, AwsError) else map(str, problems)
    return [line.replace("\n", "\\n") for line in told]


def _open_standard_files() -> None:
    """Where a standard file is closed, put one there: the next that is opened would take its place.

    What is written to stdout is then an error, as it would be without; stderr takes it, as there is nobody
    left to tell.
    """
    for number, mode in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # gets the lowest number that is free, which is this one
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """A bug, told as Python tells it, without secrets: a traceback has the texts of all errors in it."""
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))


def _forget_stdout() -> None:
    """What could not be written stays unwritten; Python would complain about it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave_out_loopback(environment: MutableMapping[str, str]) -> None:
    """What this machine says to itself goes through no proxy, whatever the environment says of proxies."""
    if not any(environment.get(name) or environment.get(name.upper()) for name in _PROXIES):
        return
    # The name in small letters wins, and programs differ in which of them they know.
    given = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if given.strip() == "*":
        return
    named = [name for name in (part.strip() for part in given.split(",")) if name]
    told = ",".join([*named, *(name for name in _OURS if name not in named)])
    environment["no_proxy"] = environment["NO_PROXY"] = told


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


if __name__ == "__main__":
    sys.exit(main())
