import pytest

from exporter.recommend import Wish, exempted, recommend
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
        ("break-glass=ops/Rescue*", ("arn:aws:iam::*:role/ops/Rescue*",)),
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


@pytest.mark.parametrize(
    "wish",
    [
        "",
        "*",
        "Rescue",
        "break-glass",
        "break-glass=",
        "break-glass=*",
        "sso=",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::*:*",
        "arn:*:iam::*:*/*",
        "arn:aws:iam:us-east-1:*:role/R",
        "arn:aws:iam::some:role/R",
        "arn:aws:sts::111122223333:assumed-role/R/s",
        "arn:aws:s3:::bucket",
        "arn:aws:iam",
        'break-glass=a"b',
    ],
)
def test_what_exempts_nobody_or_everybody_is_refused(wish):
    with pytest.raises(ValueError):
        exempted([wish])


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
