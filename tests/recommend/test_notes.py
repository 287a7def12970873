from dataclasses import replace

import pytest

from exporter.model import Entity, EntityType
from exporter.recommend import Case, Member, Origin, Variant, Wish, recommend
from exporter.recommend.policies import deny_list
from tests.recommend.cases import (
    CLOSED,
    DAY,
    FULL,
    NOW,
    OLD,
    UNIT,
    WISH,
    YOUNG,
    case,
    in_force,
    report,
    row,
    scp,
)

LATE = "AWS's data is up to 4 hours late, and counts attempts, denied ones too"
UNTRACKED = (
    "AWS does not track ap-east-2, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-west-1, mx-central-1: "
    "a service used only there looks never used"
)
LINKED = "service-linked roles are bound by no SCP: what they do goes on, and may be among the uses"
NOBODY = "nobody is exempt: no break-glass role (see --exempt-principal), no root user of an account"
ALWAYS = (LATE, UNTRACKED, LINKED, NOBODY)
PLACE = "this takes the place of deny-unused (p-ours0000), and says all that is still to be denied"
YOUNGER = "what they used is allowed, what they will take up cannot be known"
ADDS = "what several SCPs on one entity allow adds up: this has no effect"
TWO = "young 222222222222, 444444444444"
CHINA = Origin(partition="aws-cn")
REVIEWED = Wish(90 * DAY, reviewed=True)
ALLOW = Wish(90 * DAY, Variant.ALLOW_LIST)
OURS = deny_list(["a"])
ROOT = Entity("r-b", EntityType.ROOT, "Root", "o-a/r-b")


def told(found_case, wish=WISH):
    """The notes beyond those that stand below every deny list."""
    return [note for note in recommend(found_case, wish).notes if note not in ALWAYS]


def young(number):
    return tuple(Member(f"{place:012}", f"n{place}", "ACTIVE", NOW - DAY) for place in range(number))


def names(number):
    return ", ".join(f"n{place} {place:012}" for place in range(number))


def others(number):
    own = tuple(scp("Allow", "*", entity=UNIT.id, policy=f"p-{place}") for place in range(number))
    return (scp("Allow", "*"), *own)


def test_below_every_deny_list_stands_what_the_evidence_and_an_scp_cannot_do():
    assert recommend(case(row("a")), WISH).notes == ALWAYS


def test_where_nothing_is_denied_nothing_is_told_of_denials():
    assert recommend(case(), WISH).notes == ()


@pytest.mark.parametrize(
    ("found_case", "notes"),
    [
        (case(row("x y"), row("a")), []),
        (Case(UNIT, report(), (OLD,)), ["nothing can be said: the report lists no service"]),
        (
            case(row("a"), members=(CLOSED,)),
            ["nothing can be said: no account is old enough to judge by"],
        ),
        (
            Case(UNIT, report(row("a")), (OLD,)),
            ["nothing can be said: no use of any service is known here"],
        ),
        (case(row("a"), asked=NOW + DAY), []),
        (
            case(row("a"), asked=NOW + 2.5 * DAY),
            ["the report is 2 days old: what was used since is not known"],
        ),
        (
            case(row("a"), origin=CHINA, attached=in_force(*OURS)),
            [
                PLACE,
                "AWS tracks no Region of the partition aws-cn",
            ],
        ),
    ],
)
def test_what_the_evidence_cannot_tell_is_told(found_case, notes):
    assert told(found_case) == notes


@pytest.mark.parametrize(
    ("members", "more", "wish", "notes"),
    [
        (
            (OLD, YOUNG, Member("4" * 12, "", "ACTIVE", None)),
            {},
            WISH,
            [f"2 of 3 accounts joined less than 90 days before the report: {YOUNGER} ({TWO})"],
        ),
        (
            (OLD, YOUNG),
            {"uncovered": frozenset({YOUNG.id})},
            WISH,
            ["no report covers 1 of 2 accounts: what they use is not known (young 222222222222)"],
        ),
        ((OLD, YOUNG), {}, Wish(9 * DAY, least_age=9 * DAY), []),
        (
            (OLD, YOUNG),
            {},
            Wish(14 * DAY, least_age=12 * DAY),
            [
                f"1 of 2 accounts joined less than 12 days before the report: {YOUNGER} (young 222222222222)",
                "accounts count as evidence from 12 days on: the silence of one is only as long as its life",
            ],
        ),
    ],
)
def test_which_accounts_are_no_evidence_is_told(members, more, wish, notes):
    assert told(case(row("a"), members=members, **more), wish) == notes


@pytest.mark.parametrize(("number", "listed"), [(10, names(10)), (11, f"{names(10)} and 1 more")])
def test_ten_accounts_are_named_and_the_others_counted(number, listed):
    (note,) = told(case(row("a"), members=(OLD, *young(number))))
    assert note.endswith(f"({listed})")


