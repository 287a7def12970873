from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.recommend import (
    Ground,
    Member,
    Origin,
    Variant,
    Wish,
    compact,
    deciding,
    denied_by_name,
    recommend,
)
from exporter.recommend.policies import allow_list, allowing, deny_list
from tests.recommend.cases import (
    CLOSED,
    DAY,
    FULL,
    IN_USE,
    NOW,
    OLD,
    UNIT,
    WISH,
    YOUNG,
    case,
    denied,
    in_force,
    report,
    row,
    scp,
    verdict,
)


def judged(found_case, wish=WISH):
    found = verdict("a", found_case, wish)
    return found.ground, found.reason


@pytest.mark.parametrize(
    ("service", "ground", "reason"),
    [
        (row("a"), Ground.NEVER_USED, "never used in the tracking period, by none of 1 account"),
        (
            row("a", 91, 1),
            Ground.LONG_UNUSED,
            "last used 2026-06-22T14:13:20Z (91 days ago) by old (111111111111) in eu-west-1",
        ),
        (
            row("a", 90, 3),
            Ground.USED,
            "used 2026-06-23T14:13:20Z (90 days ago) by old (111111111111) in eu-west-1; 3 accounts used it",
        ),
        (
            row("a", -1, 1, by="999999999999", region=""),
            Ground.USED,
            "used 2026-09-22T14:13:20Z (less than a day ago) by 999999999999",
        ),
    ],
)
def test_a_service_is_judged_by_its_last_use_and_when_by_whom_and_where_is_told(service, ground, reason):
    assert judged(case(service)) == (ground, reason)


@pytest.mark.parametrize(("accounts", "told"), [(1, ""), (2, "; 2 accounts used it")])
def test_how_many_used_it_is_told_where_it_was_not_one(accounts, told):
    where = "used 2026-09-20T14:13:20Z (1 day ago) by old (111111111111) in eu-west-1"
    assert judged(case(row("a", 1, accounts)))[1] == f"{where}{told}"


def test_a_use_at_a_time_that_no_calendar_has_is_told_as_that():
    assert judged(case(row("a", -1e12, 1, by="", region="")))[1] == "used at no date (less than a day ago)"


def test_all_in_use_that_a_service_works_for_is_told():
    users = [row("codebuild", 1, 1), row("codepipeline", 1, 1), row("codestar-connections")]
    found = verdict("codestar-connections", case(*users))
    assert found.reason == "works for codebuild, codepipeline, which is in use; its uses may not be counted"


def test_a_use_that_aged_out_is_told_with_its_time():
    found = verdict("a", case(row("a"), last_known={"a": NOW - 450 * DAY}))
    assert (found.ground, found.last_used) == (Ground.AGED_OUT, NOW - 450 * DAY)
    assert found.reason == "last known use 2025-06-28T14:13:20Z (450 days ago), none in the tracking period"


def test_a_newer_use_in_a_report_from_below_counts():
    below = (report(row("a", 3, 1, by=YOUNG.id, region="us-east-1")),)
    found = verdict("a", case(row("a", 200, 1), below=below))
    assert found.ground is Ground.USED
    assert (found.use.account_id, found.use.region) == (YOUNG.id, "us-east-1")


def test_a_use_that_only_the_state_remembers_counts():
    assert judged(case(row("a"), last_known={"a": NOW - 5 * DAY}))[0] is Ground.USED


def test_a_use_that_the_state_remembers_counts_though_the_report_tells_of_an_earlier_one():
    later = case(row("a", 200, 1), last_known={"a": NOW - 5 * DAY})
    assert judged(later) == (Ground.USED, "used 2026-09-16T14:13:20Z (5 days ago)")


@pytest.mark.parametrize("days", [200, 201])
def test_of_the_use_that_a_report_tells_of_the_account_is_told_though_the_state_remembers_it_too(days):
    found = case(row("a", 200, 1), last_known={"a": NOW - days * DAY})
    assert verdict("a", found).use.account_id == OLD.id


def test_a_service_has_to_be_unused_before_the_earliest_report_of_a_plan():
    found = case(row("a", 95, 1))
    assert verdict("a", found).ground is Ground.LONG_UNUSED
    assert verdict("a", replace(found, until=NOW - 10 * DAY)).ground is Ground.USED


