"""Flags with Prometheus' dotted names, each with its environment variable.

With those that commands share goes what they choose: the organization and the entity that a command is about.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.config import Config, OrganizationConfig
    from exporter.reference import Reference

ENVIRONMENT_PREFIX = "ORG_ACCESS_EXPORTER"
ENTITY_FLAGS = ("entity", "entity_id", "entity_path")
_Command = TypeVar("_Command", bound=Callable[..., Any])

# For completion alone: whether a file can be used is told by what reads it, in a line of its own.
_PATH = click.Path(readable=False)


def environment_variable(flag: str) -> str:
    """``--config.file`` is ``ORG_ACCESS_EXPORTER_CONFIG_FILE``: dots and dashes become underscores."""
    return f"{ENVIRONMENT_PREFIX}_{parameter(flag).upper()}"


def parameter(flag: str) -> str:
    """The name of a flag as an argument of its command's function: ``--config.file`` is ``config_file``."""
    return flag.removeprefix("--").replace(".", "_").replace("-", "_")


def option(flag: str, **settings: Any) -> Callable[[_Command], _Command]:
    """``click.option`` for one flag such as ``--web.listen-address``, also read from the environment."""
    variable = environment_variable(flag)
    return click.option(
        flag, parameter(flag), envvar=variable, show_envvar=True, show_default=True, **settings
    )


def together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Several flags as one decorator, in the order in which ``--help`` shows them."""

    def decorate(command: _Command) -> _Command:
        for add in reversed(options):
            command = add(command)
        return command

    return decorate


class Duration(click.ParamType[float]):
    """A positive duration as Prometheus writes it; the value is seconds, at least ``shortest``."""

    name = "duration"

    def __init__(self, shortest: float = 0.0) -> None:
        self._shortest = shortest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See click: called for the default too, and for what is already converted."""
        if isinstance(value, float):
            return value
        from exporter.config.durations import parse_duration  # noqa: PLC0415 - --help has no use for it

        try:
            seconds = parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds < self._shortest or not seconds:
            self.fail(f"{value} is too short: at least {self._shortest:g}s", param, ctx)
        return seconds


def config_file() -> Callable[[_Command], _Command]:
    """``--config.file``; None with no file."""
    return option("--config.file", type=_PATH, metavar="FILE", help="The configuration (YAML).")


def web_config_file() -> Callable[[_Command], _Command]:
    """``--web.config.file``; None with no file."""
    what = "TLS, authentication and headers, in exporter-toolkit's format."
    return option("--web.config.file", type=_PATH, metavar="FILE", help=what)


def quiet() -> Callable[[_Command], _Command]:
    """``--quiet``, for commands that tell more on stderr than errors."""
    return click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors.")


def timeout() -> Callable[[_Command], _Command]:
    """``--timeout``, for commands that wait for a report; in seconds."""
    what = "How long to wait for a report."
    return click.option("--timeout", type=Duration(), default="5m", show_default=True, help=what)


def output_format(*formats: str, what: str) -> Callable[[_Command], _Command]:
    """``--output``, of which the first format is the default."""
    choice = click.Choice(formats)
    return click.option("--output", type=choice, default=formats[0], show_default=True, help=what)


def state_to_read(what: str) -> Callable[[_Command], _Command]:
    """``--state.url``, for commands that can do without a state: ``memory:`` has nothing in it."""
    return click.option("--state.url", "state_url", default="memory:", metavar="URL", help=what)


def examples(*commands: str) -> str:
    """The epilog of a command: how it is called."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for command in commands for line in command.split("\n"))


def organization_option() -> Callable[[_Command], _Command]:
    """``--organization``; None where there is but one."""
    return click.option(
        "--organization", metavar="NAME", help="Which of the configured organizations, if there are several."
    )


def configured(file: str | None) -> "Config":
    """The configuration in a file; without one, that of the default credentials."""
    from exporter.config import default, load  # noqa: PLC0415 - pydantic takes a while; --help has no use for it

    return load(file) if file else default()


def chosen(file: str | None, name: str | None) -> "OrganizationConfig":
    """The organization that ``--organization`` names; raises UserError."""
    organizations = {item.name: item for item in configured(file).organizations}
    if name is None and len(organizations) == 1:
        return next(iter(organizations.values()))
    names = ", ".join(organizations)
    if name is None:
        raise UserError(f"there are several organizations: choose one by --organization: {names}")
    if name not in organizations:
        raise UserError(f"no organization {name!r} is configured; there are: {names}")
    return organizations[name]


def entity_options() -> Callable[[_Command], _Command]:
    """``--entity``, ``--entity-id`` and ``--entity-path``; see ``chosen_entity``."""
    flags = (
        ("--entity", "ENTITY", "The root, OU or account: its id, ARN, path or name."),
        ("--entity-id", "ID", "The same by its id alone."),
        ("--entity-path", "PATH", "The same by its path alone: o-…/r-…[/ou-…][/ACCOUNT]."),
    )
    return together(
        *(click.option(flag, metavar=metavar, default="", help=what) for flag, metavar, what in flags)
    )


def one_entity(options: Mapping[str, Any]) -> "Reference | None":
    """``chosen_entity``, where at most one may be given; raises UserError, UsageError."""
    if sum(bool(options[flag]) for flag in ENTITY_FLAGS) > 1:
        raise click.UsageError("give one of --entity, --entity-id and --entity-path")
    return chosen_entity(options)


def chosen_entity(options: Mapping[str, Any]) -> "Reference | None":
    """What the one of the three that was given says, None if none was; raises UserError."""
    from exporter.reference import Reference  # noqa: PLC0415 - --help has no use for it

    if options["entity_id"]:
        return Reference.by_id(options["entity_id"])
    if options["entity_path"]:
        return Reference.by_path(options["entity_path"])
    return Reference.parsed(options["entity"]) if options["entity"] else None
