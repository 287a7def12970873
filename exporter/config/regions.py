"""Which Region an organization is asked in, where its configuration may name none."""

from collections.abc import Mapping

from exporter.config.syntax import partition_of, partition_of_arn

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")  # in the order of AWS's SDKs

# Where IAM, which has one endpoint in a partition, is signed for.
_HOMES = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}


def environments(environ: Mapping[str, str]) -> str | None:
    """The Region that the environment names."""
    return next((found for name in REGION_VARIABLES if (found := environ.get(name, "").strip())), None)


def chosen(written: str | None, role_arn: str | None, found: str | None) -> str:
    """The Region to use: as ``written``, else ``found`` around, else that of the role's partition.

    A role is of no use in another partition than its own: what is found around does not count where it
    contradicts the role.
    """
    if written:
        return written
    if role_arn is None:
        return found or _HOMES["aws"]
    partition = partition_of_arn(role_arn)
    return found if found and partition_of(found) == partition else _HOMES.get(partition, _HOMES["aws"])