def test_only_accounts_that_are_evidence_are_counted():
    young = tuple(Member(f"{n:012}", "", "ACTIVE", NOW - 5 * DAY) for n in range(9))
    assert judged(case(row("a"), members=(OLD, CLOSED, *young)))[1].endswith("by none of 1 account")


def test_what_is_needed_to_mend_a_mistake_is_never_denied():
    assert verdict("iam", case(row("iam"))).ground is Ground.PROTECTED
    assert verdict("support-console", case(row("support-console"))).ground is Ground.PROTECTED


def test_what_should_be_looked_at_first_is_denied_only_once_it_was():
    assert verdict("guardduty", case(row("guardduty"))).ground is Ground.REVIEW_FIRST
    assert verdict("guardduty", case(row("guardduty")), Wish(90 * DAY, reviewed=True)).denied


@pytest.mark.parametrize(
    ("days", "ground"), [(1, Ground.COMPANION), (200, Ground.NEVER_USED), (None, Ground.NEVER_USED)]
)
def test_what_a_service_in_use_works_through_is_kept(days, ground):
    found = verdict("ec2messages", case(row("ssm", days, 1), row("ec2messages")))
    assert found.ground is ground


def test_the_list_of_what_is_never_denied_can_be_extended():
    wish = Wish(90 * DAY, protect={"a": "ours"})
    assert judged(case(row("a")), wish) == (Ground.PROTECTED, "ours")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cloudwath", "'cloudwath'; did you mean cloudwatch, cloudhsm, cloudsearch?"),
        ("of-ourz", "'of-ourz'; did you mean of-ours?"),
        ("qqqqq", "'qqqqq'"),
    ],
)
def test_what_is_no_service_cannot_be_protected(name, hint):
    with pytest.raises(ValueError, match="no such service is listed") as refused:
        recommend(case(row("of-ours")), Wish(90 * DAY, protect={name: "ours"}))
    assert str(refused.value) == f"no such service is listed: {hint}"


def test_a_service_that_is_newer_than_our_list_can_be_protected():
    assert not recommend(case(row("brand-new")), Wish(90 * DAY, protect={"brand-new": "ours"})).policies


def test_what_a_delegated_administrator_below_runs_is_kept():
    delegated = {OLD.id: ("a.amazonaws.com", "b.amazonaws.com")}
    found = verdict("a", case(row("a"), delegated=delegated))
    assert found.ground is Ground.PROTECTED
    assert found.reason == f"old ({OLD.id}) is its delegated administrator for the organization"


def test_what_is_denied_already_is_not_denied_again():
    closed = scp("Deny", "a:*", entity=UNIT.id, name="Closed")
    ground, reason = judged(case(row("a"), attached=(*FULL, closed)))
    assert (ground, reason) == (Ground.ALREADY_DENIED, f"denied by Closed (p-12345678) on {UNIT.id}")


def test_what_no_scp_allows_is_denied_already():
    attached = (scp("Allow", "*"), scp("Allow", "b:*", entity=UNIT.id))
    assert judged(case(row("a"), attached=attached)) == (
        Ground.ALREADY_DENIED,
        f"allowed by no SCP on {UNIT.id}",
    )


@pytest.mark.parametrize("members", [(), (YOUNG,), (CLOSED,), (Member("4" * 12, "", "ACTIVE", None),)])
def test_without_an_account_to_judge_by_nothing_is_denied(members):
    recommended = recommend(case(row("a"), members=members), WISH)
    assert recommended.policies == ()
    assert verdict("a", case(row("a"), members=members)).ground is Ground.NOT_JUDGED
    assert any("nothing can be said" in note for note in recommended.notes)


def test_fewer_accounts_than_asked_for_condemn_nothing():
    found = case(row("a"), members=(OLD, YOUNG))
    assert judged(found, Wish(90 * DAY, least_accounts=2)) == (
        Ground.NOT_JUDGED,
        "only 1 account to judge by, 2 are asked for",
    )
    older = Member(YOUNG.id, "", "ACTIVE", NOW - 91 * DAY)
    assert (
        judged(case(row("a"), members=(OLD, older)), Wish(90 * DAY, least_accounts=2))[0] is Ground.NEVER_USED
    )


