"""The evidence about a whole organization: its root and OUs, read once each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from exporter.aws import AwsOrganization, Paging, Population, configured
from exporter.errors import AwsError, CredentialsError, UserError
from exporter.model import Discovery, Entity, EntityType
from exporter.recommend import Attached, Case, Member, remembered
from exporter.reporting.asking import Asker
from exporter.reporting.case import Question, lineage, memory, origin, recalled, told
from exporter.reporting.progress import Waiting

_UNITS = {EntityType.ROOT, EntityType.ORGANIZATIONAL_UNIT}


def gather_tree(question: Question) -> tuple[tuple[Case, ...], Mapping[str, str]]:
    """A case for the root and every OU in scope that has accounts, a parent before its children.

    With it the ids of those that there is no report on, and why. Raises UserError, AwsError.
    """
    aws = configured.organization(question.organization, lambda _: None, wire_times=True)
    tree = Tree.read(question, aws, aws.discover())
    kept = recalled(question)
    cases: list[Case] = []
    missing: dict[str, str] = {}
    with Waiting(len(tree.units), quiet=question.quiet) as waiting:
        asker = Asker(aws, Paging(), question.timeout, waiting)
        for unit in tree.units:
            try:
                case = tree.placed(told(question, unit, kept, asker))
            except CredentialsError:
                raise
            except (UserError, AwsError) as error:
                missing[unit.id] = f"{unit.name} ({unit.id}): {error}"
                continue
            cases.append(remembered(case, memory(question, kept, case.members)) if kept else case)
    return tuple(cases), missing


@dataclass(frozen=True, slots=True)
class Tree:
    """What AWS Organizations tells, for all of it: each listing is read once."""

    question: Question
    units: tuple[Entity, ...]
    population: Population
    attached: Mapping[str, tuple[Attached, ...]]
    names: Mapping[str, str]
    management: str
    delegated: Mapping[str, tuple[str, ...]] | None

    @classmethod
    def read(cls, question: Question, aws: AwsOrganization, discovery: Discovery) -> "Tree":
        """What AWS tells; raises UserError where nothing is in scope, or AwsError."""
        everything = [one for one in discovery.entities if one.type in _UNITS]
        tops = [one for one in everything if one.parent_id not in {other.id for other in everything}]
        if not tops:
            raise UserError("no root and no OU is in scope")
        found = [aws.population(top) for top in tops]
        members = tuple(member for one in found for member in one.members)
        units = tuple(one for one in everything if _below(one, members))
        targets = dict.fromkeys(target for unit in units for target in lineage(unit))
        management = next((one.path for one in discovery.entities if _manages(one)), "")
        return cls(
            question,
            units,
            found[0]._replace(members=members),
            _by_entity(aws.attached(targets)),
            {one.id: one.name for one in discovery.entities},
            management,
            aws.delegated(members),
        )

    def placed(self, case: Case) -> Case:
        """The case with what is known of its entity."""
        members = _below(case.entity, self.population.members)
        ids = {member.id for member in members}
        return replace(
            case,
            members=members,
            attached=tuple(one for place in lineage(case.entity) for one in self.attached.get(place, ())),
            names={**self.names, **{member.id: member.name for member in members}},
            manages=self.management.startswith(f"{case.entity.path}/"),
            delegated=None
            if self.delegated is None
            else {account: what for account, what in self.delegated.items() if account in ids},
            origin=origin(self.question, self.population),
        )


def _manages(entity: Entity) -> bool:
    return entity.type is EntityType.MANAGEMENT_ACCOUNT


def _below(entity: Entity, members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(member for member in members if member.path.startswith(f"{entity.path}/"))


def _by_entity(attached: Sequence[Attached]) -> Mapping[str, tuple[Attached, ...]]:
    found: dict[str, tuple[Attached, ...]] = {}
    for one in attached:
        found[one.entity_id] = (*found.get(one.entity_id, ()), one)
    return found
