"""News as readers get it: named, chosen, in order, as JSON values."""

import pytest

from exporter.model import Discovery, Entity, EntityType, News, NewsKind, Subject
from exporter.told import Told, Wanted, all_told, chosen, record

PAYMENTS = Entity("111122223333", EntityType.ACCOUNT, "Payments", "o-e/r-e/111122223333", "r-e")
ROOT = Entity("r-e", EntityType.ROOT, "Root", "o-e/r-e")
TREE = Discovery("o-e", "999999999999", "aws", (ROOT, PAYMENTS))
RETURNED = News(
    Subject(ROOT.id), NewsKind.RETURNED, "s3", 1e9, 1e9 + 60, 86400.0, "eu-west-1", PAYMENTS.id, "Amazon S3"
)
ALLOWED = News(Subject(ROOT.id), NewsKind.NEWLY_ACCESSIBLE, "ec2", 1e9, 1e9)
TOLD = Told("prod", RETURNED, ROOT, "Payments")


def test_a_piece_has_the_names_of_its_entity_and_of_the_account():
    assert list(all_told("prod", TREE, {Subject(ROOT.id): (RETURNED,)})) == [TOLD]


def test_a_piece_without_an_account_has_no_account_name():
    (told,) = all_told("prod", TREE, {Subject(ROOT.id): (ALLOWED,)})
    assert told == Told("prod", ALLOWED, ROOT, "")


@pytest.mark.parametrize("discovery", [None, Discovery("o-e", "9", "aws", ())])
def test_without_a_discovery_nobody_has_a_name(discovery):
    (told,) = all_told("prod", discovery, {Subject(ROOT.id): (RETURNED,)})
    assert told == Told("prod", RETURNED, None, "")


def test_every_piece_of_every_subject_is_told():
    news = {Subject(ROOT.id): (RETURNED, ALLOWED), Subject(PAYMENTS.id): (RETURNED,)}
    assert [told.piece for told in all_told("prod", TREE, news)] == [RETURNED, ALLOWED, RETURNED]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"since": RETURNED.told},
        {"kind": NewsKind.RETURNED},
        {"entity": "r-e"},
        {"entity": "ROOT"},
        {"entity": PAYMENTS.id},
        {"entity": "payments"},
        {"service": "S3"},
        {"service": "amazon s3"},
        {"kind": NewsKind.RETURNED, "entity": "Root", "service": "s3", "since": 0.0},
    ],
)
def test_what_fits_each_word_is_wanted(wanted):
    assert Wanted(**wanted).has(TOLD)


@pytest.mark.parametrize(
    "wanted",
    [
        {"since": RETURNED.told + 1},
        {"kind": NewsKind.FIRST_USED},
        {"entity": "Pay"},
        {"entity": "s3"},
        {"service": "ec2"},
        {"service": "Root"},
        {"kind": NewsKind.FIRST_USED, "entity": "Root", "service": "s3"},
    ],
)
def test_what_does_not_fit_one_of_the_words_is_not_wanted(wanted):
    assert not Wanted(**wanted).has(TOLD)


def test_what_is_wanted_comes_newest_first_then_by_organization():
    older, twin = Told("prod", ALLOWED, ROOT), Told("dev", RETURNED, ROOT, "Payments")
    other = Told("prod", RETURNED, None)
    found = chosen([older, TOLD, twin, other], Wanted(entity="root"))
    assert [(each.organization, each.piece) for each in found] == [
        ("dev", RETURNED),
        ("prod", RETURNED),
        ("prod", ALLOWED),
    ]


def test_a_use_as_a_record():
    assert record(TOLD) == {
        "organization": "prod",
        "kind": "returned",
        "entity_id": "r-e",
        "entity_type": "ROOT",
        "entity_name": "Root",
        "entity_path": "o-e/r-e",
        "service_namespace": "s3",
        "service_name": "Amazon S3",
        "at": "2001-09-09T01:46:40Z",
        "told": "2001-09-09T01:47:40Z",
        "unused_seconds": 86400.0,
        "access_region": "eu-west-1",
        "account_id": PAYMENTS.id,
        "account_name": "Payments",
    }


def test_what_does_not_apply_or_is_not_known_is_null():
    assert record(Told("prod", ALLOWED, None)) == {
        "organization": "prod",
        "kind": "newly_accessible",
        "entity_id": "r-e",
        "entity_type": None,
        "entity_name": None,
        "entity_path": None,
        "service_namespace": "ec2",
        "service_name": None,
        "at": "2001-09-09T01:46:40Z",
        "told": "2001-09-09T01:46:40Z",
        "unused_seconds": None,
        "access_region": None,
        "account_id": None,
        "account_name": None,
    }
