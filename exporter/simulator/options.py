"""What can be chosen about a simulated AWS."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """One simulation; the same options and clock give the same organization and the same activity.

    ``accounts`` counts member accounts, the management account comes on top. ``speed`` divides the time a
    job takes and the 60 s for which its result is given again, and multiplies the rate at which services
    come into use (``settled``: none does); dates stay those of ``clock`` (Unix seconds). ``page_limit`` and
    ``organization_page_limit`` are the most rows and the most items on a page, whatever is asked for.

    The switches that follow stand for what AWS may do: an empty first page that carries a NextToken; paths
    that are missing, or that leave the account out; ``Account.State`` beside or in place of the older
    ``Account.Status``; names full of characters that need escaping; Organizations' documented throttles
    (also multiplied by ``speed``); SCPs that are not enabled; an organization without all features; a caller
    whose keys are a member account's; permissions that callers lack (``iam:GetOrganizationsAccessReport``).
    """

    accounts: int = 30
    ous: int = 8
    speed: float = 1.0
    seed: int = 7
    settled: bool = False
    page_limit: int = 1000
    organization_page_limit: int = 20
    partition: str = "aws"
    hostile_names: bool = False
    empty_pages: bool = False
    paths: bool = True
    account_paths_end_with_account: bool = True
    account_state: bool = True
    account_status: bool = False
    throttles: bool = False
    scps_enabled: bool = True
    all_features: bool = True
    caller_is_management: bool = True
    denied: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.time
