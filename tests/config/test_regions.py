"""Which Region is used where the file names none."""

import pytest

from exporter.config import parse
from exporter.config.regions import chosen, environments
from exporter.errors import ConfigError

GOV = "arn:aws-us-gov:iam::999999999999:role/reader"
CHINA = "arn:aws-cn:iam::999999999999:role/reader"
EUROPE = "arn:aws:iam::999999999999:role/reader"


@pytest.mark.parametrize(
    ("written", "role", "found", "region"),
    [
        ("eu-west-1", None, "us-gov-west-1", "eu-west-1"),
        (None, None, "us-gov-east-1", "us-gov-east-1"),
        (None, None, "cn-north-1", "cn-north-1"),
        (None, None, None, "us-east-1"),
        (None, GOV, None, "us-gov-west-1"),
        (None, CHINA, None, "cn-north-1"),
        (None, GOV, "us-gov-east-1", "us-gov-east-1"),
        (None, GOV, "us-east-1", "us-gov-west-1"),
        (None, EUROPE, "eu-central-1", "eu-central-1"),
        (None, EUROPE, "cn-north-1", "us-east-1"),
        (None, "arn:aws-new:iam::999999999999:role/reader", None, "us-east-1"),
    ],
)
def test_the_file_is_stronger_than_what_is_around_and_a_role_than_what_contradicts_it(
    written, role, found, region
):
    assert chosen(written, role, found) == region


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({}, None),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": " \n"}, "eu-west-1"),
        ({"AWS_REGION": "us-gov-west-1\n"}, "us-gov-west-1"),
    ],
)
def test_the_environment_names_one_as_for_other_programs(environ, region):
    assert environments(environ) == region


def test_a_role_in_govcloud_needs_no_region_in_the_file():
    (organization,) = parse(f"organizations: [{{role_arn: '{GOV}'}}]", "f.yml").organizations
    assert (organization.region, organization.partition) == (None, "aws-us-gov")


def test_a_region_that_is_written_has_to_be_in_the_roles_partition():
    with pytest.raises(ConfigError, match="partition aws-us-gov"):
        parse(f"organizations: [{{region: us-east-1, role_arn: '{GOV}'}}]", "f.yml")
