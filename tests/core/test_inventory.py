"""Listings of entities, and who uses a service, from what is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import UserError
from exporter.inventory import Known, Order, arranged, listing, usage, usages
from exporter.model import Discovery, Entity, EntityType, Report, ServiceAccess, Standing, Subject

ROOT = Entity("r-ab12", EntityType.ROOT, "Root", "o-a/r-ab12")
UNIT = Entity(
    "ou-ab12-c3d4e5f6", EntityType.ORGANIZATIONAL_UNIT, "Payments", f"{ROOT.path}/ou-ab12-c3d4e5f6", ROOT.id
)
LIKE = Entity("ou-ab12-c3d4e5f67", EntityType.ORGANIZATIONAL_UNIT, "Other", f"{UNIT.path}7", ROOT.id)
ONE = Entity("111122223333", EntityType.ACCOUNT, "one", f"{UNIT.path}/111122223333", UNIT.id)
TWO = Entity("000000000002", EntityType.ACCOUNT, "two", f"{LIKE.path}/000000000002", LIKE.id)
EVERYTHING = (ROOT, UNIT, ONE, LIKE, TWO)
USED = ServiceAccess("s3", "Amazon S3", "us-east-1", ONE.path, 100.0, 1)


def known(**rows_of):
    """What reports with these rows tell; by the entities' names."""
    entities = {entity.name: entity for entity in EVERYTHING}
    standings = {
        Subject(entities[name].id): Standing(
            Subject(entities[name].id), Report(50.0, 60.0, len(rows), 0, rows)
        )
        for name, rows in rows_of.items()
    }
    return Known("prod", Discovery("o-a", "999999999999", "aws", EVERYTHING), standings)


def ids(listed):
    return [one.entity.id for one in listed]


def test_a_listing_has_everything_in_the_trees_order_and_counts_where_there_is_a_report():
    found = listing(known(Payments=(USED, ServiceAccess("iam"))))
    assert ids(found) == [entity.id for entity in EVERYTHING]
    assert [(one.accessible, one.used, one.created) for one in found[:2]] == [
        (None, None, None),
        (2, 2, 50.0),
    ]


def test_an_entity_limits_it_to_what_is_below_whatever_begins_alike():
    assert ids(listing(known(), UNIT)) == [UNIT.id, ONE.id]


@given(st.permutations(EVERYTHING), st.sampled_from(Order), st.booleans())
def test_sorting_loses_nothing_and_what_is_not_known_comes_last(entities, order, backwards):
    found = known(one=(USED,), two=(USED, USED._replace(namespace="iam")))
    rows = arranged(
        listing(Known("prod", Discovery("o", "9", "aws", tuple(entities)), found.standings)),
        order,
        backwards=backwards,
    )
    assert sorted(ids(rows)) == sorted(entity.id for entity in EVERYTHING)
    if order in {Order.ACCESSIBLE, Order.USED, Order.AGE}:
        assert [one.created is None for one in rows] == [False, False, True, True, True]


def test_counts_are_numbers_when_they_are_sorted():
    rows = tuple(ServiceAccess(f"s{number}") for number in range(10))
    listed = arranged(listing(known(one=rows, two=rows[:9])), Order.ACCESSIBLE, backwards=True)
    assert [one.accessible for one in listed[:2]] == [10, 9]


def test_who_used_it_last_comes_first_with_when_where_and_by_whom():
    later = USED._replace(last_authenticated=200.0, entity_path=TWO.path, region="eu-west-1")
    (use, other) = usage(known(one=(USED,), two=(later,)), "s3", "").uses
    assert (use.entity, use.at, use.region, use.account_id) == (TWO, 200.0, "eu-west-1", TWO.id)
    assert (other.entity, other.at) == (ONE, 100.0)


def test_who_may_and_never_did_is_known():
    found = usage(known(one=(USED,), two=(ServiceAccess("s3"),), Other=(ServiceAccess("iam"),)), "s3", "")
    assert found.idle == (TWO,)


def test_a_use_that_aged_out_is_one_at_its_time():
    base = known(one=(ServiceAccess("s3"),))
    standing = Standing(Subject(ONE.id), base.standings[Subject(ONE.id)].report, last_known={"s3": 70.0})
    (use,) = usage(Known("prod", base.discovery, {standing.subject: standing}), "s3", "").uses
    assert (use.at, use.remembered) == (70.0, True)


def test_a_use_at_no_known_time_is_one_and_comes_last():
    timeless = USED._replace(last_authenticated=None, authenticated_entities=2)
    assert [use.at for use in usage(known(one=(timeless,), two=(USED,)), "s3", "").uses] == [100.0, None]


def test_an_earlier_use_does_not_stand_for_one_at_no_known_time():
    base = known(one=(USED._replace(last_authenticated=None, authenticated_entities=2),))
    standing = replace(base.standings[Subject(ONE.id)], last_known={"s3": 70.0})
    (use,) = usage(Known("prod", base.discovery, {standing.subject: standing}), "s3", "").uses
    assert (use.at, use.remembered) == (None, False)


def test_services_are_told_once_by_whatever_they_are_called():
    found = usages(known(one=(USED,)), ["S3", "Amazon s3", "athena"])
    assert [(one.namespace, len(one.uses)) for one in found] == [("s3", 1), ("athena", 0)]


def test_a_service_that_only_a_report_knows_is_one():
    new = USED._replace(namespace="brandnew", name="AWS Brand New")
    (found,) = usages(known(one=(new,)), ["brandnew"])
    assert (found.name, len(found.uses)) == ("AWS Brand New", 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bedrok", "did you mean bedrock"),
        ("s3:GetObject", "did you mean s3?"),
        ("step functions", "did you mean states?"),
        ("!", "actions begin with"),
    ],
)
def test_a_service_that_is_none_is_refused_with_what_may_have_been_meant(text, told):
    with pytest.raises(UserError, match=r".*") as refused:
        usages(known(), [text])
    assert told in str(refused.value)
