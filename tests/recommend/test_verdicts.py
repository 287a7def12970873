import json

import hcl2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import Entity, EntityType, Report, ServiceAccess
from exporter.recommend import (
    Attached,
    Case,
    Ground,
    Member,
    Variant,
    Wish,
    compact,
    denied_by_name,
    evidence,
    recommend,
    terraform,
    told,
)
from exporter.recommend.policies import allow_list, deny_list

NOW = 1_790_000_000.0
DAY = 86400.0
UNIT = Entity("ou-ab12-cdefghij", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-a/r-b/ou-ab12-cdefghij", "r-b")
OLD = Member("111111111111", "old", "ACTIVE", NOW - 500 * DAY)
YOUNG = Member("222222222222", "young", "ACTIVE", NOW - 10 * DAY)
CLOSED = Member("333333333333", "closed", "SUSPENDED", NOW - 500 * DAY)
WISH = Wish(90 * DAY)


def row(namespace, days=None, accounts=0):
    used = None if days is None else NOW - days * DAY
    return ServiceAccess(
        namespace, namespace.upper(), last_authenticated=used, authenticated_entities=accounts
    )


def report(*rows):
    return Report(NOW, NOW, len(rows), 0, rows)


def case(*rows, members=(OLD,), **more):
    return Case(UNIT, report(*rows), members, **more)


def scp(effect, *actions, entity="r-b", policy="p-12345678", name="", **more):
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*", **more}
    return Attached(entity, policy, name, json.dumps({"Statement": [statement]}))


FULL = [scp("Allow", "*"), scp("Allow", "*", entity=UNIT.id)]


def judged(found_case, wish=WISH):
    (verdict,) = recommend(found_case, wish).verdicts
    return verdict.ground, verdict.reason


@pytest.mark.parametrize(
    ("service", "ground", "reason"),
    [
        (row("a"), Ground.NEVER_USED, "never used in the tracking period, by none of 1 account"),
        (row("a", 91, 1), Ground.LONG_UNUSED, "last used 91 days ago, by 1 of 1 account"),
        (row("a", 90, 1), Ground.USED, "used 90 days ago, by 1 of 1 account"),
        (row("a", 0.5, 1), Ground.USED, "used less than a day ago, by 1 of 1 account"),
        (row("a", -1, 1), Ground.USED, "used less than a day ago, by 1 of 1 account"),
    ],
)
def test_a_service_is_judged_by_its_last_use(service, ground, reason):
    assert judged(case(service)) == (ground, reason)


def test_a_use_that_aged_out_is_told_with_its_time():
    found = case(row("a"), last_known={"a": NOW - 450 * DAY})
    (verdict,) = recommend(found, WISH).verdicts
    assert (verdict.ground, verdict.last_used) == (Ground.AGED_OUT, NOW - 450 * DAY)
    assert verdict.reason == "last known use 2025-06-28T14:13:20Z, none in the tracking period"


def test_a_newer_use_in_a_report_from_below_counts():
    assert judged(case(row("a", 200, 1), below=(report(row("a", 3, 1)),)))[0] is Ground.USED


def test_what_is_needed_to_mend_a_mistake_is_never_denied():
    assert judged(case(row("iam")))[0] is Ground.PROTECTED


def test_the_list_of_what_is_never_denied_can_be_extended():
    wish = Wish(90 * DAY, protect={"a": "ours"})
    assert judged(case(row("a")), wish) == (Ground.PROTECTED, "ours")


def test_what_is_denied_already_is_not_denied_again():
    denied = scp("Deny", "a:*", entity=UNIT.id, name="Closed")
    ground, reason = judged(case(row("a"), attached=(*FULL, denied)))
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
    assert recommended.verdicts[0].ground is Ground.NOT_JUDGED
    assert any("nothing can be said" in note for note in recommended.notes)


def test_accounts_too_young_to_judge_are_named():
    recommended = recommend(case(row("a"), members=(OLD, YOUNG)), WISH)
    assert recommended.jury.young == (YOUNG,)
    assert any(YOUNG.id in note for note in recommended.notes)


def test_what_only_a_young_account_uses_is_in_use():
    assert judged(case(row("a", 5, 1), members=(OLD, YOUNG)))[0] is Ground.USED


@pytest.mark.parametrize("name", ["*", "a*", "", "a:b", 'x"y', "A b"])
def test_a_name_that_would_mean_something_else_in_a_policy_is_left_alone(name):
    recommended = recommend(case(row(name), row("a")), WISH)
    assert [verdict.namespace for verdict in recommended.denied] == ["a"]


def test_an_allow_list_that_cannot_spare_a_name_is_not_written():
    with pytest.raises(ValueError, match="use a deny list"):
        recommend(case(row("x y"), row("a")), Wish(90 * DAY, Variant.ALLOW_LIST))


def test_an_allow_list_spares_what_is_protected_though_no_report_lists_it():
    (policy,) = recommend(case(row("a"), row("b", 1, 1)), Wish(90 * DAY, Variant.ALLOW_LIST)).policies
    spared = policy["Statement"][0]["NotAction"]
    assert {"b:*", "iam:*", "support:*"} <= set(spared)
    assert "a:*" not in spared


def test_an_allow_list_that_is_too_long_is_not_cut_in_two():
    with pytest.raises(ValueError, match="use a deny list"):
        allow_list([f"service{number}" for number in range(1000)])


@given(
    st.sets(st.text("abc-0", min_size=1, max_size=30), min_size=1, max_size=60),
    st.integers(150, 600),
)
def test_a_deny_list_is_split_into_policies_that_fit_and_lose_nothing(services, limit):
    policies = deny_list(services, limit)
    assert all(len(compact(policy)) <= limit for policy in policies)
    actions = [action for policy in policies for action in policy["Statement"][0]["Action"]]
    assert sorted(actions) == sorted(f"{name}:*" for name in services)


def test_as_few_policies_are_written_as_will_do():
    services = [f"service{number:03}" for number in range(400)]
    assert len(deny_list(services)) == 1


def test_what_it_changes_is_claimed():
    recommended = recommend(case(row("a"), row("b", 200, 1), row("iam"), row("c", 1, 1)), WISH)
    assert (recommended.before.accessible, recommended.before.not_accessed) == (4, 2)
    assert (recommended.after.accessible, recommended.after.not_accessed) == (2, 1)


def test_a_target_that_has_its_ten_policies_is_told():
    attached = tuple(scp("Allow", "*", entity=UNIT.id, policy=f"p-{number}") for number in range(10))
    recommended = recommend(case(row("a"), attached=(scp("Allow", "*"), *attached)), WISH)
    assert any("10 SCPs are attached already" in note for note in recommended.notes)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (scp("Allow", "*"), "allows everything"),
        (scp("Allow", "s3:*", "ec2:Describe*"), "allows 2 services"),
        (scp("Deny", "s3:*", "b:*"), "denies b, s3"),
        (scp("Deny", "*"), "denies everything"),
        (scp("Deny", "s3:Put*"), "denies no service wholly"),
        (scp("Deny", "*", Condition={"Bool": {"a": "b"}}), "denies no service wholly"),
    ],
)
def test_what_an_scp_does_is_told_in_words(policy, words):
    assert told(policy, {"a", "s3", "b"}) == words


