"""``report``: one access report, or many, now."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.aws_cli import MAX_ITEMS, SORT_KEYS, cli_input_json, generate_cli_skeleton, overlaid
from exporter.cli.options import (
    ENTITY_FLAGS,
    chosen,
    chosen_entity,
    config_file,
    configured,
    entity_options,
    examples,
    organization_option,
    output_format,
    quiet,
    timeout,
)
from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.aws import Paging

_SUBJECTS = (*ENTITY_FLAGS, "job_id", "all_ous", "all_accounts")
# As AWS's API has them: it would say so in a sentence about a parameter of its own.
_FORMS = {
    "policy_id": (
        re.compile("p-[0-9a-zA-Z_]{8,128}"),
        "SCP's id: such as p-ab12cd34; list-policies has them",
    ),
    "job_id": (re.compile("[0-9a-zA-Z-]{36}"), "job id: it has 36 characters, five groups of them"),
}
_EXAMPLES = examples(
    "org-access-exporter report --entity ou-ab12-c3d4e5f6",
    "org-access-exporter report --entity Payments",
    "org-access-exporter report --entity-path o-a1b2c3d4e5/r-ab12 --output csv > root.csv",
    "org-access-exporter report --job-id a8b6c06f-aaa4-8xmp-28bc-81da71836359 --output json --max-items 50",
    "org-access-exporter report --all-accounts --output csv --output-dir reports",
    "org-access-exporter report --all-ous --output html > access.html",
)


@click.command("report", epilog=_EXAMPLES)
@config_file()
@organization_option()
@entity_options()
@click.option("--all-ous", is_flag=True, help="A report on every organizational unit.")
@click.option("--all-accounts", is_flag=True, help="A report on every account.")
@click.option("--policy-id", metavar="ID", default="", help="As this one SCP allows.")
@click.option("--job-id", metavar="ID", help="The report of a job made earlier with the same credentials.")
@click.option("--sort-key", type=SORT_KEYS, help="The order of the rows, as in the AWS CLI.")
@click.option("--max-items", type=MAX_ITEMS, help="One page of at most so many rows, as in the AWS CLI.")
@click.option(
    "--marker",
    metavar="TEXT",
    help="The page that this marker of an earlier answer stands for (with --job-id).",
)
@output_format(
    "table",
    "json",
    "csv",
    "prometheus",
    "html",
    what="For people, as the AWS CLI prints it, for spreadsheets, for node_exporter's textfile collector, "
    "or one file for mail and paper, with the policy that is recommended by it.",
)
@click.option(
    "--timestamp-format",
    type=click.Choice(["wire", "iso8601"]),
    help="Of --output json: as AWS wrote them, and version 1 of the AWS CLI does (wire, the default), or as "
    "version 2 does unless its cli_timestamp_format is wire.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="A file per report. One that is there already is not made again: an interrupted run goes on.",
)
@cli_input_json()
@generate_cli_skeleton()
@timeout()
@quiet()
def report(config_file: str | None, organization: str | None, **options: Any) -> int:
    """Show one access report, or many, now.

    Generates a report and waits for it, or reads that of a job made earlier, with all of its pages. With
    --max-items or --marker, and with --job-id and --output json, it gives one page as
    "aws iam get-organizations-access-report" does: 100 rows if nothing else is said. --output json equals
    version 1 of the AWS CLI byte for byte, with --timestamp-format iso8601 version 2.
    """
    options = overlaid(options, options["cli_input_json"], _SUBJECTS)
    sample = options["generate_cli_skeleton"]
    if sample != "input":
        _check(options)
    if sample:
        return _print_skeleton(sample)
    return _run(config_file, organization, options)


def _print_skeleton(sample: str) -> int:
    from exporter.aws import Skeleton, skeleton  # noqa: PLC0415 - boto3; --help has no use for it
    from exporter.output import one_document  # noqa: PLC0415 - as above

    sys.stdout.write(one_document(skeleton(Skeleton(sample))))
    return 0


def _run(config_file: str | None, organization: str | None, options: Mapping[str, Any]) -> int:
    from exporter.reporting import Form, Request, Selection, run  # noqa: PLC0415 - boto3, as above

    one = chosen(config_file, organization)
    request = Request(
        one,
        Selection(
            entity=chosen_entity(options),
            job_id=options["job_id"] or "",
            all_ous=options["all_ous"],
            all_accounts=options["all_accounts"],
            policy_id=options["policy_id"],
        ),
        _paging(options),
        Form(options["output"]),
        options["timeout"],
        Path(options["output_dir"]) if options["output_dir"] else None,
        options["quiet"],
        (*configured(config_file).protect, *one.protect),
    )
    return run(request, sys.stdout, lambda line: click.echo(line, err=True))


def _paging(options: Mapping[str, Any]) -> "Paging":
    from exporter.aws import Paging, TimeFormat  # noqa: PLC0415 - boto3, as above

    page = options["max_items"] is not None or options["marker"] is not None
    one = page or (options["job_id"] and options["output"] == "json")
    sort_key, times = options["sort_key"], TimeFormat(options["timestamp_format"] or TimeFormat.WIRE)
    if one:
        return Paging(False, options["max_items"], options["marker"] or "", sort_key, times)
    return Paging(sort_key=sort_key, times=times)


def _check(options: Mapping[str, Any]) -> None:
    single = [name for name in (*ENTITY_FLAGS, "job_id") if options[name]]
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
    if options["timestamp_format"] and options["output"] != "json":
        raise click.UsageError("--timestamp-format is for --output json")
    if many and options["max_items"] is not None:
        raise click.UsageError("--max-items is for one report")
    for option, (pattern, what) in _FORMS.items():
        if options[option] and not pattern.fullmatch(options[option]):
            raise UserError(f"--{option.replace('_', '-')} {options[option]!r} is no {what}")
