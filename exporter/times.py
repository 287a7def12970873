"""Times as text: exact for programs, rough for people."""

import math
from datetime import UTC, datetime


def rfc3339(seconds: float | None) -> str | None:
    """Unix seconds as ``2026-08-06T10:00:00Z``, with a fraction if there is one; None for what is no date."""
    if seconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat().replace("+00:00", "Z")


def from_rfc3339(text: str) -> float | None:
    """Unix seconds of a time with its offset, or of a date, which begins in UTC; None for what is neither."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and len(text) > len("2026-08-06"):
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def spoken(seconds: float) -> str:
    """A length of time as one says it: ``2 d 3 h``, ``1 h 5 min``, ``7 min``, ``40 s``; at least ``0 s``."""
    if not math.isfinite(seconds):
        return "for ever"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    unit, size, finer, part = ("h", 3600, "min", 60) if whole < 86400 else ("d", 86400, "h", 3600)
    rest = whole % size // part
    return f"{whole // size} {unit} {rest} {finer}" if rest else f"{whole // size} {unit}"
