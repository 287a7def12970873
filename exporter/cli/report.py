"""``report``: one access report, or many, now."""

import sys
from pathlib import Path
from typing import Any

import click

from exporter.cli.entity import FLAGS, chosen_entity, entity_options
from exporter.cli.options import config_file, examples, quiet, timeout
from exporter.cli.organization import chosen, organization_option

_SORT_KEYS = [
    f"{key}_{order}"
    for key in ("SERVICE_NAMESPACE", "LAST_AUTHENTICATED_TIME")
    for order in ("ASCENDING", "DESCENDING")
]
_EXAMPLES = examples(
    "org-access-exporter report --entity ou-ab12-c3d4e5f6",
    "org-access-exporter report --entity Payments",
    "org-access-exporter report --entity-path o-a1b2c3d4e5/r-ab12 --output csv > root.csv",
    "org-access-exporter report --job-id a8b6c06f-aaa4-8xmp-28bc-81da71836359 --output json --max-items 50",
    "org-access-exporter report --all-accounts --output csv --output-dir reports",
)


@click.command("report", epilog=_EXAMPLES)
@config_file()
@organization_option()
@entity_options()
@click.option("--all-ous", is_flag=True, help="A report on every organizational unit.")
@click.option("--all-accounts", is_flag=True, help="A report on every account.")
@click.option("--policy-id", metavar="ID", default="", help="As this one SCP allows.")
@click.option("--job-id", metavar="ID", help="The report of a job made earlier with the same credentials.")
@click.option("--sort-key", type=click.Choice(_SORT_KEYS), help="The order of the rows, as in the AWS CLI.")
@click.option(
    "--max-items", type=click.IntRange(1, 1000), help="One page of at most so many rows, as in the AWS CLI."
)
@click.option(
    "--marker",
    metavar="TEXT",
    help="The page that this marker of an earlier answer stands for (with --job-id).",
)
@click.option(
    "--output",
    type=click.Choice(["table", "json", "csv", "prometheus"]),
    default="table",
    show_default=True,
    help="For people, as the AWS CLI prints it, for spreadsheets, for node_exporter's textfile collector.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="A file per report. One that is there already is not made again: an interrupted run goes on.",
)
@timeout()
@quiet()
def report(config_file: str | None, organization: str | None, **options: Any) -> int:
    """Show one access report, or many, now.

    Generates a report and waits for it, or reads that of a job made earlier, with all of its pages. With
    --max-items or --marker, and with --job-id and --output json, it gives one page as
    "aws iam get-organizations-access-report" does: 100 rows if nothing else is said.
    """
    _check(options)
    from exporter.aws import Paging  # noqa: PLC0415 - boto3; --help has no use for it
    from exporter.reporting import Form, Request, Selection, run  # noqa: PLC0415 - as above

    form = Form(options["output"])
    page = options["max_items"] is not None or options["marker"] is not None
    whole = not page and not (options["job_id"] and form is Form.JSON)
    rows = (options["marker"] or "", options["sort_key"])
    request = Request(
        chosen(config_file, organization),
        Selection(
            entity=chosen_entity(options),
            job_id=options["job_id"] or "",
            all_ous=options["all_ous"],
            all_accounts=options["all_accounts"],
            policy_id=options["policy_id"],
        ),
        Paging(True, sort_key=rows[1]) if whole else Paging(False, options["max_items"], *rows),
        form,
        options["timeout"],
        Path(options["output_dir"]) if options["output_dir"] else None,
        options["quiet"],
    )
    return run(request, sys.stdout, lambda line: click.echo(line, err=True))


def _check(options: dict[str, Any]) -> None:
    single = [name for name in (*FLAGS, "job_id") if options[name]]
    many = options["all_ous"] or options["all_accounts"]
    if len(single) + many != 1:
        raise click.UsageError(
            "say what to report on: one of --entity (or --entity-id, --entity-path), --job-id, --all-ous and "
            "--all-accounts"
        )
    if options["job_id"] and options["policy_id"]:
        raise click.UsageError("--policy-id is for a new report: a job has its policy already")
    if options["marker"] is not None and not options["job_id"]:
        raise click.UsageError("--marker goes with the --job-id it was given for")
    if many and options["max_items"] is not None:
        raise click.UsageError("--max-items is for one report")
