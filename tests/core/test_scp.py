"""What only the text of a policy decides; the rest is told with the simulator's evaluation."""

import json

import pytest

from exporter.scp import Effect, effect, mentioned

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


@pytest.mark.parametrize("action", ["s*:Get", "*:*", "*:Get:*"])
def test_a_pattern_of_services_names_none(action):
    assert mentioned(text(Action=action)) == frozenset()


def test_a_service_is_named_before_the_first_colon():
    assert mentioned(text(Action="s3:G*:*")) == {"s3"}
    assert effect(text(Effect="Allow", Action="s3:Get:*"), NAMES).allowed == {"s3"}


def test_several_policies_allow_and_deny_what_each_of_them_does():
    one, other = Effect(frozenset({"s3"}), frozenset({"ec2"})), Effect(frozenset({"iam"}), frozenset({"sqs"}))
    assert one | other == Effect(frozenset({"s3", "iam"}), frozenset({"ec2", "sqs"}))


@pytest.mark.parametrize(("others", "kept"), [("s3:*", {"ec2"}), ("s3:Get*", {"ec2", "s3"})])
def test_an_allow_of_all_but_some_actions_reaches_services_with_any_left(others, kept):
    assert allowed({"NotAction": others}) == kept
    assert allowed({"NotAction": [others]}) == kept


@pytest.mark.parametrize("spared", ["s3:*", "s3:Get*"])
def test_a_deny_of_all_but_some_actions_fills_services_without_any(spared):
    assert effect(text(NotAction=spared), NAMES).denied == {"ec2"}
    assert effect(text(NotAction=[spared]), NAMES).denied == {"ec2"}
    assert effect(text(NotAction="*"), NAMES).denied == frozenset()


def test_a_statement_without_actions_is_about_none():
    assert effect(json.dumps({"Statement": [{"Effect": "Deny"}, {"Effect": "Allow"}]}), NAMES) == Effect()


def test_a_statement_without_a_resource_is_about_all():
    statements = [{"Effect": "Deny", "Action": "s3:*"}, {"Effect": "Allow", "Action": "ec2:*"}]
    assert effect(json.dumps({"Statement": statements}), NAMES) == Effect(
        frozenset({"ec2"}), frozenset({"s3"})
    )


def test_a_policy_without_statements_does_nothing():
    assert effect("{}", NAMES).allowed == effect("{}", NAMES).denied == frozenset()


def test_what_is_no_json_is_refused():
    with pytest.raises(ValueError, match=r"."):
        effect("", NAMES)


@pytest.mark.parametrize("content", ["[]", "null"])
def test_what_is_no_policy_is_refused(content):
    with pytest.raises(ValueError, match=r"^a policy is a JSON object$"):
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


def test_an_allow_on_all_but_some_resources_allows_the_service():
    policy = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:sqs:*:*:*"}
    assert effect(json.dumps({"Statement": policy}), NAMES).allowed == {"s3"}


def test_a_deny_on_all_but_some_resources_takes_no_resource_back():
    given = {"Action": "s3:Get*", "Resource": "*"}
    bucket = {"Action": "s3:Get*", "Resource": "arn:aws:s3:::a"}
    taken = {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::a"}
    for statement in (given, bucket):
        content = json.dumps({"Statement": [{"Effect": "Allow", **statement}, taken]})
        assert effect(content, NAMES).allowed == {"s3"}


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


def test_what_a_policy_denies_everywhere_is_denied_and_not_taken_back():
    statements = [{"Effect": "Allow", "Action": "*"}, {"Effect": "Deny", "Action": "s3:*"}]
    found = effect(json.dumps({"Statement": statements}), NAMES)
    assert found == Effect(frozenset(NAMES), frozenset({"s3"}))


def test_a_condition_on_an_allow_does_not_count():
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert allowed({"Action": "s3:*", "Condition": condition}) == {"s3"}


NO_STATEMENT = "^a statement is a JSON object whose Effect is Allow or Deny$"
NO_ACTION = "^an action is text$"
NO_RESOURCE = "^a resource is text$"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("Allow", NO_STATEMENT),
        ({"Action": "*"}, NO_STATEMENT),
        ({"Effect": "deny", "Action": "*"}, NO_STATEMENT),
        ({"Effect": "Deny", "Action": None}, NO_ACTION),
        ({"Effect": "Deny", "NotAction": [1]}, NO_ACTION),
        ({"Effect": ["Deny"], "Action": "*"}, NO_STATEMENT),
        ({"Effect": "Deny", "Action": "*", "Resource": None}, NO_RESOURCE),
        ({"Effect": "Allow", "Action": "*", "Resource": ["*", {}]}, NO_RESOURCE),
    ],
)
def test_a_statement_that_aws_would_not_take_is_refused_as_no_policy(statement, why):
    content = json.dumps({"Statement": [statement]})
    for read in (lambda: effect(content, NAMES), lambda: mentioned(content)):
        with pytest.raises(ValueError, match=why):
            read()
