"""Which of the configured organizations a command is about."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.config import Config, OrganizationConfig

_Command = TypeVar("_Command", bound=Callable[..., Any])


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
