"""The latest use of each service that reports tell of."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from exporter.model import Report, ServiceAccess

_ACCOUNT = re.compile("[0-9]{12}")


class Use(NamedTuple):
    """When a service was used last, by which account, in which Region; empty: AWS did not say."""

    at: float
    account_id: str = ""
    region: str = ""


def latest_uses(reports: Iterable[Report]) -> Mapping[str, Use]:
    """Namespace → its latest use in any of the reports."""
    latest: dict[str, Use] = {}
    for report in reports:
        for row in report.services:
            use = use_in(row)
            if use and (row.namespace not in latest or use.at > latest[row.namespace].at):
                latest[row.namespace] = use
    return latest


def use_in(row: ServiceAccess) -> Use | None:
    """The use that a row tells of; None for a service that nobody used."""
    if row.last_authenticated is None:
        return None
    account = row.entity_path.rstrip("/").rpartition("/")[2]
    return Use(row.last_authenticated, account if _ACCOUNT.fullmatch(account) else "", row.region)
