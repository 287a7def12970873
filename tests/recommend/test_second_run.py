import json
from dataclasses import replace

import pytest

from exporter.recommend import Attached, Ground, Variant, Wish, compact, recommend
from exporter.recommend.policies import deny_list
from tests.recommend.cases import (
    DAY,
    FULL,
    NOW,
    UNIT,
    WISH,
    case,
    denied,
    in_force,
    row,
    scp,
    verdict,
)

OURS = deny_list(["a", "b"])


def services(policies):
    key = "NotAction" if "NotAction" in policies[0]["Statement"][0] else "Action"
    return [action for policy in policies for action in policy["Statement"][0][key]]


def test_what_our_policy_denies_stays_in_the_text_though_no_report_lists_it_any_more():
    again = recommend(case(row("c"), attached=in_force(*OURS)), WISH)
    assert services(again.policies) == ["a:*", "b:*", "c:*"]
    change = again.difference
    assert [[one.namespace for one in part] for part in (change.added, change.removed, change.kept)] == [
        ["c"],
        [],
        ["a", "b"],
    ]
    assert verdict("a", again.case).reason == "denied by deny-unused (p-ours0000), and no use since is known"


def test_without_news_the_same_text_is_written_and_no_change_is_told():
    again = recommend(case(attached=in_force(*OURS)), WISH)
    assert again.policies == OURS
    assert again.difference.none


def test_the_order_in_which_aws_keeps_a_text_is_no_change():
    text = json.loads(compact(OURS[0]))
    statement = text["Statement"][0]
    statement["Action"].reverse()
    turned = {"Statement": dict(reversed(statement.items())), "Version": text["Version"]}
    assert recommend(case(attached=in_force(turned)), WISH).difference.none


def test_what_is_used_again_is_given_back_and_nothing_else():
    again = recommend(case(attached=in_force(*OURS), last_known={"b": NOW - DAY}), WISH)
    assert services(again.policies) == ["a:*"]
    assert [one.namespace for one in again.difference.removed] == ["b"]


def test_what_came_to_be_protected_is_given_back():
    again = recommend(case(attached=in_force(*OURS)), Wish(90 * DAY, protect={"a2c": "", "s3": ""}))
    assert denied(again) == {"a", "b"}
    old = deny_list(["a", "support-console", "ssmmessages"])
    again = recommend(case(row("ssm", 1, 1), attached=in_force(*old)), WISH)
    assert {one.namespace: one.ground for one in again.difference.removed} == {
        "support-console": Ground.PROTECTED,
        "ssmmessages": Ground.COMPANION,
    }


def test_what_was_looked_at_and_denied_then_stays_denied():
    ours = recommend(case(row("guardduty")), Wish(90 * DAY, reviewed=True)).policies
    assert recommend(case(attached=in_force(*ours)), WISH).difference.none


def test_what_others_deny_as_well_stays_in_ours():
    other = scp("Deny", "a:*", policy="p-87654321")
    assert services(recommend(case(attached=(*in_force(*OURS), other)), WISH).policies) == ["a:*", "b:*"]


def test_when_nothing_is_to_be_denied_any_more_the_policy_has_to_go():
    ours = deny_list(["iam"])
    again = recommend(case(attached=in_force(*ours)), WISH)
    assert again.policies == ()
    assert not again.difference.none
    assert "nothing is to be denied any more: detach deny-unused (p-ours0000)" in again.notes


def test_without_an_account_to_judge_by_what_is_denied_stays():
    again = recommend(case(row("c"), members=(), attached=in_force(*OURS)), WISH)
    assert services(again.policies) == ["a:*", "b:*"]


def test_a_policy_of_ours_on_another_entity_is_one_of_others():
    above = Attached("r-b", "p-ours0000", "", compact(OURS[0]))
    again = recommend(case(row("c"), attached=(*FULL, above)), WISH)
    assert services(again.policies) == ["c:*"]


def test_several_policies_of_ours_are_taken_together():
    pages = deny_list([f"service{n:02}" for n in range(20)], 200)
    again = recommend(case(attached=in_force(*pages)), WISH)
    assert services(again.policies) == sorted(services(pages))


def test_an_allow_list_of_ours_is_kept_too():
    found = case(row("a"), row("b", 1, 1))
    first = recommend(found, Wish(90 * DAY, Variant.ALLOW_LIST)).policies
    again = recommend(case(row("b", 1, 1), attached=in_force(*first)), Wish(90 * DAY, Variant.ALLOW_LIST))
    assert again.policies == first
    assert again.difference.none
    assert "s3" in denied(again)


