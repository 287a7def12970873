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


def allowed(*statements):
    policy = {"Statement": [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]}
    return effect(json.dumps(policy), NAMES).allowed


def test_an_allow_on_a_resource_that_none_of_its_actions_has_allows_nothing():
    assert allowed({"Action": "s3:*", "Resource": "arn:aws:sqs:us-east-1:111122223333:queue"}) == frozenset()
    assert allowed({"Action": "s3:*", "Resource": ["arn:aws:sqs:*:*:*", "arn:aws:s3:::a"]}) == {"s3"}


@pytest.mark.parametrize("resource", ["arn:aws:*:*:*:*", "arn:*", "*", "arn:aws:new-service:::a"])
def test_a_resource_that_may_be_of_the_service_is_taken_for_one(resource):
    assert allowed({"Action": "s3:*", "Resource": resource}) == {"s3"}


def test_commands_run_on_instances_which_are_another_service_s():
    policy = {"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ec2:*:*:instance/*"}
    assert effect(json.dumps({"Statement": policy}), ("ssm",)).allowed == {"ssm"}


def test_an_allow_that_the_same_policy_takes_back_on_the_same_resource_allows_nothing():
    bucket = {"Resource": "arn:aws:s3:::a"}
    given = {"Action": "s3:GetObject", **bucket}
    taken = {"Effect": "Deny", "Action": "s3:*", **bucket}
    assert allowed(given, taken) == frozenset()
    assert allowed({**given, "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}, taken) == {"s3"}
    assert allowed(given, {**taken, "Action": "s3:Get*"}) == {"s3"}
    assert allowed(given, {**taken, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}) == {"s3"}
    assert allowed({"Action": "s3:*"}, taken) == {"s3"}


def test_a_condition_on_an_allow_does_not_count():
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert allowed({"Action": "s3:*", "Condition": condition}) == {"s3"}


@pytest.mark.parametrize(
    "statement",
    [
        "Allow",
        {"Action": "*"},
        {"Effect": "deny", "Action": "*"},
        {"Effect": "Deny", "Action": None},
        {"Effect": "Deny", "NotAction": [1]},
        {"Effect": ["Deny"], "Action": "*"},
    ],
)
def test_a_statement_that_aws_would_not_take_is_refused_as_no_policy(statement):
    content = json.dumps({"Statement": [statement]})
    for read in (lambda: effect(content, NAMES), lambda: mentioned(content)):
        with pytest.raises(ValueError, match=r"statement|action"):
            read()
