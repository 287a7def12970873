"""The units that are counted are those that DynamoDB counts."""

import pytest

from benchmarks.units import Bill, MeteredTable, entities, standing
from exporter.model import Discovery
from exporter.store import Pulse
from exporter.store.address import TableAddress
from exporter.store.dynamodb.store import DynamoDbStore
from exporter.store.dynamodb.table import client_for


@pytest.fixture
def engine(local_url):
    """A metered table of the engine's, and what the engine says that everything but transactions consumed.

    DynamoDB Local counts those otherwise than the service does, which takes two units for each item's one.
    """
    address = TableAddress.parsed(local_url)
    client = client_for(address)
    consumed = Bill()

    def ask(params, model, **_):
        # The meter itself looks at what a transaction changes, without consistency.
        if params.get("ConsistentRead") or model.name in {"BatchGetItem", "UpdateItem"}:
            params["ReturnConsumedCapacity"] = "TOTAL"

    def hear(parsed, model, **_):
        told = parsed.get("ConsumedCapacity", [])
        units = sum(item["CapacityUnits"] for item in (told if isinstance(told, list) else [told]))
        if model.name == "UpdateItem":
            consumed.written += units
        else:
            consumed.read += units

    client.meta.events.register("provide-client-params.dynamodb", ask)
    client.meta.events.register("after-call.dynamodb", hear)
    table = MeteredTable(client, address.table)
    table.create()
    yield table, consumed
    client.close()


@pytest.mark.tool("dynamodb-local")
def test_the_benchmark_counts_as_the_engine_does(engine):
    table, consumed = engine
    store = DynamoDbStore(table, term=30.0)
    lease = store.acquire("prod")
    store.renew(lease, Pulse(up=True, job_seconds=8.731625))
    assert table.bill == consumed
    found = entities()[:40]
    store.discovered(lease, Discovery("o-org", "999999999999", "aws", found))
    for entity in found:
        store.keep(lease, standing(entity))
    position = store.recall("prod").position
    store.keep(lease, standing(found[3], generation=1))
    store.changes("prod", position)
    assert table.bill.read == consumed.read > 10
