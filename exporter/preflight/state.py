"""Whether the state can be kept where ``--state.url`` says."""

from collections.abc import Iterator
from typing import Any

from exporter.errors import StateError
from exporter.preflight.check import Check, Result
from exporter.store.address import MEMORY
from exporter.store.dynamodb.address import SCHEME, Address
from exporter.store.dynamodb.probe import Refused, probe
from exporter.store.dynamodb.table import client_for

_NO_TABLE = "ResourceNotFoundException"


def state_checks(url: str) -> tuple[Check, ...]:
    """All checks of the state; a file is only looked at by ``serve``, which opens it for itself alone."""
    if url == MEMORY:
        return (Check("state", Result.OK, "kept in memory: a restart begins with nothing"),)
    if not url.startswith(f"{SCHEME}:"):
        return (
            Check("state", Result.SKIPPED, f"{url} takes no permission; serve tells if it cannot be used"),
        )
    try:
        address = Address.parsed(url)
        client = client_for(address)
    except StateError as error:
        return (Check("state", Result.FAILED, str(error)),)
    try:
        return table_checks(address.table, client)
    finally:
        client.close()


def table_checks(name: str, client: Any) -> tuple[Check, ...]:
    """The checks of a table, by a client of DynamoDB."""
    return tuple(_table(name, probe(client, name)))


def _table(name: str, refusals: dict[str, Refused | None]) -> Iterator[Check]:
    if any(refused and refused.code == _NO_TABLE for refused in refusals.values()):
        remedy = "create it, or let serve do so by --state.create"
        yield Check("state", Result.FAILED, f"there is no table {name!r} here", remedy)
        return
    for action, refused in refusals.items():
        if refused is None:
            yield Check(action, Result.OK, "allowed", permission=action)
        elif refused.denied:
            remedy = f"allow {action} on the table; print-iam-policy with this --state.url prints all"
            yield Check(action, Result.FAILED, refused.message, remedy, action)
        else:
            yield Check(action, Result.WARNING, f"{refused.code}: {refused.message}", "try again")
