"""What a shared state costs: DynamoDB's units, counted call by call over moto, as AWS bills them on demand.

A read unit is 4 KB of consistent reading, a write unit 1 KB of writing; a transaction's writes count twice.
The items are those of the real store; sizes are computed by DynamoDB's rules, since moto has no bill.
"""

import math
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from moto import mock_aws

from benchmarks.table import table
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ServiceAccess,
    Standing,
    StartedJob,
    Subject,
)
from exporter.services import service_names
from exporter.store import Lease, Pulse
from exporter.store.address import TableAddress
from exporter.store.dynamodb.items import LEASE, Item
from exporter.store.dynamodb.store import DynamoDbStore
from exporter.store.dynamodb.table import Table, client_for

ACCOUNTS = 1_000
UNITS = 100
USED = 60  # of some 455 services, by an account
POLL = 10.0  # s, --state.poll-interval
TERM = 30.0  # s, --ha.lease-duration
FOLLOWERS = 1  # each has the same bill
PER_HOUR = (ACCOUNTS + 1) / 24 + (UNITS + 1) / 6  # reports, with the default refresh intervals
MONTH = 730.0  # hours
# US dollars for a million units on demand in us-east-1; https://aws.amazon.com/dynamodb/pricing/on-demand/
READ_PRICE, WRITE_PRICE = 0.125, 0.625
NOW = 1_780_000_000.0


@dataclass
class Bill:
    """Units so far."""

    read: float = 0.0
    written: float = 0.0

    def since(self, earlier: "Bill") -> "Bill":
        """What came since."""
        return Bill(self.read - earlier.read, self.written - earlier.written)

    @property
    def dollars(self) -> float:
        """At list price."""
        return (self.read * READ_PRICE + self.written * WRITE_PRICE) / 1_000_000


class MeteredTable(Table):
    """A table whose calls are billed."""

    def __init__(self, client: Any, name: str) -> None:
        super().__init__(client, name)
        self.bill = Bill()

    def _call(self, method: str, **parameters: Any) -> Any:
        parts = _parts(parameters)
        gone = [self._size(part["Key"]) for kind, part in parts if kind == "Delete"]
        answer = super()._call(method, **parameters)
        match method:
            case "get_item":
                self.bill.read += _reads(size(answer.get("Item", {})))
            case "query":
                self.bill.read += _reads(sum(map(size, answer["Items"])))
            case "batch_get_item":
                self.bill.read += sum(_reads(size(item)) for item in answer["Responses"][self._name])
            case "update_item":
                self.bill.written += _writes(size(answer["Attributes"]))
            case "transact_write_items":
                puts = [size(part["Item"]) for kind, part in parts if kind == "Put"]
                lease = [self._size(part["Key"]) for kind, part in parts if kind == "Update"]
                self.bill.written += 2 * sum(map(_writes, [*puts, *gone, *lease]))
        return answer

    def _size(self, key: Item) -> int:
        return size(super()._call("get_item", Key=key).get("Item", {}))


