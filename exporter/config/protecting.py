"""What the configuration keeps recommendations from denying, on a day."""

from collections.abc import Iterable
from datetime import UTC, datetime

from exporter.config.settings import Protection


def protected(protections: Iterable[Protection], now: float) -> tuple[dict[str, str], tuple[str, ...]]:
    """Service → reason, and a note for each protection that is over; ``now`` in Unix seconds."""
    today = datetime.fromtimestamp(now, UTC).date()
    protect: dict[str, str] = {}
    remarks = []
    for one in protections:
        if one.expires and one.expires < today:
            remarks.append(f"the protection of {one.service} ended with {one.expires}: {one.reason}")
        else:
            until = f", until {one.expires}" if one.expires else ""
            protect[one.service] = f"protected by the configuration: {one.reason}{until}"
    return protect, tuple(remarks)
