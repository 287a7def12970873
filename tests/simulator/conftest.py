"""A simulated AWS per test, with a clock that only the test moves, and real boto3 clients for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config

from exporter.simulator import Endpoint, SimulationOptions, start

# One session for all: it keeps the service models that every client needs.
_SESSION = boto3.Session(region_name="us-east-1")
_ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5, connect_timeout=5)


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Aws:
    """An endpoint with the clients a test asked for."""

    endpoint: Endpoint
    clock: Clock
    clients: list[Any] = field(default_factory=list)

    @property
    def simulation(self):
        return self.endpoint.simulation

    @property
    def organization(self):
        return self.simulation.organization

    def client(self, api: str, key: str = "one", token: str | None = None, **config: Any) -> Any:
        client = _SESSION.client(
            api,
            endpoint_url=self.endpoint.url,
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            aws_session_token=token,
            config=_ONCE.merge(Config(**config)),
        )
        self.clients.append(client)
        return client

    def session(self, api: str, account_id: str, name: str = "test") -> Any:
        """A client with the credentials of a role in an account."""
        role = f"arn:aws:iam::{account_id}:role/reader"
        keys = self.client("sts").assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
        return self.client(api, keys["AccessKeyId"], keys["SessionToken"])

    def entity(self, name: str) -> Any:
        return next(one for one in self.organization.entities.values() if one.name == name)

    def generate(self, iam: Any, entity_path: str, policy_id: str | None = None) -> str:
        extra = {"OrganizationsPolicyId": policy_id} if policy_id else {}
        return iam.generate_organizations_access_report(EntityPath=entity_path, **extra)["JobId"]

    def report(self, entity_path: str, policy_id: str | None = None) -> Any:
        """A whole report, after the time its job takes."""
        iam = self.client("iam")
        job_id = self.generate(iam, entity_path, policy_id)
        self.clock.advance(12)
        return iam.get_organizations_access_report(JobId=job_id, MaxItems=1000)


@pytest.fixture
def simulate() -> Iterator[Callable[..., Aws]]:
    with ExitStack() as stack:

        def begin(**options: Any) -> Aws:
            clock = Clock()
            endpoint = stack.enter_context(start(SimulationOptions(clock=clock, **options)))
            aws = Aws(endpoint, clock)
            stack.callback(lambda: [client.close() for client in aws.clients])
            return aws

        yield begin


@pytest.fixture
def aws(simulate: Callable[..., Aws]) -> Aws:
    return simulate()