def test_how_old_an_account_has_to_be_is_another_question_than_how_long_a_service_was_unused():
    found = case(row("a"), row("b", 20, 1), members=(YOUNG,))
    assert denied(recommend(found, Wish(14 * DAY, least_age=9 * DAY))) == {"a", "b"}
    assert denied(recommend(found, Wish(30 * DAY, least_age=9 * DAY))) == {"a"}
    assert denied(recommend(found, Wish(14 * DAY, least_age=30 * DAY))) == set()


def test_an_account_is_evidence_from_the_day_on_at_which_it_is_old_enough():
    exactly = Member(YOUNG.id, "", "ACTIVE", NOW - 90 * DAY)
    assert judged(case(row("a"), members=(exactly,)))[0] is Ground.NEVER_USED


def test_an_account_that_no_report_covers_is_no_evidence():
    found = case(row("a"), members=(OLD,), uncovered=frozenset({OLD.id}))
    assert judged(found)[0] is Ground.NOT_JUDGED
    assert any("no report covers 1 of 1 account" in note for note in recommend(found, WISH).notes)


def test_where_nothing_was_ever_used_nothing_is_judged():
    found = case(row("a"), row("b"))
    nothing = type(found)(UNIT, report(row("a"), row("b")), (OLD,))
    assert {one.ground for one in recommend(nothing, WISH).verdicts} == {Ground.NOT_JUDGED}


def test_where_aws_tracks_nothing_nothing_is_judged():
    found = case(row("a"), origin=Origin(partition="aws-cn"))
    assert judged(found) == (Ground.NOT_JUDGED, "AWS tracks no Region of the partition aws-cn")
    assert "AWS tracks no Region of the partition aws-cn" in recommend(found, WISH).notes[0]


def test_accounts_too_young_to_judge_are_named():
    recommended = recommend(case(row("a"), members=(OLD, YOUNG)), WISH)
    assert recommended.jury.young == (YOUNG,)
    assert any(f"young {YOUNG.id}" in note for note in recommended.notes)


def test_what_only_a_young_account_uses_is_in_use():
    assert judged(case(row("a", 5, 1), members=(OLD, YOUNG)))[0] is Ground.USED


@pytest.mark.parametrize("name", ["*", "a*", "", "a:b", 'x"y', "A b"])
def test_a_name_that_would_mean_something_else_in_a_policy_is_left_alone(name):
    assert denied(recommend(case(row(name), row("a")), WISH)) == {"a"}


@pytest.mark.parametrize("odd", [row("x y"), row("x y", 1, 1), row("*", 1, 1)])
def test_an_allow_list_that_cannot_spare_a_name_is_not_written(odd):
    with pytest.raises(ValueError, match="use a deny list"):
        recommend(case(odd, row("a")), Wish(90 * DAY, Variant.ALLOW_LIST))


def test_an_allow_list_is_no_matter_of_how_many_accounts_there_are_to_judge_by():
    found = case(row("a"), members=(), attached=in_force(*deny_list(["b"])))
    assert denied(recommend(found, Wish(90 * DAY, Variant.ALLOW_LIST))) == {"b"}


def test_an_allow_list_spares_what_should_be_looked_at_only_until_it_was():
    wish = Wish(90 * DAY, Variant.ALLOW_LIST, reviewed=True)
    (policy,) = recommend(case(row("a")), wish).policies
    assert not {"guardduty:*", "backup:*"} & set(policy["Statement"][0]["NotAction"])


def test_an_allow_list_spares_what_is_protected_though_no_report_lists_it():
    found = case(row("a"), row("ssm", 1, 1))
    (policy,) = recommend(found, Wish(90 * DAY, Variant.ALLOW_LIST)).policies
    spared = policy["Statement"][0]["NotAction"]
    assert {"in-use:*", "iam:*", "support:*", "guardduty:*", "ssmmessages:*"} <= set(spared)
    assert not {"a:*", "awsssoportal:*"} & set(spared)


def test_an_allow_list_that_is_too_long_is_not_cut_in_two():
    with pytest.raises(ValueError, match="use a deny list"):
        allow_list([f"service{number}" for number in range(1000)])


@given(
    st.sets(st.text("abc-0", min_size=1, max_size=30), min_size=1, max_size=60),
    st.integers(150, 600),
)
def test_a_deny_list_is_split_into_policies_that_fit_with_their_line_end_and_lose_nothing(services, limit):
    policies = deny_list(services, limit)
    assert all(len(compact(policy)) < limit for policy in policies)
    actions = [action for policy in policies for action in policy["Statement"][0]["Action"]]
    assert sorted(actions) == sorted(f"{name}:*" for name in services)


