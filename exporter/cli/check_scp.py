"""``check-scp``: what a draft of an SCP would deny that somebody uses."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import (
    ENTITY_FLAGS,
    Duration,
    chosen,
    chosen_entity,
    config_file,
    entity_options,
    examples,
    organization_option,
    output_format,
    quiet,
    state_to_read,
    timeout,
)

if TYPE_CHECKING:
    from exporter.drafts import Checked, Draft

_EXAMPLES = examples(
    "org-access-exporter check-scp --scp deny.json --entity Payments",
    "org-access-exporter check-scp --scp deny.json --entity ou-ab12-c3d4e5f6 --state.url sqlite:///state.db",
    "org-access-exporter recommend --entity Payments --format scp |\n"
    "    org-access-exporter check-scp --scp - --entity Payments --used-within 90d",
    "org-access-exporter check-scp --scp new.json --instead-of p-ab12cd34 --entity r-ab12",
)
_BROKEN = 1


@click.command("check-scp", epilog=_EXAMPLES)
@config_file()
@organization_option()
@entity_options()
@click.option(
    "--scp",
    "scps",
    multiple=True,
    required=True,
    metavar="FILE",
    help="A draft: a policy in JSON, or what describe-policy prints; - is stdin. May be repeated.",
)
@click.option(
    "--instead-of",
    multiple=True,
    metavar="ID",
    help="An SCP on the entity that the drafts take the place of; may be repeated.",
)
@click.option(
    "--used-within",
    type=Duration(),
    metavar="DURATION",
    help="Only uses that are no longer ago count. By default all that AWS remembers do.",
)
@click.option("--strict", is_flag=True, help="What may be denied counts as denied for the exit code.")
@output_format("table", "json", "markdown", what="For people, for programs, for a comment on a pull request.")
@state_to_read(
    "Take the reports from this state, which an exporter may be using: it knows every account's uses. "
    "Otherwise a report on the entity is made, which knows who used a service last."
)
@timeout()
@quiet()
def check_scp(config_file: str | None, organization: str | None, **options: Any) -> int:
    """Check what drafts of SCPs would deny that is in use.

    Holds the drafts, as if they were attached to the entity, against the reports on it and everything below:
    which services in use would be denied, who used them, when and where. A statement that depends on a
    condition, a resource or the action "may" deny. Exits with 0 if nothing in use is denied for certain, with
    1 if something is.
    """
    if sum(bool(options[flag]) for flag in ENTITY_FLAGS) != 1:
        raise click.UsageError("say what it is for by one of --entity, --entity-id and --entity-path")
    drafts = _drafts(options["scps"])
    checked = _check(config_file, organization, drafts, options)
    _write(checked, options["output"])
    broken = checked.denied or (options["strict"] and checked.uncertain)
    return _BROKEN if broken else 0


def _drafts(names: tuple[str, ...]) -> "list[Draft]":
    from exporter.drafts import parse  # noqa: PLC0415 - --help has no use for it

    try:
        return [draft for name in names for draft in parse("stdin" if name == "-" else name, _text(name))]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--scp") from error


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: it is not UTF-8") from error
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from error


def _check(
    config_file: str | None, organization: str | None, drafts: "list[Draft]", options: dict[str, Any]
) -> "Checked":
    from exporter.drafts import check  # noqa: PLC0415 - as above
    from exporter.reporting import Question, gather  # noqa: PLC0415 - boto3; --help has no use for it

    entity = chosen_entity(options)
    assert entity is not None
    configured = chosen(config_file, organization)
    case = gather(Question(configured, entity, options["state_url"], options["timeout"], options["quiet"]))
    within = options["used_within"]
    since = time.time() - within if within else float("-inf")
    try:
        return check(case, drafts, instead_of=options["instead_of"], since=since)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--instead-of") from error


def _write(checked: "Checked", form: str) -> None:
    from exporter.drafts import document, markdown  # noqa: PLC0415 - as above
    from exporter.output import console, findings  # noqa: PLC0415 - as above

    match form:
        case "json":
            click.echo(json.dumps(document(checked), indent=2))
        case "markdown":
            click.echo(markdown(checked), nl=False)
        case _:
            console(sys.stdout).print(findings(checked))
