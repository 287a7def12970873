"""Times as text: exact for programs, rough for people."""

import math
from datetime import UTC, datetime
from itertools import pairwise

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def rfc3339(seconds: float | None) -> str | None:
    """Unix seconds as ``2026-08-06T10:00:00Z``, with a fraction if there is one; None for what is no date."""
    if seconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat().replace("+00:00", "Z")


def spoken(seconds: float) -> str:
    """A length of time in its two largest units: ``2 d 3 h``, ``5 min``; below zero it is ``0 s``."""
    if not math.isfinite(seconds):
        return "for ever"
    whole = max(0, int(seconds))
    for (unit, size), (finer, part) in pairwise(_UNITS):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit} {rest} {finer}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"
