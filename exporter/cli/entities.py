"""``entities``: what there is in an organization, and how its reports stand."""

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
)

if TYPE_CHECKING:
    from exporter.inventory import Known, Listed

_ORDERS = ["tree", "id", "name", "type", "path", "accessible", "used", "age"]
_EXAMPLES = examples(
    "org-access-exporter entities",
    "org-access-exporter entities --entity Workloads --output csv > workloads.csv",
    "org-access-exporter entities --state.url sqlite:///state.db --sort used --reverse",
)


@click.command("entities", epilog=_EXAMPLES)
@config_file()
@organization_option()
@entity_options()
@click.option(
    "--sort",
    type=click.Choice(_ORDERS),
    default="tree",
    show_default=True,
    help="The order: as in the organization, or by a column; what is not known comes last.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@output_format("table", "json", "csv", what="For people, for programs, for spreadsheets.")
@state_to_read(
    "Take everything from this state, which an exporter may be using: it has the counts of reports too. "
    "Otherwise AWS is asked what there is, and no report is made."
)
@quiet()
def entities(config_file: str | None, organization: str | None, **options: Any) -> None:
    """List the root, OUs and accounts: id, name, type, path.

    From a state also how many services each may use, how many of them were used in the tracking period, and
    how old its report is. An entity limits the list to it and what is below it.
    """
    reference = one_entity(options)
    configured = chosen(config_file, organization)
    from exporter.inventory import Order, arranged, listing  # noqa: PLC0415 - --help has no use for it
    from exporter.reporting import discovered, remembered, top  # noqa: PLC0415 - boto3; as above

    url = options["state_url"]
    kept = url != "memory:"
    known = remembered(url, configured.name) if kept else discovered(configured)
    listed = listing(known, top(known, reference))
    _write(known, arranged(listed, Order(options["sort"]), backwards=options["reverse"]), options["output"])
    if not kept and options["output"] == "table" and not options["quiet"]:
        click.echo("note: --state.url of a running exporter gives the counts of its reports too", err=True)


def _write(known: "Known", listed: "tuple[Listed, ...]", form: str) -> None:
    from exporter.output import (  # noqa: PLC0415 - as above
        LISTED,
        console,
        entities_rows,
        entities_table,
        rows_spreadsheet,
    )

    match form:
        case "json":
            click.echo(json.dumps(list(entities_rows(known, listed)), indent=2, ensure_ascii=False))
        case "csv":
            click.echo(rows_spreadsheet(LISTED, entities_rows(known, listed)), nl=False)
        case _:
            console(sys.stdout).print(entities_table(listed, time.time()))
