"""From evidence to policies, and what they would change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from exporter.model import EntityType, ServiceAccess
from exporter.recommend.case import Case
from exporter.recommend.policies import (
    LIMIT,
    MOST_ATTACHED,
    Document,
    Variant,
    allow_list,
    compact,
    deny_list,
)
from exporter.recommend.protected import PROTECTED
from exporter.recommend.verdict import DAY, Ground, Jury, Verdict, jury, verdicts
from exporter.scp import effect

TRACKED = 400 * 86400.0  # s for which AWS keeps uses at least


@dataclass(frozen=True, slots=True)
class Counts:
    """AWS's NumberOfServicesAccessible and NumberOfServicesNotAccessed."""

    accessible: int
    not_accessed: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. ``window`` in seconds: unused for so long is unused.

    ``protect`` are services never to be denied beside ``PROTECTED``, with the reason; ``limit`` is the
    length of a policy in characters.
    """

    window: float
    variant: Variant = Variant.DENY_LIST
    protect: Mapping[str, str] = field(default_factory=dict)
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Recommendation:
    """``policies`` is empty where nothing is to be denied; ``before`` and ``after`` count for the entity."""

    case: Case
    wish: Wish
    jury: Jury
    verdicts: tuple[Verdict, ...]
    policies: tuple[Document, ...]
    before: Counts
    after: Counts
    notes: tuple[str, ...]

    @property
    def denied(self) -> tuple[Verdict, ...]:
        """The services that the policies deny."""
        return tuple(verdict for verdict in self.verdicts if verdict.denied)

    @property
    def allowed(self) -> tuple[Verdict, ...]:
        """The services that would still be allowed."""
        return tuple(
            verdict
            for verdict in self.verdicts
            if not verdict.denied and verdict.ground is not Ground.ALREADY_DENIED
        )


def recommend(case: Case, wish: Wish) -> Recommendation:
    """What to deny; ValueError if a policy cannot be written as wished."""
    among = jury(case, wish.window)
    judged = verdicts(case, among, wish.protect)
    policies = _policies(judged, wish)
    remaining = {
        verdict.namespace
        for verdict in judged
        if not verdict.denied and verdict.ground is not Ground.ALREADY_DENIED
    }
    found = Recommendation(
        case=case,
        wish=wish,
        jury=among,
        verdicts=judged,
        policies=policies,
        before=_counts(case.report.services),
        after=_counts(row for row in case.report.services if row.namespace in remaining),
        notes=tuple(_notes(case, among, wish, len(policies))),
    )
    _verify(found)
    return found


def _policies(judged: Iterable[Verdict], wish: Wish) -> tuple[Document, ...]:
    denied = [verdict.namespace for verdict in judged if verdict.denied]
    if not denied:
        return ()
    if wish.variant is Variant.DENY_LIST:
        return deny_list(denied, wish.limit)
    odd = [verdict.namespace for verdict in judged if verdict.ground is Ground.NOT_JUDGED]
    if odd:
        raise ValueError(f"an allow list cannot hold the name {odd[0]!r}: use a deny list")
    # What is protected stays so where it is not accessible today, or AWS does not report on it.
    kept = {verdict.namespace for verdict in judged if not verdict.denied}
    return allow_list(kept | PROTECTED.keys() | wish.protect.keys(), wish.limit)


def _counts(rows: Iterable[ServiceAccess]) -> Counts:
    listed = list(rows)
    return Counts(len(listed), sum(row.last_authenticated is None for row in listed))


def _verify(found: Recommendation) -> None:
    """Read the policies again, as AWS does: they deny what is claimed, and nothing else of what is listed."""
    names = {verdict.namespace for verdict in found.verdicts}
    texts = [compact(policy) for policy in found.policies]
    denied = frozenset().union(*(effect(text, names).denied for text in texts))
    claimed = {verdict.namespace for verdict in found.denied}
    if denied != claimed or any(len(text) > found.wish.limit for text in texts):
        raise AssertionError(f"the policies do not deny what they should: {sorted(denied ^ claimed)}")


def _notes(case: Case, among: Jury, wish: Wish, policies: int) -> Iterator[str]:
    days = f"{wish.window / DAY:g} days"
    if among.young:
        names = ", ".join(member.id for member in among.young)
        yield (
            f"{len(among.young)} of {len(case.members)} accounts joined less than {days} before the report: "
            f"what they used is allowed, what they have yet to take up cannot be known ({names})"
        )
    if not among.judged:
        yield f"no active account has been here for {days}: nothing can be said"
    own = sum(one.entity_id == case.entity.id for one in case.attached)
    if own + policies > MOST_ATTACHED:
        yield f"{own} SCPs are attached already, and AWS takes {MOST_ATTACHED}: merge some first"
    if wish.variant is Variant.ALLOW_LIST and policies:
        yield "an allow list also denies services that AWS does not report on, and those of tomorrow"
    if case.entity.type is EntityType.ROOT:
        yield "an SCP on the root does not bind the management account"
