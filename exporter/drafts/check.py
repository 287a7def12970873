"""Drafts against evidence: for each service that somebody used, whether it would still be allowed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from exporter.drafts.denial import Certainty, Denial, Denials
from exporter.drafts.draft import Draft, DraftError, parse
from exporter.model import UNTOLD, ServiceAccess
from exporter.recommend import (
    LIMIT,
    MOST_ATTACHED,
    Attached,
    Case,
    Use,
    already_denied,
    most_accounts,
    use_in,
)
from exporter.scp import Effect, effect
from exporter.services import service_names


@dataclass(frozen=True, slots=True)
class Finding:
    """A service that is used and that the drafts would deny, or may deny.

    ``uses`` has the last one of each account that is known, the latest first: none where AWS tells no time.
    ``accounts`` counts those that used it, as far as AWS told. ``how`` says by which statements.
    """

    namespace: str
    name: str
    certainty: Certainty
    how: tuple[str, ...]
    uses: tuple[Use, ...]
    accounts: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it. ``findings`` are certain before uncertain, the latest use first.

    ``closes`` are services that nobody used and that would be denied; ``known`` those of the drafts that are
    denied already, each with the reason. ``superfluous`` are SCPs in force that deny nothing beyond what the
    drafts do. ``attached`` counts SCPs on the entity afterwards.
    """

    case: Case
    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    closes: tuple[str, ...]
    known: Mapping[str, str]
    superfluous: tuple[Attached, ...]
    attached: int
    notes: tuple[str, ...]

    @property
    def denied(self) -> tuple[Finding, ...]:
        """The certain ones."""
        return tuple(one for one in self.findings if one.certainty is Certainty.DENIES)

    @property
    def uncertain(self) -> tuple[Finding, ...]:
        """The others."""
        return tuple(one for one in self.findings if one.certainty is Certainty.MAY_DENY)


def check(
    case: Case,
    drafts: Sequence[Draft],
    *,
    instead_of: Collection[str] = (),
    since: float = float("-inf"),
    below: Collection[Attached] = (),
) -> Checked:
    """Hold ``drafts`` against ``case`` as if they were attached to its entity.

    ``instead_of`` are ids of SCPs on the entity that they take the place of; uses before ``since`` (Unix
    seconds) do not count. ``below`` are SCPs on what lies below the entity. Raises DraftError for an id that
    is not attached there.
    """
    level = _Level(case, tuple(drafts), _replaced(case, instead_of))
    rows = case.rows()
    uses, counts = _uses(rows, since), most_accounts(rows)
    names = {**service_names(), **{row.namespace: row.name for row in case.report.services if row.name}}
    findings = [
        Finding(
            name, names.get(name, name), *verdict, _ordered(uses[name]), max(counts[name], len(uses[name]))
        )
        for name in uses
        if (verdict := level.verdict(name))
    ]
    certain = {name for name in names if level.certain(name)}
    return Checked(
        case,
        tuple(drafts),
        tuple(sorted(findings, key=_by_weight)),
        closes=tuple(sorted(certain & {row.namespace for row in case.report.services} - uses.keys())),
        known={name: why for name, why in sorted(level.before.items()) if level.named(name)},
        superfluous=tuple(_superfluous([*level.kept, *below], level, names)),
        attached=len(level.kept) + len(drafts),
        notes=(*_limits(case, drafts, len(level.kept)), *case.remarks, *_coverage(case)),
    )


