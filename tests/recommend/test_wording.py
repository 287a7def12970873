import pytest

from exporter.recommend import Attached, told
from tests.recommend.cases import scp

SERVICES = ["s3:*", "ec2:*", "lambda:*", "sqs:*", "iam:*", "sts:*"]


def test_an_allow_list_is_told_as_what_it_is():
    assert told(scp("Allow", *SERVICES)) == "allows ec2, iam, lambda, s3, sqs, sts"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (scp("Allow", "*"), "allows everything"),
        (scp("Allow", "*:*"), "allows everything"),
        (scp("Allow", "s3:*", "ec2:Describe*"), "allows s3 and parts of ec2"),
        (scp("Allow", "s3:*", "s3:Get*"), "allows s3"),
        (scp("Deny", "s3:*", "b:*"), "denies b, s3"),
        (scp("Deny", "*"), "denies everything"),
        (scp("Deny", "s3:Put*"), "denies parts of s3"),
        (scp("Deny", "s?:Get*"), "denies whatever matches s?:get*"),
        (
            scp("Deny", *(f"s{n:02}:*" for n in range(12))),
            "denies " + ", ".join(f"s{n:02}" for n in range(12)),
        ),
        (scp("Deny", "s3:*", Resource=[]), "denies s3 on nothing"),
        (scp("Deny", "s3*:Put*"), "denies whatever matches s3*:put*"),
        (
            scp("Deny", *(f"s{n:02}:*" for n in range(14))),
            "denies 14 services (" + ", ".join(f"s{n:02}" for n in range(12)) + ", …)",
        ),
        (scp("Deny", "*", Condition={"Bool": {"a": "b"}}), "denies everything if a Bool b"),
        (
            scp("Deny", "s3:*", Condition={"ArnNotLike": {"aws:PrincipalArn": ["x", "y"]}}),
            "denies s3 if aws:PrincipalArn ArnNotLike x and 1 more",
        ),
    ],
)
def test_what_an_scp_does_is_told_in_words(policy, words):
    assert told(policy) == words


def text(content):
    return told(Attached("r-b", "p-1", "", content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"Statement": []}', "says nothing"),
        ('{"Statement": {"Effect": "Deny", "Action": "s3:*"}}', "denies s3"),
        ('{"Statement": {"Effect": "Deny", "Resource": "*"}}', "denies nothing"),
    ],
)
def test_what_is_missing_says_nothing(content, words):
    assert text(content) == words


def test_what_is_left_out_is_told_as_left_out():
    assert text('{"Statement": {"Effect": "Deny", "NotAction": ["iam:*", "s3:Get*"], "Resource": "*"}}') == (
        "denies everything but iam and parts of s3"
    )


def test_where_it_holds_is_told():
    statements = (
        '{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": ["arn:a", "arn:b"]},'
        ' {"Effect": "Deny", "Action": "ec2:*", "NotResource": "arn:c"}]}'
    )
    assert text(statements) == "denies s3 on arn:a and 1 more; denies ec2 except on arn:c"


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"Statement": [1]}', '{"Statement": [{}]}', "<html>"]
)
def test_what_is_no_policy_is_told_as_that(content):
    assert text(content) == "cannot be read: it is not the text of a policy"
