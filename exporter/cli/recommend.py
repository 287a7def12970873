"""``recommend``: a service control policy from the evidence."""

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.entity import FLAGS, chosen_entity, entity_options
from exporter.cli.options import Duration, config_file, examples, option, quiet, timeout
from exporter.cli.organization import chosen, organization_option
from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.recommend import Recommendation, Wish

_EXAMPLES = examples(
    "org-access-exporter recommend --entity Payments",
    "org-access-exporter recommend --entity-id 111122223333 --unused-for 180d --format scp > scp.json",
    "org-access-exporter recommend --entity-id ou-ab12-c3d4e5f6 --variant allow-list --format terraform",
    "org-access-exporter recommend --entity-id r-ab12 --state.url dynamodb://reports?region=eu-west-1",
)


@click.command("recommend", epilog=_EXAMPLES)
@config_file()
@organization_option()
@entity_options()
@click.option(
    "--unused-for",
    type=Duration(shortest=1.0),
    default="90d",
    show_default=True,
    help="Services that nobody used for so long are denied.",
)
@click.option(
    "--variant",
    type=click.Choice(["deny-list", "allow-list"]),
    default="deny-list",
    show_default=True,
    help="Name what is denied, or (by NotAction) what is not: that denies what AWS does not report on too.",
)
@option(
    "--protect",
    multiple=True,
    metavar="SERVICE",
    help="A service namespace that is never to be denied, beside those that never are; may be repeated.",
)
@click.option(
    "--format",
    type=click.Choice(["table", "scp", "json", "terraform"]),
    default="table",
    show_default=True,
    help="The evidence for people; the policy alone (a list if it takes several); all as JSON; Terraform.",
)
@click.option(
    "--state.url",
    "state_url",
    default="memory:",
    metavar="URL",
    help="Take the report from this state, which an exporter may be using. Otherwise a new one is made.",
)
@timeout()
@quiet()
def recommend(config_file: str | None, organization: str | None, **options: Any) -> None:
    """Recommend an SCP that denies what nobody used.

    Tells for every service why it is denied, or is not. Never denies identity, billing, support and the
    like, nor what was used within --unused-for in any account below; accounts that are younger than that
    are no evidence of anything being unused.
    """
    if sum(bool(options[flag]) for flag in FLAGS) != 1:
        raise click.UsageError("say what it is for by one of --entity, --entity-id and --entity-path")
    entity = chosen_entity(options)
    assert entity is not None
    wish = _wish(options)
    from exporter.reporting import Question, gather  # noqa: PLC0415 - boto3; --help has no use for it

    case = gather(
        Question(
            chosen(config_file, organization),
            entity,
            options["state_url"],
            options["timeout"],
            options["quiet"],
        )
    )
    from exporter.recommend import recommend as judge  # noqa: PLC0415 - as above

    try:
        found = judge(case, wish)
    except ValueError as error:
        raise UserError(str(error)) from error
    _write(found, options["format"], quiet=options["quiet"])


def _wish(options: dict[str, Any]) -> "Wish":
    from exporter.recommend import TRACKED, Variant, Wish  # noqa: PLC0415 - as above

    if options["unused_for"] > TRACKED:
        raise UserError("--unused-for: AWS is sure to remember 400 days; nothing is known of a longer time")
    for name in options["protect"]:
        if not re.fullmatch("[a-z0-9-]+", name):
            raise UserError(f"--protect {name!r}: not a service namespace such as s3 or access-analyzer")
    protect = dict.fromkeys(options["protect"], "protected by --protect")
    return Wish(options["unused_for"], Variant(options["variant"]), protect)


def _write(found: "Recommendation", form: str, *, quiet: bool) -> None:
    from exporter.output import advice, console  # noqa: PLC0415 - as above
    from exporter.recommend import evidence, policy_texts, terraform  # noqa: PLC0415 - as above

    if form == "table":
        console(sys.stdout).print(advice(found))
        return
    if form == "json":
        click.echo(json.dumps(evidence(found), indent=2))
        return
    if not found.policies:
        raise UserError(f"nothing to deny on {found.case.entity.id}: --format table tells why")
    for note in () if quiet else found.notes:
        click.echo(f"note: {note}", err=True)
    text = terraform(found) if form == "terraform" else "".join(f"{one}\n" for one in policy_texts(found))
    click.echo(text, nl=False)
