"""Who uses which service, when, and where: a pure function of the seed, the account and the time.

Every account has a handful of services in daily use, some that it uses now and then, some that it left
long ago, and a few that it will only take up (or come back to) while the simulation runs.
"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from exporter.model import Entity

TRACKING_PERIOD = 400 * 86400.0  # s

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_NEWS = (2 * _MINUTE, 2 * _DAY)  # when services come into use: at first many, then fewer and fewer
# IAM is not in daily use everywhere, so that reports have its peculiar row for a service never used.
_DAILY = {
    "sts": 0.99, "s3": 0.97, "ec2": 0.95, "kms": 0.93, "logs": 0.92, "cloudtrail": 0.9, "config": 0.85,
    "cloudwatch": 0.85, "ssm": 0.8, "lambda": 0.75, "cloudformation": 0.75,
    "organizations": 0.6, "guardduty": 0.6, "securityhub": 0.6, "secretsmanager": 0.6, "iam": 0.5,
}  # fmt: skip
_OCCASIONAL = {
    "dynamodb", "rds", "sns", "sqs", "ecr", "ecs", "eks", "elasticloadbalancing", "autoscaling", "events",
    "states", "apigateway", "cloudfront", "route53", "acm", "athena", "glue", "kinesis", "firehose",
    "redshift", "elasticache", "es", "sagemaker", "bedrock", "codebuild", "codepipeline", "backup", "tag",
    "servicequotas", "health", "support", "ce", "access-analyzer", "inspector2", "wafv2", "xray", "batch",
    "elasticfilesystem", "transfer", "resource-groups", "ram", "sso", "budgets", "quicksight", "cognito-idp",
}  # fmt: skip
_TRIED = 0.35  # the share of the other services that anybody tried
_GLOBAL = {"iam", "organizations", "route53", "cloudfront", "support", "ce", "budgets", "health", "sts"}
_HOMES = ("us-east-1", "us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-1")
_FOREIGN_PARTITIONS = {"aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


class Use(NamedTuple):
    """A service used at ``since``, and then again every ``period`` seconds (inf: never again)."""

    namespace: str
    region: str
    since: float
    period: float


def last_use(use: Use, now: float) -> float | None:
    """The last moment of use up to ``now``, in whole Unix seconds; None outside the tracking period."""
    if now < use.since:
        return None
    periods = 0 if math.isinf(use.period) else (now - use.since) // use.period
    at = use.since + (periods * use.period if periods else 0.0)
    return float(math.floor(at)) if at > now - TRACKING_PERIOD else None


class Activity:
    """What the accounts do.

    ``began`` is when the simulation began, ``joined`` when each account joined (its id is the key), both in
    Unix seconds: nothing was used before either's time.
    """

    def __init__(
        self,
        namespaces: Iterable[str],
        joined: Mapping[str, float],
        *,
        seed: int,
        began: float,
        speed: float,
        partition: str,
    ) -> None:
        self._joined = joined
        self._seed = seed
        self._began = math.floor(began)
        self._speed = speed
        self._only_region = _FOREIGN_PARTITIONS.get(partition)
        self._uses: dict[str, tuple[Use, ...]] = {}
        self._likelihoods = {name: self._likelihood(name) for name in namespaces}

    @property
    def central_region(self) -> str:
        """Where global services are."""
        return self._only_region or "us-east-1"

    def uses(self, account: Entity) -> tuple[Use, ...]:
        """All uses of an account; a service that was left and taken up again is there twice."""
        known = self._uses.get(account.id)
        if known is None:
            known = self._uses[account.id] = tuple(
                use for use in self._draw(account) if use.since >= self._joined[account.id]
            )
        return known

    def _draw(self, account: Entity) -> Iterator[Use]:
        chance = random.Random(f"{self._seed}/{account.id}")  # noqa: S311 - a simulation, repeatable by its seed
        home = self._only_region or chance.choice(_HOMES)
        appetite = chance.uniform(0.05, 0.6)
        closed = account.state != "ACTIVE"
        for namespace, (base, per_appetite) in self._likelihoods.items():
            if chance.random() < base + per_appetite * appetite:
                region = self.central_region if namespace in _GLOBAL else home
                yield from self._story(chance, namespace, region, closed=closed)

    def _story(self, chance: random.Random, namespace: str, region: str, *, closed: bool) -> Iterator[Use]:
        left_long_ago = Use(
            namespace, region, self._began - int(chance.uniform(30 * _DAY, 390 * _DAY)), math.inf
        )
        turn = chance.random()
        if closed:
            yield left_long_ago
        elif namespace in _DAILY:
            yield self._regular(chance, namespace, region, _MINUTE, 12 * _HOUR)
        elif turn < 0.65:
            yield self._regular(chance, namespace, region, 10 * _MINUTE, 60 * _DAY)
        elif turn < 0.85:
            yield left_long_ago
        elif turn < 0.93:
            yield self._awakening(chance, namespace, region)
        else:
            yield left_long_ago
            yield self._awakening(chance, namespace, region)

    def _regular(
        self, chance: random.Random, namespace: str, region: str, shortest: float, longest: float
    ) -> Use:
        period = _evenly_in_orders(chance, shortest, longest)
        return Use(namespace, region, self._began - int(chance.random() * period), period)

    def _awakening(self, chance: random.Random, namespace: str, region: str) -> Use:
        wait = _evenly_in_orders(chance, *_NEWS) / self._speed
        return Use(namespace, region, self._began + wait, chance.uniform(_HOUR, 10 * _DAY))

    def _likelihood(self, namespace: str) -> tuple[float, float]:
        """How likely an account uses the service at all: a base, and what its appetite is multiplied by."""
        if namespace in _DAILY:
            return _DAILY[namespace], 0.0
        if namespace in _OCCASIONAL:
            return 0.0, 1.0
        # Most of what is left is used by nobody, however large the organization.
        tried = random.Random(f"{self._seed}/{namespace}").random() < _TRIED  # noqa: S311 - repeatable by its seed
        return 0.0, 0.05 if tried else 0.0


def _evenly_in_orders(chance: random.Random, shortest: float, longest: float) -> float:
    """A time between the two, of each order of magnitude as likely as of any other."""
    return math.exp(chance.uniform(math.log(shortest), math.log(longest)))
