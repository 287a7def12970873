"""Which entity a command is about."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from exporter.reference import Reference

_Command = TypeVar("_Command", bound=Callable[..., Any])
FLAGS = ("entity", "entity_id", "entity_path")


def entity_options() -> Callable[[_Command], _Command]:
    """``--entity``, ``--entity-id`` and ``--entity-path``; see ``chosen_entity``."""

    def decorate(command: _Command) -> _Command:
        for flag, metavar, what in (
            ("--entity-path", "PATH", "The same by its path alone: o-…/r-…[/ou-…][/ACCOUNT]."),
            ("--entity-id", "ID", "The same by its id alone."),
            ("--entity", "ENTITY", "The root, OU or account: its id, ARN, path or name."),
        ):
            command = click.option(flag, metavar=metavar, default="", help=what)(command)
        return command

    return decorate


def one_entity(options: Mapping[str, Any]) -> "Reference | None":
    """``chosen_entity``, where at most one may be given; raises UserError, UsageError."""
    if sum(bool(options[flag]) for flag in FLAGS) > 1:
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
