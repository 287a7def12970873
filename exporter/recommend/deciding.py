"""From evidence to policies, and what they would change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from exporter.recommend.allowing import carried_over, grants
from exporter.recommend.case import Attached, Case
from exporter.recommend.difference import difference
from exporter.recommend.exemptions import exempted
from exporter.recommend.groups import COMPANIONS, PROTECTED, REVIEWED, UNLISTED
from exporter.recommend.jury import jury
from exporter.recommend.notes import notes
from exporter.recommend.own import Own, own_statements
from exporter.recommend.policies import Document, Variant, allow_list, allowing, compact, deny_list, length
from exporter.recommend.recommendation import Counts, Recommendation, Wish
from exporter.recommend.verdict import PREFIX, Ground, Rules, Verdict, verdicts
from exporter.scp import effect
from exporter.services import meant, service_names


def recommend(case: Case, wish: Wish) -> Recommendation:
    """What to deny; ValueError if a policy cannot be written as wished."""
    _refuse_strangers(case, wish)
    among = jury(case, wish.window, wish.least_age)
    judged = verdicts(case, among, Rules(wish.protect, wish.reviewed, wish.least_accounts))
    granting = grants(case.attached, case.entity.id) if wish.variant is Variant.ALLOW_LIST else ()
    own = tuple(
        one
        for one in own_statements(case.attached, case.entity.id)
        if one.effect == ("Allow" if granting else "Deny")
    )
    exempt = _exempt(case, wish, own)
    policies = _policies(judged, wish, exempt, granting, bool(own))
    found = Recommendation(
        case=case,
        wish=wish,
        jury=among,
        verdicts=judged,
        policies=policies,
        before=_counts(one for one in judged if one.listed),
        after=_counts(_remaining(judged, exempt)),
        difference=difference(own, judged, policies),
        exempt=exempt,
        own=own,
        replaced=granting if policies else (),
    )
    _verify(found)
    return replace(found, notes=tuple(notes(found)))


def below(found: Recommendation, above: Mapping[str, str]) -> Recommendation:
    """The same where some services are denied further up, each for the reason given; for deny lists."""
    judged = tuple(
        replace(one, ground=Ground.ALREADY_DENIED, reason=above[one.namespace])
        if one.denied and one.namespace in above
        else one
        for one in found.verdicts
    )
    denied = [one.namespace for one in judged if one.denied]
    policies = deny_list(denied, found.wish.limit, found.exempt)
    placed = replace(
        found,
        verdicts=judged,
        policies=policies,
        after=_counts(one for one in _remaining(judged, found.exempt) if one.namespace not in above),
        difference=difference(found.own, judged, policies),
    )
    _verify(placed)
    return placed


def _refuse_strangers(case: Case, wish: Wish) -> None:
    """ValueError for a protected name that no service has."""
    known = {**service_names(), **{row.namespace: row.name for row in case.report.services}}
    for name in wish.protect:
        if name not in known and name not in UNLISTED:
            close = ", ".join(meant(name, known))
            hint = f"; did you mean {close}?" if close else ""
            raise ValueError(f"no such service is listed: {name!r}{hint}")


def _exempt(case: Case, wish: Wish, own: Sequence[Own]) -> tuple[str, ...]:
    if wish.exempt is None:
        return tuple(sorted({pattern for one in own for pattern in one.exempt}))
    return exempted(wish.exempt, case.origin.partition)


def _policies(
    judged: Sequence[Verdict], wish: Wish, exempt: Sequence[str], granting: Sequence[Attached], again: bool
) -> tuple[Document, ...]:
    """``again``: there are policies of ours, so that what is written is the whole of it even without news."""
    denied = {verdict.namespace for verdict in judged if verdict.denied}
    if granting:
        if exempt:
            raise ValueError("what is not allowed cannot be exempted: use a deny list")
        return allowing(carried_over(granting, denied), wish.limit) if denied or again else ()
    if not denied:
        return ()
    if wish.variant is Variant.DENY_LIST:
        return deny_list(denied, wish.limit, exempt)
    odd = [one.namespace for one in judged if not PREFIX.fullmatch(one.namespace)]
    if odd:
        raise ValueError(f"an allow list cannot hold the name {odd[0]!r}: use a deny list")
    return allow_list(_spared(judged, wish) - denied, wish.limit, exempt)


def _spared(judged: Iterable[Verdict], wish: Wish) -> frozenset[str]:
    """What an allow list names: what is spared stays so where it is not accessible today, or not listed."""
    used = {one.namespace for one in judged if one.ground is Ground.USED}
    companions = {name for name, others in COMPANIONS.items() if used.intersection(others)}
    reviewed = () if wish.reviewed else REVIEWED.keys()
    tiers = frozenset({*PROTECTED, *reviewed, *companions, *wish.protect}) - UNLISTED.keys()
    return tiers | {verdict.namespace for verdict in judged}


def _remaining(judged: Iterable[Verdict], exempt: Collection[str]) -> Iterable[Verdict]:
    """What AWS would count: a denial under a condition is none."""
    return (one for one in judged if not one.shut and (exempt or not one.denied))


def _counts(judged: Iterable[Verdict]) -> Counts:
    listed = list(judged)
    return Counts(len(listed), sum(not one.tracked for one in listed))


def _verify(found: Recommendation) -> None:
    """Read the policies again, as AWS does: they deny what is claimed, and nothing else of what is listed."""
    names = {verdict.namespace for verdict in found.verdicts}
    claimed = {verdict.namespace for verdict in found.denied}
    effects = [effect(compact(_unconditioned(policy)), names) for policy in found.policies]
    if found.grants:
        listed = {one.namespace for one in found.verdicts if one.listed and not one.shut}
        denied = listed - frozenset().union(*(one.allowed for one in effects))
        claimed &= listed
    else:
        denied = set().union(*(one.denied for one in effects))
    if denied != claimed or any(length(policy) > found.wish.limit for policy in found.policies):
        raise AssertionError(f"the policies do not deny what they should: {sorted(denied ^ claimed)}")


def _unconditioned(policy: Document) -> Document:
    statements = [
        {key: value for key, value in one.items() if key != "Condition"} for one in policy["Statement"]
    ]
    return {**policy, "Statement": statements}
