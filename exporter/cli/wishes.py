"""What a recommendation is asked for, from flags and configuration."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exporter.cli.options import Duration, option, together
from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.config import Protection
    from exporter.recommend import Wish

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DAY = 86400.0

_OPTIONS = (
    click.option(
        "--unused-for",
        type=Duration(shortest=1.0),
        default="90d",
        show_default=True,
        help="Services that nobody used for so long are denied; at least 7d.",
    ),
    click.option(
        "--min-account-age",
        type=Duration(shortest=1.0),
        metavar="DURATION",
        help="An account is evidence once it has been a member for so long; if not given, --unused-for.",
    ),
    click.option(
        "--min-accounts",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="Nothing is denied where fewer accounts than this are evidence.",
    ),
    click.option(
        "--variant",
        type=click.Choice(["deny-list", "allow-list"]),
        default="deny-list",
        show_default=True,
        help="Name what is denied, or what is not: by NotAction, which also denies what AWS does not report; "
        "where no SCP on the entity allows everything, by a list of what is allowed.",
    ),
    option(
        "--protect",
        multiple=True,
        metavar="SERVICE",
        help="A service namespace that is never to be denied, beside those that never are; may be repeated.",
    ),
    click.option(
        "--include-reviewed",
        is_flag=True,
        help="Deny unused services of the second tier too (detection, recovery, monitoring …): you looked.",
    ),
    click.option(
        "--exempt-principal",
        multiple=True,
        metavar="WHO",
        help="Who is not denied: the ARN of a role or user, perhaps with wildcards, control-tower, sso, "
        "sso=PERMISSION-SET or break-glass=ROLE; may be repeated. Not given: as in our policy in force; "
        "none: nobody.",
    ),
)


def wish_options() -> Callable[[_Command], _Command]:
    """The flags that ``wish`` reads."""
    return together(*_OPTIONS)


def wish(options: dict[str, Any], protections: Iterable["Protection"], now: float) -> "Wish":
    """What is wished; raises UserError for what can be told to be wrong without a report."""
    from exporter.recommend import Variant, Wish, exempted  # noqa: PLC0415 - not for --help

    window, least_age = options["unused_for"], options["min_account_age"]
    _refuse_windows(window, least_age)
    exempt = tuple(options["exempt_principal"]) or None
    try:
        exempted(exempt or ())
    except ValueError as error:
        raise UserError(f"--exempt-principal: {error}") from error
    protect, remarks = _protected(options["protect"], protections, now)
    return Wish(
        window,
        Variant(options["variant"]),
        protect,
        least_age=least_age,
        least_accounts=options["min_accounts"],
        reviewed=options["include_reviewed"],
        exempt=exempt,
        remarks=remarks,
    )


def _refuse_windows(window: float, least_age: float | None) -> None:
    from exporter.recommend import SHORTEST, TRACKED  # noqa: PLC0415 - as above

    if window > TRACKED:
        raise UserError("--unused-for: AWS is sure to remember 400 days; nothing is known of a longer time")
    for flag, seconds in (("--unused-for", window), ("--min-account-age", least_age)):
        if seconds is not None and seconds < SHORTEST:
            raise UserError(
                f"{flag}: at least 7d: AWS's data is hours late, and no shorter time has all kinds of days"
            )


def _protected(
    flags: Iterable[str], protections: Iterable["Protection"], now: float
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Service → reason, and a note for each protection of the configuration that is over."""
    from exporter.config import protected  # noqa: PLC0415 - as above

    protect, remarks = protected(protections, now)
    for name in flags:
        if not re.fullmatch("[a-z0-9-]+", name):
            raise UserError(f"--protect {name!r}: not a service namespace such as s3 or access-analyzer")
        protect[name] = "protected by --protect"
    return protect, remarks
