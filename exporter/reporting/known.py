"""What is known of an organization: by a running exporter's state, by a discovery, or by reports made now."""

from exporter.aws import Paging, configured
from exporter.config import OrganizationConfig
from exporter.errors import UserError
from exporter.inventory import Known, subtree
from exporter.model import Discovery, Entity, Standing, Subject, Work
from exporter.order import FOREIGN
from exporter.reference import Reference, matched
from exporter.reporting.asking import Asker
from exporter.reporting.progress import Waiting
from exporter.store import reading


def remembered(url: str, organization: str) -> Known:
    """What a state holds; raises UserError where that is nothing."""
    with reading(url) as store:
        kept = store.recall(organization)
    if kept.discovery is None:
        raise UserError(
            f"the state holds nothing of organization {organization!r}: --config.file and --organization say "
            "whose it is"
        )
    return Known(organization, kept.discovery, kept.standings)


def discovered(config: OrganizationConfig) -> Known:
    """What AWS says there is, without any report; raises AwsError."""
    return Known(config.name, configured.organization(config, lambda _: None).discover(), {})


def top(known: Known, reference: Reference | None) -> Entity | None:
    """The entity that is meant, None for everything; raises UserError."""
    return matched(reference, known.discovery.entities) if reference else None


def reported(
    config: OrganizationConfig, reference: Reference | None, timeout: float, *, each: bool, quiet: bool
) -> Known:
    """What a report on the root says, or on the entity that is meant; with ``each`` on all below too.

    Waits up to ``timeout`` seconds for each report. Raises UserError, AwsError.
    """
    aws = configured.organization(config, lambda _: None, wire_times=True)
    discovery = aws.discover()
    known = Known(config.name, discovery, {})
    wanted = _wanted(discovery, top(known, reference), each=each)
    with Waiting(len(wanted), quiet=quiet) as waiting:
        asker = Asker(aws, Paging(), timeout, waiting)
        standings = {Subject(entity.id): _asked(asker, config.name, entity) for entity in wanted}
    return Known(config.name, discovery, standings)


def _wanted(discovery: Discovery, entity: Entity | None, *, each: bool) -> tuple[Entity, ...]:
    """The topmost entities, or all; the scope of the configuration may leave out the root."""
    found = subtree(entity, discovery.entities)
    if each:
        return found
    ids = {one.id for one in found}
    return tuple(one for one in found if one.parent_id not in ids)


def _asked(asker: Asker, organization: str, entity: Entity) -> Standing:
    work = Work(Subject(entity.id), entity, FOREIGN)
    report = asker.ask(work).reading(organization).report
    return Standing(work.subject, report, path=entity.path)
