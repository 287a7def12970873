"""Evidence from a state, which an exporter keeps, compared with what AWS says now."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from exporter.model import Entity, EntityType, Report, Standing, Subject
from exporter.recommend.case import Case, Member

_DAY = 86400.0
_MOST = 10


@dataclass(frozen=True, slots=True)
class Memory:
    """``entities`` are those that the last discovery found in scope, at ``at``;
    ``in_scope`` are the ids of the present accounts that it would find.
    """

    entities: tuple[Entity, ...]
    at: float
    standings: Mapping[Subject, Standing]
    in_scope: frozenset[str]


def remembered(case: Case, memory: Memory) -> Case:
    """The case with all that the memory has about its present members, and notes on what does not fit."""
    below = tuple(_below(case, memory))
    last_known: dict[str, float] = {}
    for one in (*below, memory.standings.get(Subject(case.entity.id))):
        for namespace, at in one.last_known.items() if one else ():
            last_known[namespace] = max(at, last_known.get(namespace, at))
    return replace(
        case,
        below=tuple(one.report for one in below if one.report),
        last_known=last_known,
        uncovered=frozenset(_uncovered(case, memory)),
        remarks=(*case.remarks, *_remarks(case, memory)),
    )


def _below(case: Case, memory: Memory) -> Iterator[Standing]:
    """What is known of every account that is here now, and of the OUs that were below."""
    units = [one.id for one in _then_below(case, memory) if one.type is EntityType.ORGANIZATIONAL_UNIT]
    for entity_id in dict.fromkeys([*units, *(member.id for member in case.members)]):
        standing = memory.standings.get(Subject(entity_id))
        if standing and entity_id != case.entity.id:
            yield standing


def _then_below(case: Case, memory: Memory) -> Iterator[Entity]:
    return (one for one in memory.entities if one.path.startswith(f"{case.entity.path}/"))


def _uncovered(case: Case, memory: Memory) -> Iterator[str]:
    then = {one.id for one in _then_below(case, memory)}
    return (member.id for member in case.members if not _covered(case, memory, member, then))


def _covered(case: Case, memory: Memory, member: Member, then: Container[str]) -> bool:
    """Whether the entity's report counts what the account did, or it has a report of its own."""
    if member.id == case.entity.id or _own_report(memory, member):
        return True
    if member.id not in memory.in_scope:
        # AWS counts what is out of the configuration's scope as well.
        return member.joined is not None and member.joined <= case.report.created
    return member.id in then


def _own_report(memory: Memory, member: Member) -> Report | None:
    standing = memory.standings.get(Subject(member.id))
    return standing.report if standing else None


def _remarks(case: Case, memory: Memory) -> Iterator[str]:
    then = {one.id: one for one in memory.entities}
    former = then.get(case.entity.id)
    if former and former.path != case.entity.path:
        yield f"it was moved since the report, which is about its former place, {former.path}"
    were = [one for one in _then_below(case, memory) if one.type is EntityType.ACCOUNT]
    if former and case.entity.type is not EntityType.ACCOUNT:
        yield from _movements(case, memory, were)
    age = case.now - memory.at
    if age > _DAY:
        yield f"the state looked at the tree {int(age / _DAY)} days ago"


def _movements(case: Case, memory: Memory, were: Iterable[Entity]) -> Iterator[str]:
    known = {one.id: one for one in were}
    came = [one for one in case.members if one.id not in known and one.id in memory.in_scope]
    counted = [(one, report) for one in came if (report := _own_report(memory, one))]
    if counted:
        oldest = int(max(case.now - report.created for _, report in counted) / _DAY)
        age = f", of up to {oldest} days ago," if oldest else ""
        names = _named(one.id for one, _ in counted)
        yield f"came since the state looked, their own reports{age} count: {names}"
    here = {member.id for member in case.members}
    left = [one.id for one in known.values() if one.id not in here]
    if left:
        yield f"left since the state looked, what they used still counts: {_named(left)}"


def _named(ids: Iterable[str]) -> str:
    listed = list(ids)
    rest = len(listed) - _MOST
    return ", ".join(listed[:_MOST]) + (f" and {rest} more" if rest > 0 else "")
