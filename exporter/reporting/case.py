"""The evidence for a recommendation: from the state of a running exporter, or asked for now."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from exporter import __version__
from exporter.aws import AwsOrganization, Paging, Population, configured
from exporter.config import OrganizationConfig
from exporter.config.durations import format_duration
from exporter.credentials import attended
from exporter.errors import UserError
from exporter.model import Entity, EntityType, Report, Subject, Work
from exporter.order import FOREIGN
from exporter.recommend import Case, Member, Memory, Origin, remembered
from exporter.reference import Reference
from exporter.reporting.asking import Asker
from exporter.reporting.progress import Waiting
from exporter.store import Remembered, reading
from exporter.store.address import MEMORY

_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Question:
    """Which entity (None: the root and every OU), and where reports come from: a state, or AWS by default.

    ``timeout`` in seconds is how long a new report may take, ``most_age`` how old one may be; None: as old
    as it is.
    """

    organization: OrganizationConfig
    entity: Reference | None = None
    state_url: str = MEMORY
    timeout: float = 300.0
    quiet: bool = False
    most_age: float | None = None


@attended()
def gather(question: Question) -> Case:
    """All that is known; raises UserError or AwsError where that is not enough."""
    assert question.entity is not None
    aws = configured.organization(question.organization, lambda _: None, wire_times=True)
    entity = aws.find(question.entity)
    if entity.type is EntityType.MANAGEMENT_ACCOUNT:
        raise UserError(f"{entity.id} is the management account: no SCP binds it")
    kept = recalled(question)
    with Waiting(1, quiet=question.quiet) as waiting:
        case = told(question, entity, kept, Asker(aws, Paging(), question.timeout, waiting))
    case = placed(question, aws, case)
    return remembered(case, memory(question, kept, case.members)) if kept else case


def lineage(entity: Entity) -> list[str]:
    """The ids from the root down to it."""
    return entity.path.split("/")[1:]


def recalled(question: Question) -> Remembered | None:
    """What the state has, where one is asked."""
    if question.state_url == MEMORY:
        return None
    with reading(question.state_url) as store:
        return store.recall(question.organization.name)


def told(question: Question, entity: Entity, kept: Remembered | None, asker: Asker) -> Case:
    """A case of its report alone; raises UserError for one that is too old, or AwsError."""
    report = _kept(question, kept, entity) if kept else _asked(question, asker, entity)
    now = time.time()
    _refuse_old(question, entity, now - report.created)
    return Case(entity, report, asked=now)


def placed(question: Question, aws: AwsOrganization, case: Case) -> Case:
    """The case with what AWS Organizations tells about the entity."""
    entity, population = case.entity, aws.population(case.entity)
    names = {**aws.names(entity), **{member.id: member.name for member in population.members}}
    return replace(
        case,
        entity=replace(entity, name=names.get(entity.id, entity.name)),
        members=population.members,
        attached=aws.attached(lineage(entity)),
        names=names,
        manages=population.manages,
        delegated=aws.delegated(population.members),
        origin=origin(question, population),
    )


def origin(question: Question, population: Population) -> Origin:
    """Where the evidence is from."""
    # A stand-in for AWS may tell another partition than the region says.
    partitions = {population.partition, question.organization.partition} - {"aws"}
    partition = next(iter(sorted(partitions)), "aws")
    return Origin(question.organization.name, population.org_id, partition, __version__)


def _asked(question: Question, asker: Asker, entity: Entity) -> Report:
    answered = asker.ask(Work(Subject(entity.id), entity, FOREIGN))
    return answered.reading(question.organization.name).report


def _refuse_old(question: Question, entity: Entity, age: float) -> None:
    if question.most_age is not None and age > question.most_age:
        raise UserError(
            f"the report on {entity.id} is {age // _DAY:.0f} days old, older than max_report_age "
            f"({format_duration(question.most_age)}): --stale-evidence takes it all the same"
        )


def _kept(question: Question, kept: Remembered, entity: Entity) -> Report:
    standing = kept.standings.get(Subject(entity.id))
    if standing and standing.report:
        return standing.report
    why = "dropped its report" if standing and standing.expired else "holds no report"
    raise UserError(
        f"the state {why} on {entity.id} of organization {question.organization.name!r}"
        f"{', which was too old' if standing and standing.expired else ''}: "
        "without --state.url a new one is made"
    )


def memory(question: Question, kept: Remembered, members: Iterable[Member]) -> Memory:
    """The state, as far as it is evidence about these accounts."""
    discovery = kept.discovery
    entities = discovery.entities if discovery else ()
    units = [one for one in entities if one.type in {EntityType.ROOT, EntityType.ORGANIZATIONAL_UNIT}]
    accounts = [Entity(one.id, EntityType.ACCOUNT, one.name, one.path, state=one.state) for one in members]
    found = configured.scope(question.organization).entities([*units, *accounts])
    at = discovery.at if discovery else 0.0
    return Memory(entities, at, kept.standings, frozenset(one.id for one in found))
