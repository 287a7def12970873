import json

import pytest

from exporter.__main__ import main

ROLES = """
organizations:
  - {name: a, role_arn: "arn:aws:iam::111122223333:role/a", external_id: first}
  - {name: b, role_arn: "arn:aws:iam::444455556666:role/b", external_id: second}
"""


@pytest.fixture
def printed(tmp_path, capsys):
    """Runs the command with a configuration; gives the exit code, the JSON and stderr."""

    def run(text, *arguments):
        (tmp_path / "c.yml").write_text(text)
        code = main(["print-iam-policy", "--config.file", str(tmp_path / "c.yml"), *arguments])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if captured.out else None, captured.err

    return run


def test_one_principal_is_one_policy(printed):
    code, policy, err = printed("{}")
    assert (code, list(policy), err) == (0, ["Version", "Statement"], "")


def test_several_principals_are_policies_by_name(printed):
    _, by_principal, _ = printed(ROLES)
    assert [name.rpartition("/")[2] for name in by_principal] == ["exporter", "a", "b"]


def test_one_of_several_can_be_chosen(printed):
    _, policy, _ = printed(ROLES, "--principal", "exporter")
    assert policy["Statement"][0]["Action"] == "sts:AssumeRole"


def test_a_principal_that_is_none_of_them_is_told_so(printed):
    code, _, err = printed("{}", "--principal", "me")
    assert (code, err) == (1, "error: no principal 'me' in this configuration; it has exporter\n")


def test_a_table_for_the_state_takes_permissions(printed):
    _, policy, _ = printed("{}", "--state.url", "dynamodb://reports?region=eu-west-1")
    assert policy["Statement"][-1]["Resource"] == "arn:aws:dynamodb:eu-west-1:*:table/reports"


def test_a_table_without_a_region_may_be_in_any(printed):
    _, policy, _ = printed("{}", "--state.url", "dynamodb://reports")
    assert policy["Statement"][-1]["Resource"] == "arn:aws:dynamodb:*:*:table/reports"


def test_who_makes_the_table_may_do_so(printed):
    _, policy, _ = printed("{}", "--state.url", "dynamodb://reports", "--state.create")
    assert "dynamodb:CreateTable" in policy["Statement"][-1]["Action"]


def test_an_address_that_is_none_is_refused(printed):
    code, _, err = printed("{}", "--state.url", "dynamodb://?region=eu-west-1")
    assert code == 1
    assert "dynamodb://TABLE?region=REGION" in err


def test_what_is_not_known_is_marked_and_told(printed):
    code, policy, err = printed("{}", "--trust", "irsa", "--account-id", "111122223333")
    assert code == 0
    assert "<OIDC_PROVIDER>" in policy["Statement"][0]["Principal"]["Federated"]
    assert err == "note: fill in <OIDC_PROVIDER>, or give --oidc-provider\n"


def test_quiet_leaves_notes_out(printed):
    assert printed("{}", "--trust", "irsa", "--quiet")[2] == ""


def test_an_issuer_may_be_given_as_eks_tells_it(printed):
    _, policy, _ = printed(
        "{}", "--trust", "irsa", "--account-id", "1" * 12, "--oidc-provider", "https://oidc.eks/id/A"
    )
    assert policy["Statement"][0]["Principal"]["Federated"].endswith(":oidc-provider/oidc.eks/id/A")


def test_the_external_id_of_the_role_is_asked_for(printed):
    role = "arn:aws:iam::444455556666:role/b"
    _, policy, _ = printed(ROLES, "--trust", "account", "--account-id", "1" * 12, "--principal", role)
    assert policy["Statement"][0]["Condition"]["StringEquals"] == {"sts:ExternalId": "second"}


def test_which_external_id_has_to_be_said_where_they_differ(printed):
    code, _, err = printed(ROLES, "--trust", "account")
    assert code == 1
    assert "--principal" in err
