"""What service control policies are attached to."""

import pytest

from exporter.aws.scope import Scope
from exporter.errors import CredentialsError
from exporter.model import Policy
from tests.aws.conftest import data, data_error
from tests.aws.test_directory import tree  # noqa: F401 - a fixture

SCPS = Scope(policies_enabled=True)


def on(**targets):
    """Targets by policy id."""
    listed = {name.replace("_", "-"): [{"TargetId": one} for one in ids] for name, ids in targets.items()}
    return lambda asked: data(Targets=listed[asked["PolicyId"]])


@pytest.fixture
def policies(tree):  # noqa: F811 - the fixture above
    tree.say("ListPolicies", data(Policies=[{"Id": f"p-{n}", "Name": n} for n in "ab"]))
    tree.say("ListTargetsForPolicy", on(p_a=["r-exam", "ou-exam-b"], p_b=[]))
    return tree


@pytest.mark.usefixtures("policies")
def test_every_policy_has_its_targets(organization):
    found = organization(SCPS, attachments=True).discover()
    assert found.policies == (Policy("p-a", "a", ("ou-exam-b", "r-exam")), Policy("p-b", "b", ()))
    assert found.unattached == ""


@pytest.mark.parametrize(("scope", "attachments"), [(Scope(), True), (SCPS, False)])
def test_targets_are_not_asked_for_where_nobody_wants_them(policies, organization, scope, attachments):
    organization(scope, attachments=attachments).discover()
    assert policies.count("ListTargetsForPolicy") == 0


def test_targets_are_those_of_all_pages(policies, organization):
    pages = [data(Targets=[{"TargetId": f"ou-{n}"}], NextToken=n) for n in "zy"]
    policies.say("ListTargetsForPolicy", *pages, data(Targets=[{"TargetId": "ou-z"}]))
    found = organization(Scope(policies_enabled=True, policy_ids=("p-a",)), attachments=True).discover()
    assert found.policies == (Policy("p-a", "a", ("ou-y", "ou-z")),)


@pytest.mark.parametrize(
    "answer",
    [
        data_error(400, "AccessDeniedException", "not authorized"),
        data_error(503, "ServiceException"),
        (200, "<html>Sign in</html>"),
        data(Targets=[{"Name": "without an id"}]),
    ],
)
def test_targets_that_cannot_be_listed_cost_neither_tree_nor_policies(
    policies, organization, monkeypatch, answer
):
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _: None)
    policies.say("ListTargetsForPolicy", answer)
    found = organization(SCPS, attachments=True).discover()
    assert len(found.entities) == 5
    assert found.policies == (Policy("p-a", "a"), Policy("p-b", "b"))
    assert "ListTargetsForPolicy" in found.unattached
    assert {asked["PolicyId"] for asked in policies.parameters("ListTargetsForPolicy")} == {"p-a"}


def test_who_may_not_list_them_is_told_what_to_allow(policies, organization):
    policies.say("ListTargetsForPolicy", data_error(400, "AccessDeniedException"))
    told = organization(SCPS, attachments=True).discover().unattached
    assert "allow ListTargetsForPolicy to" in told


def test_what_was_known_before_the_trouble_stays(policies, organization):
    policies.say(
        "ListTargetsForPolicy", data(Targets=[{"TargetId": "r-exam"}]), data_error(400, "AccessDenied")
    )
    found = organization(SCPS, attachments=True).discover()
    assert found.policies == (Policy("p-a", "a", ("r-exam",)), Policy("p-b", "b"))


def test_a_policy_that_there_is_not_is_attached_to_nothing(policies, organization):
    gone = data_error(400, "PolicyNotFoundException")
    policies.say("ListTargetsForPolicy", gone, data(Targets=[{"TargetId": "r-exam"}]))
    found = organization(SCPS, attachments=True).discover()
    assert [policy.targets for policy in found.policies] == [(), ("r-exam",)]
    assert found.unattached == ""


def test_credentials_that_end_meanwhile_are_the_whole_discoverys_trouble(policies, organization):
    policies.say("ListTargetsForPolicy", data_error(400, "ExpiredTokenException"))
    with pytest.raises(CredentialsError):
        organization(SCPS, attachments=True).discover()