@pytest.mark.parametrize("written", [deny_list, allow_list, allowing])
def test_a_policy_may_be_exactly_as_long_as_aws_takes_with_its_line_end(written):
    most = len(compact(*written(["a", "bc"]))) + 1
    assert written(["a", "bc"], most) == written(["a", "bc"])
    short = written(["a", "bc"], most - 1) if written is deny_list else None
    assert short is None or len(short) == 2


@pytest.mark.parametrize("written", [allow_list, allowing])
def test_a_list_of_what_is_left_that_is_a_character_too_long_is_refused(written):
    most = len(compact(*written(["a", "bc"]))) + 1
    with pytest.raises(
        ValueError, match=f"^an allow list would have {most} characters, AWS takes {most - 1}:"
    ):
        written(["a", "bc"], most - 1)


def test_every_page_of_a_deny_list_is_filled():
    names = [f"s{number:02}" for number in range(9)]
    most = len(compact(*deny_list(names[:3]))) + 1
    assert [len(page["Statement"][0]["Action"]) for page in deny_list(names, most)] == [3, 3, 3]
    assert deny_list(names[:1], len(compact(*deny_list(names[:1]))) + 1) == deny_list(names[:1])


def test_as_few_policies_are_written_as_will_do():
    services = [f"service{number:03}" for number in range(400)]
    assert len(deny_list(services)) == 1


def test_what_leaves_no_room_is_refused():
    with pytest.raises(ValueError, match="no room"):
        deny_list(["a"], 300, ["arn:aws:iam::*:role/" + "x" * 300])


def test_a_recommendation_may_be_exactly_as_long_as_is_wished():
    (policy,) = recommend(case(row("a")), WISH).policies
    limit = len(compact(policy)) + 1
    assert recommend(case(row("a")), replace(WISH, limit=limit)).policies == (policy,)


@pytest.mark.parametrize(
    ("policies", "limit", "wrong"),
    [
        (deny_list(["in-use"]), 10_240, ["a", "in-use"]),
        ((), 10_240, ["a"]),
        (deny_list(["a"]), 99, []),
    ],
)
def test_policies_that_do_not_do_what_is_claimed_never_leave_the_house(policies, limit, wrong):
    found = recommend(case(row("a")), WISH)
    strange = replace(found, policies=policies, wish=replace(WISH, limit=limit))
    with pytest.raises(AssertionError) as stopped:
        deciding._verify(strange)
    assert str(stopped.value) == f"the policies do not deny what they should: {wrong}"


def test_what_it_changes_is_claimed():
    recommended = recommend(case(row("a"), row("b", 200, 1), row("iam"), row("c", 1, 1)), WISH)
    assert (recommended.before.accessible, recommended.before.not_accessed) == (5, 2)
    assert (recommended.after.accessible, recommended.after.not_accessed) == (3, 1)


def test_a_target_that_has_its_ten_policies_is_told():
    attached = tuple(scp("Allow", "*", entity=UNIT.id, policy=f"p-{number}") for number in range(10))
    recommended = recommend(case(row("a"), attached=(scp("Allow", "*"), *attached)), WISH)
    assert any("10 other SCPs are attached" in note for note in recommended.notes)


def test_services_that_scps_deny_by_name_are_listed_though_no_report_has_them():
    assert denied_by_name([*FULL, scp("Deny", "sdb:*")]) == {"sdb": "denied by p-12345678 on r-b"}


def test_services_are_in_the_order_of_the_report():
    recommended = recommend(case(row("b"), row("a")), WISH)
    assert [one.namespace for one in recommended.verdicts] == [IN_USE.namespace, "b", "a"]


def test_what_somebody_used_at_no_known_time_is_in_use():
    once = row("sns")._replace(authenticated_entities=1)
    assert judged(case(once._replace(namespace="a"))) == (Ground.USED, "used by 1 account, at no known time")
    timeless = row("sqs")._replace(authenticated_entities=2)
    found = verdict("sqs", case(row("s3", 1, 1), timeless))
    assert (found.ground, found.reason) == (Ground.USED, "used by 2 accounts, at no known time")
