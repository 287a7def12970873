"""Whether AWS's one slot is enough for what the configuration wants."""

from exporter.config import OrganizationConfig
from exporter.model import Discovery
from exporter.order import plan
from exporter.preflight.check import Check, Result
from exporter.times import spoken


def load_check(
    config: OrganizationConfig, discovery: Discovery, job_seconds: float, slot_share: float = 1.0
) -> Check:
    """How long a sweep takes, and which share of the time reports will be made.

    ``job_seconds`` is what a report on the root took, the longest there is; ``slot_share`` the share of the
    time in which they may be made.
    """
    work = plan(discovery, config.targets, config.job_ids)
    made = [item for item in work if item.entity is not None]
    if not work:
        remedy = "widen include, exclude or account_states, or enable a target"
        return Check("sweep", Result.FAILED, "nothing is in scope: no report would be made", remedy)
    share = sum(job_seconds / item.target.refresh for item in made)
    sweep = f"{len(made)} reports in about {spoken(job_seconds * len(made) / slot_share)}"
    detail = f"{sweep}; with the refresh intervals, reports are made {share:.1%} of the time"
    if slot_share < 1:
        detail += f" of at most {slot_share:.1%} (slot_share)"
    if share <= slot_share:
        return Check("sweep", Result.OK, detail)
    remedy = "AWS makes one report at a time: lengthen targets.*.refresh, or narrow include"
    if slot_share < 1:
        remedy += ", or raise collection.slot_share"
    return Check("sweep", Result.WARNING, detail, remedy)