def _parts(parameters: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [part for action in parameters.get("TransactItems", ()) for part in action.items()]


def _reads(length: int) -> int:
    return max(1, math.ceil(length / 4096))


def _writes(length: int) -> int:
    return max(1, math.ceil(length / 1024))


def size(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: names and values."""
    typed = ((name, kind, value) for name, pair in item.items() for kind, value in pair.items())
    return sum(len(name.encode()) + _value_size(kind, value) for name, kind, value in typed)


def _value_size(kind: str, value: Any) -> int:
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return (len(value.strip("-0.").replace(".", "")) + 1) // 2 + 1
        case "B":
            return len(value)
        case _:
            return 1


def entities() -> tuple[Entity, ...]:
    """A root, organizational units, accounts in them."""
    units = [f"ou-exam-{number:08x}" for number in range(UNITS)]
    root = Entity("r-exam", EntityType.ROOT, "Root", "o-exampleorg/r-exam")
    ous = [
        Entity(unit, EntityType.ORGANIZATIONAL_UNIT, f"Unit {unit[-3:]}", f"{root.path}/{unit}", root.id)
        for unit in units
    ]
    accounts = [
        Entity(
            f"{number:012}",
            EntityType.ACCOUNT,
            f"workload-{number}",
            f"{root.path}/{units[number % UNITS]}/{number:012}",
            units[number % UNITS],
            "ACTIVE",
        )
        for number in range(100_000_000_000, 100_000_000_000 + ACCOUNTS)
    ]
    return (root, *ous, *accounts)


def standing(entity: Entity, generation: int = 0) -> Standing:
    """A report of every service there is, of which some were used."""
    chance = random.Random(f"{entity.id}/{generation}")
    names = service_names()
    used = set(chance.sample(sorted(names), USED))
    rows = tuple(
        ServiceAccess(
            namespace,
            name,
            "eu-central-1" if namespace in used else "",
            entity.path if namespace in used else "",
            NOW - chance.randrange(34_560_000) if namespace in used else None,
            int(namespace in used),
        )
        for namespace, name in names.items()
    )
    created = NOW + generation
    report = Report(created, created + 9.0, len(rows), len(rows) - USED, rows)
    return Standing(Subject(entity.id), report, JobView(JobStatus.COMPLETED, created, created + 9.0))


@dataclass
class Fleet:
    """A leader and its followers, each with a bill of its own."""

    leader: DynamoDbStore
    lease: Lease
    followers: list[DynamoDbStore]
    tables: list[MeteredTable]

    def bills(self) -> tuple[Bill, Bill]:
        """The leader's, and that of one follower."""
        return replace(self.tables[0].bill), replace(self.tables[1].bill)


@contextmanager
def fleet() -> Iterator[Fleet]:
    """On a table of moto's, with nothing in it."""
    os.environ.update({"AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark"})
    address = TableAddress("reports", "us-east-1")
    with mock_aws():
        client = client_for(address)
        tables = [MeteredTable(client, address.table) for _ in range(1 + FOLLOWERS)]
        tables[0].create()
        leader, *followers = [DynamoDbStore(one, term=TERM, clock=lambda: 0.0) for one in tables]
        lease = leader.acquire("prod")
        assert lease
        yield Fleet(leader, lease, followers, tables)


def hour(running: Fleet, found: Discovery, positions: list[int]) -> None:
    """What the replicas do in one: a discovery, reports as they become due, renewals, and looks."""
    due = 0.0
    written = 0
    running.leader.discovered(running.lease, replace(found, at=NOW + 3600.0, duration=31.25))
    for tick in range(int(3600 / POLL)):
        running.leader.renew(running.lease, Pulse(up=True, job_seconds=8.731625))
        due += PER_HOUR * POLL / 3600
        while written < int(due):
            _job(running, found.entities[written * 7], generation=tick + 1)
            written += 1
        for i, follower in enumerate(running.followers):
            assert follower.acquire("prod") is None
            positions[i] = follower.changes("prod", positions[i]).position


def _job(running: Fleet, entity: Entity, generation: int = 0) -> None:
    """One job: that it was started, and what came of it."""
    started = StartedJob(
        Subject(entity.id), "2a3b4c5d-0000-4111-8222-333344445555", "AKIAEXAMPLEEXAMPLE22", NOW
    )
    running.leader.started(running.lease, started)
    running.leader.keep(running.lease, standing(entity, generation))


def report() -> str:
    """The section of RESULTS.md."""
    found = Discovery("o-exampleorg", "999999999999", "aws", entities(), at=NOW, duration=30.5)
    with fleet() as running:
        running.leader.discovered(running.lease, found)
        for entity in found.entities:
            _job(running, entity)
        sweep, _ = running.bills()
        positions = [follower.recall("prod").position for follower in running.followers]
        restart = running.tables[1].bill
        rows = [_row("first sweep", sweep), _row("a replica's start", replace(restart))]
        before = running.bills()
        hour(running, found, positions)
        leader, follower = (now.since(then) for now, then in zip(running.bills(), before, strict=True))
        lease = size(running.tables[0].get("prod", LEASE) or {})
    hourly = [
        _row("an hour of the replica that collects", leader, MONTH),
        _row("an hour of each replica that follows", follower, MONTH),
    ]
    return (
        f"## Units of a shared state, {ACCOUNTS:,} accounts in {UNITS} organizational units\n\n"
        f"DynamoDB's units, on demand, at ${READ_PRICE} and ${WRITE_PRICE} a million (us-east-1). An hour "
        f"has {PER_HOUR:.0f} reports of {len(service_names())} services, a discovery, and a renewal and a "
        f"look every {POLL:.0f} s. The lease is an item of {lease} bytes.\n\n"
        + table(("", "read units", "write units", "US$", "US$ a month"), [*rows, *hourly])
    )


def _row(what: str, bill: Bill, hours: float = 0.0) -> tuple[str, ...]:
    monthly = f"{bill.dollars * hours:.2f}" if hours else ""
    return what, f"{bill.read:,.0f}", f"{bill.written:,.0f}", f"{bill.dollars:.5f}", monthly
