"""What the pages and the JSON tell of the SCPs that are attached."""

import re
from dataclasses import replace

import pytest

from exporter.model import EntityType, Policy
from tests.web.conftest import DISCOVERY
from tests.web.test_landing import Page

FULL = Policy("p-FullAWSAccess", "FullAWSAccess", ("111111111111", "ou-root-unit", "r-root"))
DENY = Policy("p-deny", "Deny <i>", ("r-root",))
IDLE = Policy("p-idle", "Idle", ())


@pytest.fixture
def running(world, serving):
    """``running(*policies, **changes)``: a server whose discovery found these SCPs."""

    def run(*policies, **changes):
        world.filled()
        world.discovered(replace(DISCOVERY, policies=policies, **changes))
        return serving(world)

    return run


def attached(server, entity_id):
    """The section about what is attached, as text; None if there is none."""
    shown = server.get(f"/entities/{entity_id}").text
    found = re.search('<section data-live="attached">.*?</section>', shown, re.DOTALL)
    return found and Page(found[0]).text


def test_an_entity_shows_its_own_policies_first_and_then_those_from_above(running):
    with running(FULL, DENY, IDLE) as server:
        told = re.sub(r"\s+", " ", attached(server, "111111111111"))
    full = "FullAWSAccess p-FullAWSAccess"
    assert f"{full} here" in told
    assert told.index(f"{full} here") < told.index(f"{full} from Unit") < told.index(f"{full} from Root")
    assert "Deny <i> p-deny from Root" in told
    assert "p-idle" not in told


def test_what_is_inherited_links_to_where_it_is_attached(running):
    with running(DENY) as server:
        shown = server.get("/entities/111111111111").text
    assert (
        '<code>p-deny</code> <span class="soft">from <a href="/entities/r-root"><bdi>Root</bdi></a>' in shown
    )


def test_a_policy_is_not_shown_above_what_it_is_attached_to(running):
    with running(Policy("p-1", "One", ("111111111111",))) as server:
        assert "None of those that are collected." in attached(server, "r-root")


@pytest.mark.parametrize("policies", [(), (Policy("p-1", "Of an earlier state"),)])
def test_nothing_is_told_where_nobody_has_asked(running, policies):
    with running(*policies) as server:
        assert attached(server, "r-root") is None


def test_what_may_not_be_read_is_told_beside_what_was_known(running):
    with running(DENY, unattached="ListTargetsForPolicy: AccessDeniedException: no") as server:
        told = attached(server, "r-root")
    assert "ListTargetsForPolicy: AccessDeniedException: no" in told
    assert "p-deny" in told


def test_nothing_is_claimed_where_nothing_may_be_read(running):
    with running(Policy("p-1", "One"), unattached="ListTargetsForPolicy: denied") as server:
        told = attached(server, "r-root")
    assert "ListTargetsForPolicy: denied" in told
    assert "None of" not in told


def test_the_management_account_is_not_bound(running):
    account = replace(DISCOVERY.entities[2], type=EntityType.MANAGEMENT_ACCOUNT)
    with running(FULL, entities=(*DISCOVERY.entities[:2], account)) as server:
        assert "do not bind the management account" in attached(server, "111111111111")


def test_the_json_has_what_is_attached_to_each_entity_itself(running):
    with running(FULL, DENY) as server:
        listed = server.get("/api/v1/entities").json["data"]["entities"]
        [one] = server.get("/api/v1/reports/r-root").json["data"]["entities"]
    ids = {each["entity_id"]: [it["policy_id"] for it in each["attached_policies"]] for each in listed}
    assert ids == {
        "r-root": ["p-FullAWSAccess", "p-deny"],
        "ou-root-unit": ["p-FullAWSAccess"],
        "111111111111": ["p-FullAWSAccess"],
    }
    assert one["attached_policies"][1] == {"policy_id": "p-deny", "policy_name": "Deny <i>"}


def test_the_json_says_null_where_it_is_not_known(running):
    with running() as server:
        [one] = server.get("/api/v1/reports/r-root").json["data"]["entities"]
    assert one["attached_policies"] is None
