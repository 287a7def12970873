"""The manual page, from the commands themselves: ``man docs/org-access-exporter.1``."""

import re
import textwrap
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from exporter.cli import COMMANDS, PROGRAM, cli

# Not that of what is installed here, which may be older than these sources.
_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
_EXITS = (
    ("0", "All went well."),
    ("1", "The input or the environment is wrong: a line for each problem on stderr, no traceback."),
    ("2", "The command line was not understood."),
    ("130", "Interrupted."),
)
_ENVIRONMENT = (
    ("ORG_ACCESS_EXPORTER_...", "Flags of serve, and of other commands where OPTIONS says so."),
    ("NO_COLOR", "Tables without colours. Where no terminal listens there are none anyway."),
    ("AWS_...", "Credentials, profile and endpoints, as boto3 reads them."),
)


def manual() -> str:
    """The page in the macros of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH {PROGRAM.upper()} 1 "" "{PROGRAM} {_PROJECT["version"]}" "User Commands"'
    yield ".ad l"  # flags stay whole, and can be copied
    yield ".nh"
    yield ".SH NAME"
    yield rf"{_plain(PROGRAM)} \- {_plain((cli.help or '').rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield rf".B {_plain(PROGRAM)}"
    yield r".I COMMAND"
    yield r"[\fIOPTION\fR]..."
    yield ".SH COMMANDS"
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        yield from _command(name, command)
    yield from _section("ENVIRONMENT", _ENVIRONMENT)
    yield from _section("EXIT STATUS", _EXITS)
    yield ".SH SEE ALSO"
    yield r"\fBaws\fR(1), \fBprometheus\fR(1)"


def _command(name: str, command: click.Command) -> Iterator[str]:
    yield f".SS {_plain(name)}"
    for number, paragraph in enumerate((command.help or "").split("\n\n")):
        yield from ([".PP"] if number else [])
        yield _plain(" ".join(paragraph.split()))
    context = click.Context(command, info_name=name)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and "--help" not in parameter.opts:
            yield from _entry(*record)
    _, _, examples = (command.epilog or "").partition("Examples:\n")
    if examples:
        yield from (".PP", "Examples:", ".PP", ".nf", ".RS")
        yield from (_plain(line) for line in textwrap.dedent(examples).split("\n"))
        yield from (".RE", ".fi")


def _section(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {title}"
    for term, text in entries:
        yield from _entry(term, text)


def _entry(term: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield rf"\fB{_plain(term)}\fR"
    yield _plain(" ".join(text.split()))


def _plain(text: str) -> str:
    """Text that troff takes for nothing else: hyphens that can be copied, no requests, no escapes.

    Choices may go on in the next line.
    """
    escaped = (
        text.replace("\\", r"\e")
        .replace("-", r"\-")
        .replace("|", r"|\:")
        .replace("\N{HORIZONTAL ELLIPSIS}", "...")
    )
    return re.sub(r"^([.'])", r"\\&\1", escaped)