def test_services_that_scps_deny_by_name_are_listed_though_no_report_has_them():
    assert denied_by_name([*FULL, scp("Deny", "sdb:*")]) == {"sdb": "denied by p-12345678 on r-b"}


def test_the_json_has_evidence_for_every_service():
    document = evidence(recommend(case(row("a"), row("b", 1, 1), members=(OLD, YOUNG, CLOSED)), WISH))
    assert json.loads(json.dumps(document)) == document
    assert [one["service_namespace"] for one in document["denied"]] == ["a"]
    assert [one["reason"] for one in document["still_allowed"]] == ["used 1 day ago, by 1 of 3 accounts"]
    assert [len(document["accounts"][kind]) for kind in ("judged", "too_young", "inactive")] == [1, 1, 1]


@pytest.mark.parametrize(("limit", "count"), [(10_240, 1), (150, 3)])
def test_terraform_says_the_same_policies(limit, count):
    rows = [row(name * 20) for name in "abc"]
    recommended = recommend(case(*rows), Wish(90 * DAY, limit=limit))
    assert len(recommended.policies) == count
    read = hcl2.loads(terraform(recommended))
    kinds = [kind.strip('"') for resource in read["resource"] for kind in resource]
    assert (
        kinds.count("aws_organizations_policy") == kinds.count("aws_organizations_policy_attachment") == count
    )
    for policy in recommended.policies:
        assert all(f'"{action}"' in terraform(recommended) for action in policy["Statement"][0]["Action"])


def test_terraform_tells_beside_each_line_what_it_stands_on():
    text = terraform(recommend(case(row("a"), row("b", 100, 1)), WISH))
    assert '"a:*", # never used in the tracking period, by none of 1 account' in text
    assert '"b:*", # last used 100 days ago, by 1 of 1 account' in text
