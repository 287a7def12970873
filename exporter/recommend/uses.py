"""The uses of each service that reports tell of."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from exporter.model import ServiceAccess

_ACCOUNT = re.compile("[0-9]{12}")


class Use(NamedTuple):
    """When a service was used last, by which account, in which Region; empty: AWS did not say."""

    at: float
    account_id: str = ""
    region: str = ""


def latest_uses(rows: Iterable[ServiceAccess]) -> Mapping[str, Use]:
    """Namespace → its latest use that any of the rows tells of."""
    latest: dict[str, Use] = {}
    for row in rows:
        use = use_in(row)
        if use and (row.namespace not in latest or use.at > latest[row.namespace].at):
            latest[row.namespace] = use
    return latest


def most_accounts(rows: Iterable[ServiceAccess]) -> Mapping[str, int]:
    """Namespace → the most accounts that one of the rows counts."""
    most: dict[str, int] = {}
    for row in rows:
        most[row.namespace] = max(most.get(row.namespace, 0), row.authenticated_entities or 0)
    return most


def use_in(row: ServiceAccess) -> Use | None:
    """The use that a row tells of; None for a service that nobody used."""
    if row.last_authenticated is None:
        return None
    account = row.entity_path.rstrip("/").rpartition("/")[2]
    return Use(row.last_authenticated, account if _ACCOUNT.fullmatch(account) else "", row.region)