def test_from_an_allow_list_to_a_deny_list_nothing_is_lost():
    first = recommend(case(row("a")), Wish(90 * DAY, Variant.ALLOW_LIST)).policies
    again = recommend(case(row("b"), attached=in_force(*first)), WISH)
    assert {"b:*", "s3:*"} <= set(services(again.policies))


def test_who_is_exempt_stays_so_unless_it_is_said_anew():
    ours = recommend(case(row("a")), Wish(90 * DAY, exempt=("break-glass=Rescue",))).policies
    found = case(row("a"), attached=in_force(*ours))
    assert recommend(found, WISH).difference.none
    other = recommend(found, Wish(90 * DAY, exempt=("break-glass=Other",)))
    assert not other.difference.none
    assert (other.difference.added, other.difference.removed) == ((), ())
    assert "Condition" not in recommend(found, Wish(90 * DAY, exempt=("none",))).policies[0]["Statement"][0]


def edited(**more):
    document = json.loads(compact(OURS[0]))
    document["Statement"][0] |= more
    return document


MORE = {"Effect": "Deny", "Action": "x:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (OURS[0], []),
        ({"Statement": [*OURS[0]["Statement"], MORE]}, ["it holds 1 more statement"]),
        ({"Statement": [*OURS[0]["Statement"], MORE, MORE]}, ["it holds 2 more statements"]),
        (edited(Condition={"Bool": {"aws:ViaAWSService": "true"}}), ["its condition is another than ours"]),
        (edited(Resource="arn:aws:s3:::b"), ["it is limited to some resources or principals"]),
        (edited(Principal="*"), ["it is limited to some resources or principals"]),
        (edited(Action=["a:*", "b:*", "s3:PutObject"]), ["it lists more than whole services"]),
    ],
)
def test_what_others_wrote_into_ours_is_told_and_ours_is_written_whole(document, told):
    again = recommend(case(row("c"), attached=in_force(document)), WISH)
    assert services(again.policies) == ["a:*", "b:*", "c:*"]
    assert [note for note in again.notes if note.endswith("not kept here")] == [
        f"deny-unused (p-ours0000): {what}, which is not kept here" for what in told
    ]


def test_what_others_deny_in_ours_is_denied_already():
    document = {"Statement": [*OURS[0]["Statement"], MORE]}
    found = verdict("x", case(row("x"), attached=in_force(document)))
    assert found.reason == f"denied by deny-unused (p-ours0000) on {UNIT.id}"


def test_an_scp_that_cannot_be_read_shuts_nothing_beside_ours():
    unreadable = Attached("r-b", "p-odd00000", "Odd", "")
    found = case(row("c"), attached=(unreadable, *in_force(*OURS)[1:]))
    assert denied(recommend(found, WISH)) == {"a", "b", "c"}


def test_one_service_alone_may_be_written_without_a_list():
    assert recommend(case(attached=in_force(edited(Action="a:*"))), WISH).difference.none


def test_when_a_service_that_is_denied_was_used_last_is_told():
    found = case(attached=in_force(*OURS), last_known={"a": NOW - 100 * DAY})
    told = "denied by deny-unused (p-ours0000), and no use since is known"
    assert verdict("a", found).reason == f"{told}; last known use 2026-06-13T14:13:20Z (100 days ago)"


@pytest.mark.parametrize("content", ["", "[]", "null", '{"Statement": 3}', '{"Statement": [null]}'])
def test_an_scp_that_cannot_be_read_is_named_and_denies_nothing(content):
    odd = Attached(UNIT.id, "p-odd00000", "Odd", content)
    found = recommend(case(row("a"), attached=(*FULL, odd)), WISH)
    assert services(found.policies) == ["a:*"]
    assert f"Odd (p-odd00000) on {UNIT.id} cannot be read" in found.notes


def listed(*actions, policy="p-listed01"):
    return (scp("Allow", "*"), scp("Allow", *actions, entity=UNIT.id, policy=policy, name="Listed"))


ALLOW = Wish(90 * DAY, Variant.ALLOW_LIST)


def test_where_nothing_allows_everything_a_list_of_what_is_allowed_takes_the_place():
    attached = listed("a:*", "in-use:*", "sts:AssumeRole", "elsewhere:*")
    found = recommend(case(row("a"), row("sts"), attached=attached), ALLOW)
    (statement,) = found.policies[0]["Statement"]
    assert statement == {
        "Sid": "AllowUsedServices",
        "Effect": "Allow",
        "Action": ["elsewhere:*", "in-use:*", "sts:AssumeRole"],
        "Resource": "*",
    }
    assert any("no effect until Listed (p-listed01) is detached" in note for note in found.notes)
    again = case(
        row("sts"), attached=(scp("Allow", "*"), Attached(UNIT.id, "p-2", "", compact(found.policies[0])))
    )
    assert recommend(again, ALLOW).difference.none
    assert recommend(again, ALLOW).policies == found.policies