class _Level:
    """The SCPs on the entity, before and after."""

    def __init__(self, case: Case, drafts: tuple[Draft, ...], gone: tuple[Attached, ...]) -> None:
        own = [one for one in case.attached if one.entity_id == case.entity.id]
        known = {*service_names(), *(row.namespace for row in case.report.services)}
        self.kept = tuple(one for one in own if one not in gone)
        self.before = already_denied(case.attached, known)
        self._denying = [Denials(draft) for draft in drafts]
        self._entity = case.called(case.entity.id)
        contents = [*(one.content for one in self.kept), *(draft.content for draft in drafts)]
        self._after = reduce(Effect.__or__, (_effect(one, known) for one in contents), Effect())

    def named(self, namespace: str) -> bool:
        """The drafts deny it, whatever others do."""
        return any(one.certainty is Certainty.DENIES for one in self._denials(namespace))

    def certain(self, namespace: str) -> bool:
        """It is allowed now, and no longer with the drafts."""
        verdict = self.verdict(namespace)
        return verdict is not None and verdict[0] is Certainty.DENIES

    def verdict(self, namespace: str) -> tuple[Certainty, tuple[str, ...]] | None:
        """Whether the drafts deny it, and how; None: they do not, or it was denied before."""
        if namespace in self.before:
            return None
        found = self._denials(namespace)
        if namespace not in self._after.allowed:
            return Certainty.DENIES, (f"allowed by no SCP on {self._entity} any more",)
        if not found:
            return None
        certain = [one for one in found if one.certainty is Certainty.DENIES]
        told = tuple(self._told(one) for one in certain or found)
        return (Certainty.DENIES if certain else Certainty.MAY_DENY), told

    def _told(self, one: Denial) -> str:
        return one.told if len(self._denying) == 1 else f"{one.draft} {one.told}"

    def _denials(self, namespace: str) -> list[Denial]:
        return [one for denying in self._denying for one in denying.of(namespace)]


def _replaced(case: Case, instead_of: Collection[str]) -> tuple[Attached, ...]:
    own = {one.policy_id: one for one in case.attached if one.entity_id == case.entity.id}
    if missing := sorted(set(instead_of) - own.keys()):
        there = ", ".join(one.called for one in own.values()) or "none"
        raise DraftError(f"{missing[0]} is not attached to {case.called(case.entity.id)}; there are: {there}")
    return tuple(own[policy_id] for policy_id in dict.fromkeys(instead_of))


def _effect(content: str, namespaces: Collection[str]) -> Effect:
    """A text in force that cannot be read is taken to allow everything."""
    try:
        return effect(content, namespaces)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Effect(allowed=frozenset(namespaces))


def _uses(rows: Iterable[ServiceAccess], since: float) -> Mapping[str, Mapping[str, Use]]:
    """Namespace → account → its last use; of a service whose uses AWS tells no time of, no account."""
    found: dict[str, dict[str, Use]] = {}
    for row in rows:
        use = use_in(row)
        if use and use.at >= since:
            of_service = found.setdefault(row.namespace, {})
            known = of_service.get(use.account_id)
            if known is None or use.at > known.at:
                of_service[use.account_id] = use
        elif row.used == UNTOLD:
            found.setdefault(row.namespace, {})
    return found


def _ordered(by_account: Mapping[str, Use]) -> tuple[Use, ...]:
    return tuple(sorted(by_account.values(), key=lambda use: (-use.at, use.account_id)))


def _by_weight(finding: Finding) -> tuple[bool, float, str]:
    last = max((use.at for use in finding.uses), default=float("inf"))
    return finding.certainty is Certainty.MAY_DENY, -last, finding.namespace


def _superfluous(policies: Iterable[Attached], level: _Level, names: Collection[str]) -> Iterator[Attached]:
    for one in policies:
        try:
            (draft,) = parse(one.called, one.content)
        except ValueError:  # what cannot be read is not called superfluous
            continue
        denying = Denials(draft)
        denied = [name for name in names if any(denying.of(name))]
        only_denies = all(statement["Effect"] == "Deny" for statement in draft.statements)
        if denied and only_denies and all(map(level.named, denied)):
            yield one


def _limits(case: Case, drafts: Sequence[Draft], kept: int) -> Iterator[str]:
    for draft in drafts:
        if draft.size > LIMIT:
            yield f"{draft.name} has {draft.size:,} characters: AWS takes {LIMIT:,}"
    if kept + len(drafts) > MOST_ATTACHED:
        there = case.called(case.entity.id)
        yield f"{there} would have {kept + len(drafts)} SCPs: AWS takes {MOST_ATTACHED} on one entity"


def _coverage(case: Case) -> Iterator[str]:
    if not case.below and len(case.members) > 1:
        yield (
            "of each service only the account that used it last is known: "
            "--state.url of a running exporter names all of them"
        )
    if case.uncovered:
        have = "has" if len(case.uncovered) == 1 else "have"
        yield f"{len(case.uncovered)} of {len(case.members)} accounts {have} no report of their own"
    if case.manages:
        yield "the management account lies below, and no SCP binds it"
