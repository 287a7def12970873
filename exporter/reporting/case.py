"""The evidence for a recommendation: from the state of a running exporter, or asked for now."""

from dataclasses import dataclass, replace

from exporter.aws import AwsOrganization, Paging, configured
from exporter.config import OrganizationConfig
from exporter.credentials import attended
from exporter.errors import UserError
from exporter.model import Entity, EntityType, Report, Standing, Subject, Work
from exporter.order import FOREIGN
from exporter.recommend import Case
from exporter.reference import Reference
from exporter.reporting.asking import Asker
from exporter.reporting.progress import Waiting
from exporter.store import Remembered, reading
from exporter.store.address import MEMORY


@dataclass(frozen=True, slots=True)
class Question:
    """Which entity, and where its report comes from: a state, or AWS by default.

    ``timeout`` in seconds is how long a new report may take.
    """

    organization: OrganizationConfig
    entity: Reference
    state_url: str = MEMORY
    timeout: float = 300.0
    quiet: bool = False


@attended()
def gather(question: Question) -> Case:
    """All that is known; raises UserError or AwsError where that is not enough."""
    aws = configured.organization(question.organization, lambda _: None, wire_times=True)
    entity = aws.find(question.entity)
    if entity.type is EntityType.MANAGEMENT_ACCOUNT:
        raise UserError(f"{entity.id} is the management account: no SCP binds it")
    if question.state_url == MEMORY:
        case = Case(entity, _asked(question, aws, entity))
    else:
        case = _remembered(question, entity)
    return replace(case, members=aws.members(entity), attached=aws.attached(entity))


def _asked(question: Question, aws: AwsOrganization, entity: Entity) -> Report:
    with Waiting(1, quiet=question.quiet) as waiting:
        asker = Asker(aws, Paging(), question.timeout, waiting)
        answered = asker.ask(Work(Subject(entity.id), entity, FOREIGN))
    return answered.reading(question.organization.name).report


def _remembered(question: Question, entity: Entity) -> Case:
    name = question.organization.name
    kept = _recalled(question.state_url, name)
    standing = kept.standings.get(Subject(entity.id))
    if standing is None or standing.report is None:
        raise UserError(
            f"the state holds no report on {entity.id} of organization {name!r}: "
            "without --state.url a new one is made"
        )
    below = _below(kept, entity)
    last_known: dict[str, float] = {}
    for one in (*below, standing):
        for namespace, at in one.last_known.items():
            last_known[namespace] = max(at, last_known.get(namespace, at))
    reports = tuple(one.report for one in below if one.report)
    return Case(entity, standing.report, below=reports, last_known=last_known)


def _recalled(url: str, name: str) -> Remembered:
    with reading(url) as store:
        return store.recall(name)


def _below(kept: Remembered, entity: Entity) -> tuple[Standing, ...]:
    """What is known of the accounts and OUs below; the management account is nobody's evidence."""
    return tuple(
        kept.standings[Subject(one.id)]
        for one in (kept.discovery.entities if kept.discovery else ())
        if one.path.startswith(f"{entity.path}/")
        and one.type is not EntityType.MANAGEMENT_ACCOUNT
        and Subject(one.id) in kept.standings
    )
