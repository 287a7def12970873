"""``recommend``: a service control policy from the evidence."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import (
    ENTITY_FLAGS,
    chosen,
    chosen_entity,
    config_file,
    configured,
    entity_options,
    examples,
    organization_option,
    quiet,
    state_to_read,
    timeout,
)
from exporter.cli.wishes import wish, wish_options
from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.recommend import Recommendation

_EXAMPLES = examples(
    "org-access-exporter recommend --entity Payments",
    "org-access-exporter recommend --entity-id 111122223333 --unused-for 180d --format scp > scp.json",
    "org-access-exporter recommend --entity-id ou-ab12-c3d4e5f6 --exempt-principal break-glass=Rescue --diff",
    "org-access-exporter recommend --entity-id ou-ab12-c3d4e5f6 --variant allow-list --format terraform",
    "org-access-exporter recommend --entity-id r-ab12 --state.url sqlite:///state.db",
    "org-access-exporter recommend --all-ous --output-dir plan",
)
_CODE = ("scp", "terraform", "cloudformation")


@click.command("recommend", epilog=_EXAMPLES)
@config_file()
@organization_option()
@entity_options()
@wish_options()
@click.option(
    "--format",
    type=click.Choice(["table", "scp", "json", "terraform", "cloudformation"]),
    default="table",
    show_default=True,
    help="The evidence for people; the policy alone (a line each, if it takes several); all as JSON; code.",
)
@click.option(
    "--diff", is_flag=True, help="What is added, removed and kept against our policy in force, and why."
)
@click.option(
    "--all-ous",
    is_flag=True,
    help="A plan for the root and every OU in scope: each denial as high as nobody below needs the service.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Where the plan goes: plan.md to read first, a file per policy, Terraform, and the way back.",
)
@click.option("--exit-code", is_flag=True, help="With --diff: end with 1 where there is a change.")
@state_to_read(
    "Take the report from this state, which an exporter may be using. Otherwise a new one is made."
)
@click.option(
    "--stale-evidence", is_flag=True, help="Take a report that is older than collection.max_report_age too."
)
@timeout()
@quiet()
def recommend(config_file: str | None, organization: str | None, **options: Any) -> None:
    """Recommend an SCP that denies what nobody used.

    Tells for every service why it is denied, or is not. Never denies identity, billing, support and the
    like, nor what was used within --unused-for in any account below; accounts that are younger than that
    are no evidence of anything being unused. What an earlier recommendation denies that is attached stays
    in the text: it is always the whole policy.
    """
    if options["all_ous"] or options["output_dir"]:
        _plan(config_file, organization, options)
        return
    if sum(bool(options[flag]) for flag in ENTITY_FLAGS) != 1:
        raise click.UsageError(
            "say what it is for by one of --entity, --entity-id, --entity-path and --all-ous"
        )
    if options["diff"] and options["format"] in _CODE:
        raise click.UsageError("--diff goes with --format table or json")
    found = _found(config_file, organization, options)
    _write(found, options)
    if options["exit_code"] and options["diff"] and not found.difference.none:
        click.get_current_context().exit(1)


def _plan(config_file: str | None, organization: str | None, options: dict[str, Any]) -> None:
    if not (options["all_ous"] and options["output_dir"]) or any(options[flag] for flag in ENTITY_FLAGS):
        raise click.UsageError("a plan takes --all-ous and --output-dir, and no --entity")
    if options["diff"] or options["format"] != "table" or options["variant"] != "deny-list":
        raise click.UsageError(
            "a plan is of deny lists, in all formats at once: no --diff, --format, --variant"
        )
    config, one = configured(config_file), chosen(config_file, organization)
    wished = wish(options, (*config.protect, *one.protect), time.time())
    from exporter.cli.planning import write_plan  # noqa: PLC0415 - not for --help
    from exporter.reporting import Question, gather_tree  # noqa: PLC0415 - boto3; --help has no use for it

    most_age = None if options["stale_evidence"] else config.collection.max_report_age
    cases, missing = gather_tree(
        Question(one, None, options["state_url"], options["timeout"], options["quiet"], most_age)
    )
    write_plan(cases, missing, wished, Path(options["output_dir"]))


def _found(config_file: str | None, organization: str | None, options: dict[str, Any]) -> "Recommendation":
    config, one = configured(config_file), chosen(config_file, organization)
    wished = wish(options, (*config.protect, *one.protect), time.time())
    entity = chosen_entity(options)
    assert entity is not None
    from exporter.recommend import recommend as judge  # noqa: PLC0415 - not for --help
    from exporter.reporting import Question, gather  # noqa: PLC0415 - boto3; --help has no use for it

    most_age = None if options["stale_evidence"] else config.collection.max_report_age
    case = gather(Question(one, entity, options["state_url"], options["timeout"], options["quiet"], most_age))
    try:
        return judge(case, wished)
    except ValueError as error:
        raise UserError(str(error)) from error


def _write(found: "Recommendation", options: dict[str, Any]) -> None:
    from exporter.output import advice, changes, console  # noqa: PLC0415 - as above
    from exporter.recommend import evidence  # noqa: PLC0415 - as above

    if options["format"] == "table":
        console(sys.stdout).print(changes(found) if options["diff"] else advice(found))
    elif options["format"] == "json":
        click.echo(json.dumps(evidence(found), indent=2))
    else:
        _write_code(found, options["format"], quiet=options["quiet"])


def _write_code(found: "Recommendation", form: str, *, quiet: bool) -> None:
    """Only ever the whole policy: an empty file would take away what is in force."""
    from exporter.recommend import cloudformation, policy_texts, terraform  # noqa: PLC0415 - as above

    if not found.policies:
        entity = found.case.entity.id
        detach = f"; detach {', '.join(found.difference.in_force)}" if found.own else ""
        raise UserError(f"nothing to deny on {entity}{detach}: --format table tells why")
    told = ["no change", *found.notes] if found.difference.none else found.notes
    for note in () if quiet else told:
        click.echo(f"note: {note}", err=True)
    match form:
        case "terraform":
            text = terraform(found)
        case "cloudformation":
            text = cloudformation(found)
        case _:
            text = "".join(f"{one}\n" for one in policy_texts(found))
    click.echo(text, nl=False)
