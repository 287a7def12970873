"""What to keep in mind: what the evidence cannot tell, and what an SCP does not do."""

from collections.abc import Iterable, Iterator

from exporter.model import EntityType
from exporter.recommend.case import Member
from exporter.recommend.groups import REVIEW_FIRST
from exporter.recommend.policies import MOST_ATTACHED
from exporter.recommend.recommendation import Recommendation
from exporter.recommend.verdict import DAY, TRACKED_PARTITIONS, Ground, several
from exporter.recommend.wording import unreadable

UNTRACKED_REGIONS = (
    "ap-east-2",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "mx-central-1",
)
"""Commercial Regions that AWS does not track, by its documentation of November 2026."""

_YEAR = 365 * DAY
_YEARLY = ("recovery", "contracts and renewals")
_MOST = 10  # accounts named one by one


def notes(found: Recommendation) -> Iterator[str]:
    """All that concerns this recommendation, what is about the evidence first."""
    yield from found.case.remarks
    yield from found.wish.remarks
    yield from _evidence(found)
    yield from _accounts(found)
    yield from _ours(found)
    if found.denied:
        yield from _tracking(found)
        yield from _reach(found)
        yield from _exempt(found)
        yield from _variant(found)


def _evidence(found: Recommendation) -> Iterator[str]:
    case = found.case
    doubts = {
        one.reason for one in found.verdicts if one.ground is Ground.NOT_JUDGED and "name" not in one.reason
    }
    if doubts or not found.verdicts:
        yield f"nothing can be said: {', '.join(sorted(doubts)) or 'the report lists no service'}"
    age = case.now - case.report.created
    if age > DAY:
        yield f"the report is {several(int(age / DAY), 'day')} old: what was used since is not known"
    yield from (
        f"{one.called} on {case.called(one.entity_id)} cannot be read" for one in unreadable(case.attached)
    )


def _accounts(found: Recommendation) -> Iterator[str]:
    among, wish = found.jury, found.wish
    total = len(found.case.members)
    least = f"{(wish.window if wish.least_age is None else wish.least_age) / DAY:g} days"
    if among.young:
        yield (
            f"{len(among.young)} of {several(total, 'account')} joined less than {least} before the report: "
            f"what they used is allowed, what they will take up cannot be known ({_named(among.young)})"
        )
    if among.uncovered:
        yield (
            f"no report covers {len(among.uncovered)} of {several(total, 'account')}: "
            f"what they use is not known ({_named(among.uncovered)})"
        )
    if wish.least_age is not None and wish.least_age < wish.window:
        yield f"accounts count as evidence from {least} on: the silence of one is only as long as its life"


def _named(members: Iterable[Member]) -> str:
    listed = [" ".join(dict.fromkeys(filter(None, (member.name, member.id)))) for member in members]
    rest = len(listed) - _MOST
    return ", ".join(listed[:_MOST]) + (f" and {rest} more" if rest > 0 else "")


def _ours(found: Recommendation) -> Iterator[str]:
    case, change = found.case, found.difference
    if found.own:
        yield (
            f"this takes the place of {', '.join(change.in_force)}, and says all that is still to be denied"
            if found.policies
            else f"nothing is to be denied any more: detach {', '.join(change.in_force)}"
        )
    for one in found.own:
        yield from (f"{one.attached.called}: {what}, which is not kept here" for what in one.strange)
    ours = {one.attached.policy_id for one in found.own} | {one.policy_id for one in found.replaced}
    others = {one.policy_id for one in case.attached if one.entity_id == case.entity.id} - ours
    if len(others) + len(found.policies) > MOST_ATTACHED:
        yield f"{len(others)} other SCPs are attached, and AWS takes {MOST_ATTACHED} in all: merge some first"


def _tracking(found: Recommendation) -> Iterator[str]:
    partition = found.case.origin.partition
    yield "AWS's data is up to 4 hours late, and counts attempts, denied ones too"
    if partition == "aws":
        yield f"AWS does not track {', '.join(UNTRACKED_REGIONS)}: a service used only there looks never used"
    elif partition not in TRACKED_PARTITIONS:
        yield f"AWS tracks no Region of the partition {partition}"
    yield from _yearly(found)


def _yearly(found: Recommendation) -> Iterator[str]:
    yearly = {name for group in REVIEW_FIRST if group.name in _YEARLY for name in group.services}
    among = sorted(yearly.intersection(one.namespace for one in found.denied))
    once = any(one.ground is Ground.LONG_UNUSED for one in found.denied) and found.wish.window < _YEAR
    if once or among:
        which = f", perhaps {', '.join(among)}" if among else ""
        yield f"what is needed once a year may not show within {found.wish.window / DAY:g} days{which}"


def _reach(found: Recommendation) -> Iterator[str]:
    case = found.case
    yield "service-linked roles are bound by no SCP: what they do goes on, and may be among the uses"
    if case.entity.type is EntityType.ROOT:
        yield "an SCP on the root does not bind the management account, and no use of it is counted here"
    elif case.manages:
        yield "the management account lies below: no SCP binds it, and no use of it is counted here"
    if case.delegated is None:
        yield "an SCP binds delegated administrators too; AWS did not say whether one is below"
    for account, principals in (case.delegated or {}).items():
        runs = f" of {', '.join(principals)}" if principals else ""
        yield f"{case.called(account)} is a delegated administrator{runs}: the SCP binds it too"


def _exempt(found: Recommendation) -> Iterator[str]:
    if not found.exempt:
        yield "nobody is exempt: no break-glass role (see --exempt-principal), no root user of an account"
        return
    kept = " (as in the policy in force)" if found.wish.exempt is None else ""
    yield f"exempt{kept}: {', '.join(found.exempt)}; what they use counts as used"
    yield "AWS counts a denial under a condition as none: the numbers of the reports do not change"
    if not any(pattern.endswith(("root", "*")) and "/" not in pattern for pattern in found.exempt):
        yield "the root users of the accounts are not exempt: they are bound"


def _variant(found: Recommendation) -> Iterator[str]:
    if found.grants:
        names = ", ".join(one.called for one in found.replaced)
        yield f"what several SCPs on one entity allow adds up: this has no effect until {names} is detached"
    elif any("NotAction" in statement for one in found.policies for statement in one["Statement"]):
        yield "an allow list also denies services that AWS does not report on, and those of tomorrow"
