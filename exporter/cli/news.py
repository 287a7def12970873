"""``news``: what changed, from the state."""

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import (
    Duration,
    chosen,
    config_file,
    configured,
    examples,
    option,
    organization_option,
    output_format,
)
from exporter.model import NewsKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exporter.store import Remembered
    from exporter.told import Told, Wanted

_EXAMPLES = examples(
    "org-access-exporter news --since 1d",
    "org-access-exporter news --kind returned --entity Payments --output json",
    "org-access-exporter news --state.url sqlite:///state.db --output csv > news.csv",
)


@click.command("news", epilog=_EXAMPLES)
@config_file()
@organization_option()
@click.option(
    "--since",
    type=Duration(shortest=1.0),
    default="7d",
    show_default=True,
    help="Told so long ago at most; the state has what news.keep lets it have.",
)
@click.option("--kind", type=click.Choice([kind.value for kind in NewsKind]), help="Only of this kind.")
@click.option(
    "--entity",
    metavar="ENTITY",
    default="",
    help="Only of this entity, or by this account: its id, ARN, path or name.",
)
@click.option("--service", metavar="SERVICE", default="", help="Only of this service: its namespace or name.")
@option(
    "--state.url",
    metavar="URL",
    help="The state to read, which an exporter may be using; without it, what serve takes without it.",
)
@output_format(
    "table", "json", "csv", what="For people, for programs as /api/v1/news has it, for spreadsheets."
)
def news(config_file: str | None, organization: str | None, **options: Any) -> None:
    """Tell what changed, from the state.

    What was used for the first time or again, and what is allowed now or no longer.
    """
    from exporter.store import default_url  # noqa: PLC0415 - boto3; --help has no use for it
    from exporter.told import Wanted, all_told  # noqa: PLC0415 - as above
    from exporter.told import chosen as choose  # noqa: PLC0415 - as above

    now = time.time()
    if organization is None:
        names = [item.name for item in configured(config_file).organizations]
    else:
        names = [chosen(config_file, organization).name]
    kept = _kept(options["state_url"] or default_url(), names)
    found = [told for name, one in kept.items() for told in all_told(name, one.discovery, one.news)]
    kind = NewsKind(options["kind"]) if options["kind"] else None
    entity = _meant(options["entity"], kept.values(), found) if options["entity"].strip() else ""
    wanted = Wanted(now - options["since"], kind, entity, options["service"].strip())
    _write(choose(found, wanted), options["output"], wanted)


def _kept(url: str, names: list[str]) -> "dict[str, Remembered]":
    from exporter.store import reading  # noqa: PLC0415 - as above

    with reading(url) as store:
        return {name: store.recall(name) for name in names}


def _meant(text: str, kept: "Iterable[Remembered]", found: "list[Told]") -> str:
    """The id of the entity that is meant, also of one that no discovery has any more; raises UserError."""
    from exporter.reference import Reference, matched  # noqa: PLC0415 - as above

    reference = Reference.parsed(text)
    entities = [entity for one in kept if one.discovery for entity in one.discovery.entities]
    ids = {each for told in found for each in (told.piece.subject.entity_id, told.piece.account_id)}
    if reference.id in ids - {entity.id for entity in entities} - {""}:
        return reference.id
    return matched(reference, entities).id


def _write(found: "list[Told]", form: str, wanted: "Wanted") -> None:
    from exporter.output import console, news_document, news_spreadsheet, news_table  # noqa: PLC0415 - as above

    if form == "json":
        click.echo(news_document(found), nl=False)
    elif form == "csv":
        click.echo(news_spreadsheet(found), nl=False)
    elif found:
        console(sys.stdout).print(news_table(found))
    else:
        click.echo("nothing is told" + ("" if wanted == type(wanted)(wanted.since) else " of that"))
