from exporter.recommend.groups import COMPANIONS, NEVER, PROTECTED, REVIEW_FIRST, REVIEWED, UNLISTED
from exporter.services import service_names

TIERS = (*NEVER, *REVIEW_FIRST)
NAMED = {*PROTECTED, *REVIEWED, *COMPANIONS, *(name for others in COMPANIONS.values() for name in others)}


def test_every_service_of_the_tables_is_one_that_reports_list():
    assert NAMED - service_names().keys() == UNLISTED.keys()


def test_each_service_has_one_place_and_each_group_its_reason():
    listed = [name for group in TIERS for name in group.services]
    assert len(listed) == len(set(listed))
    assert all(
        group.name and group.reason and list(group.services) == sorted(group.services) for group in TIERS
    )


def test_all_of_billing_that_reports_list_is_kept():
    names = {name for name, title in service_names().items() if "Billing" in title or name.startswith("bcm-")}
    assert names <= PROTECTED.keys()


def test_all_of_support_and_of_sign_in_that_reports_list_is_kept():
    wanted = {name for name in service_names() if name.startswith(("support", "sso", "identity", "signin"))}
    assert wanted <= PROTECTED.keys()


def test_no_service_is_its_own_companion():
    assert not [name for name, others in COMPANIONS.items() if name in others]