def test_an_allow_list_that_would_allow_nothing_is_not_written():
    granted = (scp("Allow", "*"), scp("Allow", "a:*", entity=UNIT.id))
    with pytest.raises(ValueError, match=r"^an allow list would allow nothing any more: use a deny list$"):
        recommend(case(row("a"), attached=granted), ALLOW)


def test_a_deny_list_is_one_also_where_nothing_allows_everything():
    (policy,) = recommend(case(row("a"), attached=listed("a:*", "in-use:*")), WISH).policies
    assert policy["Statement"][0]["Effect"] == "Deny"


def test_where_nothing_is_to_be_taken_away_a_list_of_what_is_allowed_stays_as_it_is():
    found = recommend(case(attached=listed("in-use:*")), ALLOW)
    assert (found.policies, found.replaced) == ((), ())


def test_a_list_of_what_is_allowed_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match=r"^an allow list would have"):
        recommend(case(row("a"), attached=listed("a:*", "in-use:*")), replace(ALLOW, limit=50))


def test_what_a_list_of_what_is_allowed_holds_of_single_actions_is_nothing_strange():
    first = recommend(case(row("a"), attached=listed("a:*", "in-use:*", "sts:AssumeRole")), ALLOW)
    ours = Attached(UNIT.id, "p-2", "ours", compact(first.policies[0]))
    again = recommend(case(row("sts"), attached=(FULL[0], ours)), ALLOW)
    assert not any("not kept here" in note for note in again.notes)


@pytest.mark.parametrize("allowing", ["*", "*:*"])
def test_where_one_scp_allows_everything_the_others_are_left_alone(allowing):
    attached = (*listed("a:*"), scp("Allow", allowing, entity=UNIT.id, policy="p-full0000"))
    (policy,) = recommend(case(row("a"), attached=attached), ALLOW).policies
    assert "NotAction" in policy["Statement"][0]


@pytest.mark.parametrize("content", ["", "[]", '{"Statement": [1]}', "{}"])
def test_an_scp_that_cannot_be_read_is_no_list_of_what_is_allowed(content):
    attached = (*listed("a:*", "in-use:*"), Attached(UNIT.id, "p-odd00000", "Odd", content))
    assert recommend(case(row("a"), attached=attached), ALLOW).replaced == attached[1:2]


LIMITED = "allows by NotAction, resource or condition: use a deny list"
PATTERN = "allows services by a pattern: use a deny list"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"Condition": {"Bool": {"a": "b"}}}, LIMITED),
        ({"Resource": "arn:aws:a:::b"}, LIMITED),
        ({"Action": ["*"], "Resource": "arn:aws:a:::b"}, LIMITED),
        ({"Action": ["*"], "Condition": {"Bool": {"a": "b"}}}, LIMITED),
        ({"Action": ["*:Get*"]}, PATTERN),
        ({"Action": ["a:*", "?:Get*"]}, PATTERN),
    ],
)
def test_what_a_list_cannot_say_is_not_made_one(more, why):
    odd = scp("Allow", "a:*", entity=UNIT.id, **more)
    with pytest.raises(ValueError) as refused:
        recommend(case(row("a"), attached=(scp("Allow", "*"), odd)), ALLOW)
    assert str(refused.value) == f"p-12345678 {why}"


@pytest.mark.parametrize(
    "what", [{"NotAction": ["s3:*"], "Resource": "*"}, {"Action": "*", "NotResource": "arn:x"}]
)
def test_what_is_allowed_but_for_something_is_no_list_either(what):
    content = json.dumps({"Statement": {"Effect": "Allow", **what}})
    attached = (FULL[0], Attached(UNIT.id, "p-but00000", "", content))
    with pytest.raises(ValueError, match=f"^p-but00000 {LIMITED}$"):
        recommend(case(row("a"), attached=attached), ALLOW)


def test_nobody_is_exempt_from_what_is_not_allowed():
    with pytest.raises(ValueError, match=r"^what is not allowed cannot be exempted: use a deny list$"):
        recommend(
            case(row("a"), attached=listed("a:*", "in-use:*")),
            Wish(90 * DAY, Variant.ALLOW_LIST, exempt=("sso",)),
        )
