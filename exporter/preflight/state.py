"""Whether the state can be kept where ``--state.url`` says."""

from collections.abc import Iterator
from typing import Any

from exporter.errors import StateError
from exporter.preflight.check import Check, Result
from exporter.store import reading
from exporter.store.address import DYNAMODB, MEMORY, SQLITE, TableAddress, sqlite_path
from exporter.store.dynamodb.probe import Refused, probe
from exporter.store.dynamodb.table import client_for
from exporter.store.inspection import exists

_NO_TABLE = "ResourceNotFoundException"


def state_checks(url: str) -> tuple[Check, ...]:
    """All checks of the state; nothing is made or changed."""
    if url == MEMORY:
        return (Check("state", Result.OK, "kept in memory: a restart begins with nothing"),)
    if not url.startswith(DYNAMODB):
        return (_file(url),)
    try:
        address = TableAddress.parsed(url)
        client = client_for(address)
    except StateError as error:
        return (Check("state", Result.FAILED, str(error)),)
    try:
        return table_checks(address.table, client)
    finally:
        client.close()


def _file(url: str) -> Check:
    try:
        if url.startswith(SQLITE) and not exists(sqlite_path(url)):
            return Check("state", Result.OK, f"{url} is not there yet; serve makes it")
        with reading(url):
            return Check("state", Result.OK, f"{url} can be read")
    except StateError as error:
        return Check("state", Result.FAILED, str(error))


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
            told = f"{refused.code}: {refused.message}"
            yield Check(action, Result.UNKNOWN, told, refused.remedy or "try again")
