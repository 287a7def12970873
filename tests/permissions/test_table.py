from moto import mock_aws

from exporter.model import Discovery, Entity, EntityType, Standing, Subject
from exporter.permissions.statements import TABLE
from exporter.store import Pulse
from exporter.store.address import TableAddress
from exporter.store.dynamodb.store import DynamoDbStore
from exporter.store.dynamodb.table import Table, client_for

ROOT = Entity("r-root", EntityType.ROOT, "Root", "o-org/r-root")
WRITES = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


class Calls:
    """The actions that the calls of a client take."""

    def __init__(self, client):
        self.actions = set()
        client.meta.events.register("provide-client-params.dynamodb.*", self.hear)

    def hear(self, params, model, **_):
        operations = {model.name}
        if model.name == "TransactWriteItems":
            operations = {WRITES[kind] for action in params["TransactItems"] for kind in action}
        self.actions |= {f"dynamodb:{operation}" for operation in operations}


def use(store):
    """Everything that a store is asked to do."""
    store.check()
    lease = store.acquire("org")
    store.renew(lease, Pulse())
    position = store.recall("org").position
    store.discovered(lease, Discovery("o-org", "999999999999", "aws", (ROOT,)))
    store.keep(lease, Standing(Subject(ROOT.id)))
    store.discovered(lease, Discovery("o-org", "999999999999", "aws", ()))
    store.changes("org", position)
    store.release(lease)


def test_the_permissions_for_the_table_are_what_the_state_calls(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with mock_aws():
        client = client_for(TableAddress("reports", "eu-west-1"))
        table = Table(client, "reports")
        table.create()
        calls = Calls(client)
        use(DynamoDbStore(table, term=30.0))
        client.close()
    assert calls.actions == set(TABLE)
