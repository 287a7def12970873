"""STS, and what else goes to moto."""

import pytest
from botocore.exceptions import ClientError


def test_unknown_keys_belong_to_the_management_account(aws):
    assert aws.client("sts").get_caller_identity()["Account"] == aws.organization.management_account.id


def test_a_session_belongs_to_the_account_of_its_role(aws):
    identity = aws.session("sts", "111122223333", name="me").get_caller_identity()
    assert identity["Account"] == "111122223333"
    assert identity["Arn"] == "arn:aws:sts::111122223333:assumed-role/reader/me"


def test_a_session_of_the_management_account_can_read_the_organization(aws):
    organizations = aws.session("organizations", aws.organization.management_account.id)
    assert organizations.list_accounts()["Accounts"]


def test_two_simulations_do_not_know_each_other(simulate):
    one, other = simulate(seed=1), simulate(seed=2)
    assert one.client("sts").get_caller_identity()["Account"] == one.organization.management_account.id
    assert other.client("sts").get_caller_identity()["Account"] == other.organization.management_account.id


def test_the_callers_keys_can_be_a_member_accounts(simulate):
    aws = simulate(caller_is_management=False)
    members = {account.id for account in aws.organization.member_accounts(aws.organization.root)}
    assert aws.client("sts").get_caller_identity()["Account"] in members


def _refusal(ask):
    with pytest.raises(ClientError) as error:
        ask()
    return error.value.response["ResponseMetadata"]["HTTPStatusCode"], error.value.response["Error"]["Code"]


def test_the_rest_of_iam_is_motos(aws):
    assert aws.client("iam").list_account_aliases()["AccountAliases"] == []


def test_what_nobody_has_built_is_not_implemented(aws):
    assert _refusal(aws.client("iam").list_organizations_features) == (501, "NotImplemented")
    assert _refusal(aws.client("sqs").list_queues)[0] == 501
