import re
from datetime import date

import pytest

from exporter.services import AS_OF, meant, service_names


def test_the_services_are_those_of_one_day_each_once_with_a_name():
    names = service_names()
    assert date.fromisoformat(AS_OF) <= date(2026, 9, 27)
    assert len(names) == 456
    assert all(re.fullmatch("[a-z0-9][a-z0-9-]*", namespace) for namespace in names)
    assert all(name.strip() == name and name for name in names.values())


def test_they_are_what_policies_call_them_not_what_requests_are_signed_for():
    assert {"cloudwatch", "elasticloadbalancing", "lex", "support-console"} <= service_names().keys()
    assert not {"monitoring", "email", "AWSCloudFormation"} & service_names().keys()


@pytest.mark.parametrize(
    ("written", "likeliest"),
    [("cloudwath", "cloudwatch"), ("Dynamo-db", "dynamodb"), ("guard-duty", "guardduty"), ("zzzzzz", None)],
)
def test_a_name_that_is_none_is_met_with_what_may_be_meant(written, likeliest):
    assert next(iter(meant(written)), None) == likeliest
