"""Selectors that fit nothing in an organization, and what was meant by them."""

import pytest

from exporter.aws import known_regions
from exporter.aws.scope import Scope
from exporter.model import Entity, EntityType

ROOT = Entity("r-ab12", EntityType.ROOT, "Root", "o-a/r-ab12")
UNIT = Entity(
    "ou-ab12-abcdefgh", EntityType.ORGANIZATIONAL_UNIT, "Security", f"{ROOT.path}/ou-ab12-abcdefgh", ROOT.id
)


def account(id_, name, state="ACTIVE"):
    return Entity(id_, EntityType.ACCOUNT, name, f"{UNIT.path}/{id_}", UNIT.id, state)


FOUND = (
    ROOT,
    UNIT,
    account("111122223333", "Alpha"),
    account("000123456701", "[SANDBOX] dev"),
    account("222233334444", "Team/audit"),
    account("333344445555", "closed", "SUSPENDED"),
)


@pytest.mark.parametrize(
    "selector",
    [
        "r-ab12",
        UNIT.id,
        "111122223333",
        "000123456701",
        "Alpha",
        "Al*",
        "Security",
        "Team/audit",
        "[[]SANDBOX]*",
        "[SANDBOX] dev",
        "closed",
        "333344445555",
    ],
)
def test_a_selector_that_fits_something_is_not_told(selector):
    assert Scope(include=(selector,)).unmatched(FOUND) == ()


@pytest.mark.parametrize(
    ("selector", "meant"),
    [
        ("alpha", "Alpha"),
        ("ALPHA ", "Alpha"),
        ("al*", "Alpha"),
        (f"arn:aws:organizations::1:ou/o-a/{UNIT.id}", UNIT.id),
        (f"o-a/r-ab12/{UNIT.id}", UNIT.id),
        ("Root/Security", "Security"),
        ("OU-AB12-ABCDEFGH", UNIT.id),
        ("1111-2222-3333", "111122223333"),
    ],
)
def test_what_was_meant_is_suggested(selector, meant):
    assert Scope(exclude=(selector,)).unmatched(FOUND) == (
        f'exclude: "{selector}" matches nothing, did you mean "{meant}"?',
    )


@pytest.mark.parametrize("selector", ["r-zzzz", "ou-ab12-99999999", "999999999999", "prod-*", "Root", "Roo*"])
def test_what_is_like_nothing_is_told_alone(selector):
    assert Scope(include=(selector,)).unmatched(FOUND) == (f'include: "{selector}" matches nothing',)


def test_each_selector_is_told_and_of_very_many_how_many():
    selectors = tuple(f"x{number}" for number in range(60))
    told = Scope(include=selectors).unmatched(FOUND)
    assert told[-1] == "10 more selectors match nothing"
    assert len(told) == 51


def test_a_name_with_brackets_means_itself():
    assert [entity.id for entity in Scope(include=("[SANDBOX] dev",)).entities(FOUND)] == ["000123456701"]


def test_the_known_regions_are_those_of_every_partition():
    assert {"us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1"} <= known_regions()
    assert "us-esat-1" not in known_regions()
