"""AWS, spoken through boto3: the only room that knows IAM, Organizations and STS.

It never keeps what it read, and never decides when to ask again.
"""

from exporter.aws.descriptions import Skeleton, known_regions, skeleton
from exporter.aws.directory import DISABLED, ENABLED, SCP, scp_status
from exporter.aws.lookup import entity_at
from exporter.aws.members import Population
from exporter.aws.organization import AwsOrganization
from exporter.aws.probe import AwsProber, Identity, Prober
from exporter.aws.report import DocumentSession, Paging
from exporter.aws.wire import TimeFormat

__all__ = [
    "DISABLED",
    "ENABLED",
    "SCP",
    "AwsOrganization",
    "AwsProber",
    "DocumentSession",
    "Identity",
    "Paging",
    "Population",
    "Prober",
    "Skeleton",
    "TimeFormat",
    "entity_at",
    "known_regions",
    "scp_status",
    "skeleton",
]
