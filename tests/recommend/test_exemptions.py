import pytest

from exporter.recommend import Origin, Variant, Wish, exempted, recommend
from exporter.recommend.exemptions import KEY, patterns_in
from tests.recommend.cases import DAY, case, row


@pytest.mark.parametrize(
    ("wish", "patterns"),
    [
        (
            "control-tower",
            ("arn:aws:iam::*:role/AWSControlTowerExecution", "arn:aws:iam::*:role/aws-controltower-*"),
        ),
        ("sso", ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*",)),
        ("sso=Admin", ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_*",)),
        ("break-glass=Rescue", ("arn:aws:iam::*:role/Rescue",)),
        ("break-glass=Xavier", ("arn:aws:iam::*:role/Xavier",)),
        ("break-glass=ops/Rescue*", ("arn:aws:iam::*:role/ops/Rescue*",)),
        ("break-glass=/ops/Xavier=X", ("arn:aws:iam::*:role/ops/Xavier=X",)),
        ("break-glass=arn:aws:iam::111122223333:role/R", ("arn:aws:iam::111122223333:role/R",)),
        ("arn:aws:iam::*:user/rescue", ("arn:aws:iam::*:user/rescue",)),
        ("arn:aws:iam::111122223333:root", ("arn:aws:iam::111122223333:root",)),
        ("none", ()),
    ],
)
def test_who_is_exempt_is_said_by_preset_or_arn(wish, patterns):
    assert exempted([wish]) == patterns


def test_presets_know_their_partition_and_each_pattern_stands_once():
    assert exempted(["sso", "sso"], "aws-us-gov") == (
        "arn:aws-us-gov:iam::*:role/aws-reserved/sso.amazonaws.com/*",
    )


NEITHER = (
    "is neither the ARN of a role or user nor one of control-tower, sso, sso=PERMISSION-SET, break-glass=ROLE"
)
NO_ROLE = "is not like arn:aws:iam::*:role/NAME"
NO_USER = f"{NO_ROLE} or arn:aws:iam::*:user/NAME"
EVERYBODY = "would exempt every role: nothing would be denied"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("", NEITHER),
        ("*", NEITHER),
        ("Rescue", NEITHER),
        ("break-glass", NEITHER),
        ("rescue=Rescue", NEITHER),
        ("arn:aws:iam::*:role/*", EVERYBODY),
        ("arn:aws:iam::*:*", EVERYBODY),
        ("arn:*:iam::*:*/*", EVERYBODY),
        ("arn:aws:iam::*:*role/*", EVERYBODY),
        ("arn:aws:iam::*:?ole/*", EVERYBODY),
        ("arn:aws:iam::*:role/??*", EVERYBODY),
        ("arn:aws:iam::*:role/*/*", EVERYBODY),
        ("arn:aws:iam:us-east-1:*:role/R", NO_ROLE),
        ("arn:aws:iam::some:role/R", NO_ROLE),
        ("arn:aws:iam::*:role/R:S", NO_ROLE),
        ("arn:aws:iam", NO_ROLE),
        ("arn:aws:s3:::bucket", NO_ROLE),
        ("arn:aws:s3::*:role/R", NO_USER),
        ("arn:aws:iam::*:group/G", NO_USER),
        ("arn:aws:iam::*:role/[A-z]*", NO_USER),
        ("arn:aws:iam::*:role/a b", NO_USER),
    ],
)
def test_what_exempts_nobody_or_everybody_is_refused(wish, why):
    with pytest.raises(ValueError) as refused:
        exempted([wish])
    assert str(refused.value) == f"{wish!r} {why}"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("break-glass=", "a name is missing"),
        ("break-glass=*", "'*' is no name of a role"),
        ("break-glass=?*?", "'?*?' is no name of a role"),
        ('break-glass=a"b', "'a\"b' is no name of a role"),
        ("sso=", "a name is missing"),
        ("arn:aws:sts::1:assumed-role/R/s", f"{KEY} holds the role of a session: arn:aws:iam::*:role/NAME"),
    ],
)
def test_what_is_no_role_is_refused(wish, why):
    with pytest.raises(ValueError) as refused:
        exempted([wish])
    assert str(refused.value) == f"{wish!r}: {why}"


def test_presets_are_of_the_partition_that_the_organization_is_in():
    found = case(row("a"), origin=Origin(partition="aws-us-gov"))
    assert recommend(found, Wish(90 * DAY, exempt=("break-glass=R",))).exempt == (
        "arn:aws-us-gov:iam::*:role/R",
    )


def test_an_allow_list_leaves_alone_who_is_exempt():
    wish = Wish(90 * DAY, Variant.ALLOW_LIST, exempt=("break-glass=R",))
    (policy,) = recommend(case(row("a")), wish).policies
    assert policy["Statement"][0]["Condition"] == {"ArnNotLike": {KEY: ["arn:aws:iam::*:role/R"]}}


@pytest.mark.parametrize(
    ("condition", "patterns"),
    [
        (None, ()),
        ({}, ()),
        ({"ArnNotLike": {"AWS:principalarn": "ab"}}, ("ab",)),
        ({"ArnNotLike": {KEY: ["b", "a"]}}, ("a", "b")),
        ({"ArnNotLike": {KEY: "a"}, "Bool": {"aws:ViaAWSService": "true"}}, None),
        ({"ArnNotLike": {KEY: "a", "aws:SourceArn": "b"}}, None),
        ({"ArnNotLike": {"aws:SourceArn": "a"}}, None),
        ({"ArnLike": {KEY: "a"}}, None),
    ],
)
def test_only_a_condition_that_is_exactly_ours_is_read_as_ours(condition, patterns):
    assert patterns_in(condition) == patterns


def test_the_condition_is_written_and_the_numbers_do_not_change():
    found = recommend(case(row("a")), Wish(90 * DAY, exempt=("break-glass=Rescue",)))
    (statement,) = found.policies[0]["Statement"]
    assert statement["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/Rescue"]}}
    assert found.after == found.before
    notes = "\n".join(found.notes)
    assert "numbers of the reports do not change" in notes
    assert "root users of the accounts are not exempt" in notes


def test_a_root_user_that_is_exempt_is_not_told_to_be_bound():
    found = recommend(case(row("a")), Wish(90 * DAY, exempt=("arn:aws:iam::*:root",)))
    assert "not exempt" not in "\n".join(found.notes)
