"""What there is to ask, and in which order: section 6.2 of the contract, as pure functions.

Never fetched goes before stale. Within each: the root, OUs from the top down, the management account,
accounts, SCP reports, reports made elsewhere; then the oldest data first.

One exception keeps a crowded organization fair: where OUs alone fill the slot, they would be stale again
before any account had its turn. A report older than ``OVERDUE`` refresh intervals therefore leaves its rank
and queues by how many intervals it is late.

Two kinds of work are due at once, and join that queue as if they were late by more intervals than they are:
what a lead points at (:mod:`exporter.leads`), and what was moved, since its report is about another place.
They go before what is merely stale; and since all in the queue grow later, none of it waits for ever.
"""

from collections.abc import Container, Iterable, Mapping

from exporter.model import (
    SKEW,
    Discovery,
    EntityType,
    Report,
    ReportState,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
    Work,
)

OVERDUE = 2.0  # refresh intervals
MOVED = 3.0  # refresh intervals by which what was moved counts as later than it is
LED = 7.0  # the same for what a lead points at
RETRY = 60.0  # s until a subject is asked again at the earliest: AWS repeats results, failures too, that long

_RANK = {
    EntityType.ROOT: 0,
    EntityType.ORGANIZATIONAL_UNIT: 1,
    EntityType.MANAGEMENT_ACCOUNT: 2,
    EntityType.ACCOUNT: 3,
}
_POLICY_RANK = 4
_FOREIGN_RANK = 5

# A report made elsewhere never changes: once read, it is not read again.
FOREIGN = Target(enabled=True, refresh=float("inf"), services=Services.ALL)


def _rank(item: Work) -> int:
    if item.entity is None:
        return _FOREIGN_RANK
    return _POLICY_RANK if item.subject.policy_id else _RANK[item.entity.type]


def plan(discovery: Discovery | None, targets: Targets, job_ids: Iterable[str] = ()) -> tuple[Work, ...]:
    """Every subject to ask for, in the order of the exposition: entities as discovered, then job ids.

    SCP reports are asked at the topmost entities in scope: a report there covers every account below it
    to which the SCP applies.
    """
    work = [] if discovery is None else [*_entity_work(discovery, targets), *_policy_work(discovery, targets)]
    return (*work, *(Work(Subject(job_id), None, FOREIGN) for job_id in job_ids))


def _entity_work(discovery: Discovery, targets: Targets) -> Iterable[Work]:
    for entity in discovery.entities:
        target = targets.of(entity)
        if target.enabled:
            yield Work(Subject(entity.id), entity, target)


def _policy_work(discovery: Discovery, targets: Targets) -> Iterable[Work]:
    if not targets.policies.enabled:
        return
    ids = {entity.id for entity in discovery.entities}
    for entity in discovery.entities:
        if entity.parent_id not in ids and entity.type is not EntityType.MANAGEMENT_ACCOUNT:
            for policy in discovery.policies:
                yield Work(Subject(entity.id, policy.id), entity, targets.policies)


def path_of(item: Work) -> str:
    """Where the entity is; empty for a job made elsewhere."""
    return item.entity.path if item.entity else ""


def moved(item: Work, standing: Standing) -> bool:
    """The entity is not where it was when its report was last asked for."""
    return _elsewhere(item, standing.asked)


def _elsewhere(item: Work, path: str) -> bool:
    return bool(path) and path != path_of(item)


def due_at(item: Work, standing: Standing | None, now: float, *, led: bool = False) -> float:
    """When a subject is to be asked for again, in Unix seconds; 0 means at once.

    ``led``: a lead points at it.
    A clock that is set back must not keep anything fresh, nor put anything off, for as long as it was wrong:
    what only a later ``now`` can explain does not count.
    """
    if standing is None or moved(item, standing):
        return 0.0
    refresh = item.target.refresh
    retry_at = standing.retry_at if standing.retry_at <= now + longest_wait(refresh) else 0.0
    if standing.failures or standing.report is None:
        return retry_at
    if led:
        return _fresh_until(standing.report, RETRY, now)
    return max(_fresh_until(standing.report, refresh, now), retry_at)


def longest_wait(refresh: float) -> float:
    """Seconds after which a subject is asked again at the latest, whatever happened."""
    return max(RETRY, refresh)


def _fresh_until(report: Report, refresh: float, now: float) -> float:
    return report.created + refresh if report.created <= now + SKEW else 0.0


def newer(known: Report | None, told: Report, now: float) -> Report:
    """The report to show: never an older one than before, unless that had a date that cannot be."""
    if known is None or known.created > now + SKEW:
        return told
    return told if told.created >= known.created else known


def next_due(
    work: Iterable[Work],
    standings: Mapping[Subject, Standing],
    now: float,
    led: Container[Subject] = (),
) -> tuple[Work | None, float]:
    """The most urgent work that is due, or None, and when the next is due (infinity: never).

    ``led`` has the subjects that leads point at.
    """
    best: tuple[tuple[float, ...], Work] | None = None
    soonest = float("inf")
    for item in work:
        standing = standings.get(item.subject)
        pointed_at = item.subject in led
        due = due_at(item, standing, now, led=pointed_at)
        if due > now:
            soonest = min(soonest, due)
            continue
        key = urgency(item, standing, now, led=pointed_at)
        if best is None or key < best[0]:
            best = (key, item)
    return (best[1], now) if best else (None, soonest)


def urgency(item: Work, standing: Standing | None, now: float, *, led: bool) -> tuple[float, ...]:
    """What is less is more urgent, of all that is due."""
    rank = float(_rank(item))
    depth = float(item.entity.depth) if item.entity and rank == _RANK[EntityType.ORGANIZATIONAL_UNIT] else 0.0
    if standing is None or standing.report is None:
        fetched = float(standing is not None and standing.expired)
        return (fetched, rank, depth, 0.0)
    created = standing.report.created
    late = (now - created) / item.target.refresh
    if led:
        late += LED
    elif moved(item, standing):
        late += MOVED
    in_rank = (rank, depth, created)
    return (1.0, -late, *in_rank) if late > OVERDUE else (1.0, *in_rank)  # -late is less than any rank


def state_of(item: Work, standing: Standing | None, now: float) -> ReportState:
    """How a subject stands at ``now``; a report made where the entity was before is not fresh."""
    if standing is None:
        return ReportState.PENDING
    if standing.failures:
        return ReportState.FAILED
    if standing.report is None:
        return ReportState.STALE if standing.expired else ReportState.PENDING
    if _elsewhere(item, standing.path):
        return ReportState.STALE
    fresh = now < _fresh_until(standing.report, item.target.refresh, now)
    return ReportState.FRESH if fresh else ReportState.STALE