@pytest.mark.parametrize(
    ("services", "wish", "notes"),
    [
        ([row("a", 100, 1)], WISH, ["what is needed once a year may not show within 90 days"]),
        ([row("a", 380, 1)], Wish(365 * DAY), []),
        (
            [row("backup"), row("acm"), row("guardduty")],
            REVIEWED,
            ["what is needed once a year may not show within 90 days, perhaps acm, backup"],
        ),
        ([row("backup", 1, 1), row("a")], REVIEWED, []),
    ],
)
def test_what_is_needed_once_a_year_is_told_where_it_may_be_denied(services, wish, notes):
    assert told(case(*services, members=(replace(OLD, joined=NOW - 999 * DAY),)), wish) == notes


@pytest.mark.parametrize(
    ("more", "notes"),
    [
        (
            {"manages": True},
            ["the management account lies below: no SCP binds it, and no use of it is counted here"],
        ),
        (
            {"entity": ROOT, "manages": True},
            ["an SCP on the root does not bind the management account, and no use of it is counted here"],
        ),
        (
            {"delegated": None},
            ["an SCP binds delegated administrators too; AWS did not say whether one is below"],
        ),
        (
            {"delegated": {OLD.id: ("b.aws", "c.aws"), "9" * 12: ()}},
            [
                "old (111111111111) is a delegated administrator of b.aws, c.aws: the SCP binds it too",
                "999999999999 is a delegated administrator: the SCP binds it too",
            ],
        ),
    ],
)
def test_whom_an_scp_binds_is_told(more, notes):
    assert told(replace(case(row("a")), **more)) == notes


def test_in_govcloud_no_region_is_without_tracking():
    gov = recommend(case(row("a"), origin=Origin(partition="aws-us-gov")), WISH)
    assert gov.notes == (LATE, LINKED, NOBODY)


CONDITIONED = "AWS counts a denial under a condition as none: the numbers of the reports do not change"
BOUND = "the root users of the accounts are not exempt: they are bound"
RESCUE, ANY_ROOT = "arn:aws:iam::*:role/Rescue", "arn:aws:iam::*:root"


@pytest.mark.parametrize(
    ("exempt", "notes"),
    [
        (
            ("break-glass=Rescue", "arn:aws:iam::*:user/root"),
            [f"exempt: {RESCUE}, arn:aws:iam::*:user/root; what they use counts as used", CONDITIONED, BOUND],
        ),
        ((ANY_ROOT,), [f"exempt: {ANY_ROOT}; what they use counts as used", CONDITIONED]),
        (
            ("arn:aws:iam::*:root*",),
            ["exempt: arn:aws:iam::*:root*; what they use counts as used", CONDITIONED],
        ),
    ],
)
def test_who_is_exempt_and_what_of_it_is_told(exempt, notes):
    assert told(case(row("a")), replace(WISH, exempt=exempt)) == notes


def test_who_is_exempt_because_the_policy_in_force_says_so_is_told_as_that():
    ours = deny_list(["a"], exempt=[RESCUE])
    assert told(case(attached=in_force(*ours)))[1:] == [
        f"exempt (as in the policy in force): {RESCUE}; what they use counts as used",
        CONDITIONED,
        BOUND,
    ]


@pytest.mark.parametrize(
    ("found_case", "notes"),
    [
        (
            case(attached=in_force(*deny_list(["a"]), *deny_list(["b"]))),
            [PLACE.replace(" (p-ours0000)", " (p-ours0000), deny-unused (p-ours0001)")],
        ),
        (
            case(attached=in_force(*deny_list(["iam"]), *deny_list(["sts"]))),
            ["nothing is to be denied any more: detach deny-unused (p-ours0000), deny-unused (p-ours0001)"],
        ),
        (case(row("a"), attached=others(9)), []),
        (
            case(row("a"), attached=others(10)),
            ["10 other SCPs are attached, and AWS takes 10 in all: merge some first"],
        ),
        (
            case(row("b"), attached=(*in_force(*OURS), *others(8)[1:])),
            ["this takes the place of deny-unused (p-ours0000), and says all that is still to be denied"],
        ),
    ],
)
def test_what_is_to_be_done_with_the_scps_in_force_is_told(found_case, notes):
    assert told(found_case) == notes


def test_an_allow_list_is_told_to_deny_what_nobody_reports():
    assert told(case(row("a")), ALLOW) == [
        "an allow list also denies services that AWS does not report on, and those of tomorrow"
    ]


def test_what_a_list_of_what_is_allowed_waits_for_is_told():
    listed = [
        scp("Allow", "a:*", "in-use:*", entity=UNIT.id, policy=f"p-{n}", name=f"Old{n}") for n in (1, 2)
    ]
    assert told(case(row("a"), attached=(FULL[0], *listed)), ALLOW) == [
        f"{ADDS} until Old1 (p-1), Old2 (p-2) is detached"
    ]


def test_what_has_to_be_detached_anyway_takes_no_place():
    listed = [scp("Allow", "a:*", "in-use:*", entity=UNIT.id, policy=f"p-{n}") for n in range(11)]
    (note,) = told(case(row("a"), attached=(FULL[0], *listed)), ALLOW)
    assert note.startswith(ADDS)


def test_how_evidence_and_wish_came_about_is_told_first():
    found = recommend(case(row("a"), remarks=("of the state",)), replace(WISH, remarks=("of the flags",)))
    assert found.notes == ("of the state", "of the flags", *ALWAYS)
