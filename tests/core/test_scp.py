"""What only the text of a policy decides; the rest is told with the simulator's evaluation."""

import json

import pytest

from exporter.scp import effect, mentioned

NAMES = ("ec2", "s3")


def text(**statement):
    return json.dumps({"Statement": [{"Effect": "Deny", "Resource": "*", **statement}]})


def test_a_deny_on_all_but_some_resources_leaves_the_service_accessible():
    content = json.dumps(
        {"Statement": [{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::a"}]}
    )
    assert effect(content, NAMES).denied == frozenset()


@pytest.mark.parametrize("action", ["*", "*:*"])
def test_a_star_is_every_service(action):
    assert effect(text(Action=action), NAMES).denied == set(NAMES)


def test_the_case_of_an_action_does_not_matter():
    assert effect(text(Action="S3:*"), NAMES).denied == {"s3"}


def test_the_services_that_a_policy_names_are_told():
    assert mentioned(text(Action=["s3:Get*", "EC2:*", "*"])) == {"s3", "ec2"}
    assert mentioned(text(NotAction="iam:*")) == {"iam"}


def test_a_policy_without_statements_does_nothing():
    assert effect("{}", NAMES).allowed == effect("{}", NAMES).denied == frozenset()


@pytest.mark.parametrize("content", ["", "[]", "null"])
def test_what_is_no_policy_is_refused(content):
    with pytest.raises(ValueError, match=r"."):
        effect(content, NAMES)
