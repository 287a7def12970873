"""``who-uses``: the entities that used a service, when, where, and by which account."""

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import (
    chosen,
    config_file,
    entity_options,
    examples,
    one_entity,
    organization_option,
    output_format,
    quiet,
    state_to_read,
    timeout,
)

if TYPE_CHECKING:
    from exporter.config import OrganizationConfig
    from exporter.inventory import Known, Usage
    from exporter.reference import Reference

_EXAMPLES = examples(
    "org-access-exporter who-uses bedrock",
    "org-access-exporter who-uses bedrock sagemaker --entity Payments --accounts",
    "org-access-exporter who-uses s3 --state.url sqlite:///state.db --output csv > s3.csv",
)
_NOTE = (
    "a report names the account that used a service last; --accounts asks on every account, and --state.url "
    "of a running exporter knows them all"
)


@click.command("who-uses", epilog=_EXAMPLES)
@click.argument("services", metavar="SERVICE...", nargs=-1, required=True)
@config_file()
@organization_option()
@entity_options()
@click.option(
    "--accounts",
    is_flag=True,
    help="Take no state, but make a report on each OU and account too, one after the other.",
)
@output_format("table", "json", "csv", what="For people, for programs, for spreadsheets.")
@state_to_read(
    "Take the reports from this state, which an exporter may be using: it knows every account's uses. "
    "Otherwise a report on the root is made, or on the entity, which knows who used a service last."
)
@timeout()
@quiet()
def who_uses(
    services: tuple[str, ...], config_file: str | None, organization: str | None, **options: Any
) -> None:
    """Tell who used a service: when, in which Region, by which account.

    A service is called by its namespace, which its actions begin with: s3 as in s3:GetObject. What was used
    last is told first. An entity limits the answer to it and what is below it.
    """
    reference = one_entity(options)
    configured = chosen(config_file, organization)
    known = _known(configured, reference, services, options)
    from exporter.inventory import usages  # noqa: PLC0415 - --help has no use for it
    from exporter.reporting import top  # noqa: PLC0415 - boto3; as above

    _write(known, usages(known, services, top(known, reference)), options["output"])
    alone = not options["accounts"] and not _from_state(options)
    if alone and options["output"] == "table" and not options["quiet"]:
        click.echo(f"note: {_NOTE}", err=True)


def _known(
    configured: "OrganizationConfig",
    reference: "Reference | None",
    services: tuple[str, ...],
    options: dict[str, Any],
) -> "Known":
    from exporter.reporting import remembered, reported  # noqa: PLC0415 - as above
    from exporter.services import check_spelling  # noqa: PLC0415 - as above

    if _from_state(options):
        return remembered(options["state_url"], configured.name)
    for text in services:  # before a report is waited for
        check_spelling(text)
    return reported(
        configured, reference, options["timeout"], each=options["accounts"], quiet=options["quiet"]
    )


def _from_state(options: dict[str, Any]) -> bool:
    return options["state_url"] != "memory:" and not options["accounts"]


def _write(known: "Known", found: "tuple[Usage, ...]", form: str) -> None:
    from exporter.output import USES, console, rows_spreadsheet, usage_document, usage_rows, usage_table  # noqa: PLC0415 - as above

    match form:
        case "json":
            click.echo(json.dumps(usage_document(known, found), indent=2, ensure_ascii=False))
        case "csv":
            rows = (row for usage in found for row in usage_rows(known, usage))
            click.echo(rows_spreadsheet(USES, rows), nl=False)
        case _:
            console(sys.stdout).print(usage_table(known, found, time.time()))
