"""Durations as Prometheus writes them: ``1y2w3d4h5m6s7ms``, units in this order, each at most once.

A year has 365 days. Inside the program a duration is a float of seconds, a whole number of milliseconds.
"""

import re

from exporter.config.quoting import quote

_UNITS = {
    "y": 365 * 24 * 3600 * 1000,
    "w": 7 * 24 * 3600 * 1000,
    "d": 24 * 3600 * 1000,
    "h": 3600 * 1000,
    "m": 60 * 1000,
    "s": 1000,
    "ms": 1,
}
# A year or week is only written when it leaves no rest, as Prometheus does: 8d stays 8d, 14d becomes 2w.
_ONLY_WHOLE = {"y", "w"}
# Prometheus keeps durations in 64 bits of nanoseconds.
_MOST_MILLISECONDS = (2**63 - 1) // 1_000_000
PATTERN = "".join(f"(?:([0-9]+){unit})?" for unit in _UNITS)
_WRITTEN = re.compile(PATTERN)


def parse_duration(text: str) -> float:
    """Seconds of a duration such as ``90m`` or ``1h30m``; ``0`` needs no unit. ValueError says why not."""
    if text == "0":
        return 0.0
    match = _WRITTEN.fullmatch(text)
    if not text or match is None:
        raise ValueError(_explain(text))
    if any(len(number or "") > 20 for number in match.groups()):
        raise ValueError("duration is longer than 292 years")
    milliseconds = sum(
        int(number) * size
        for number, size in zip(match.groups(), _UNITS.values(), strict=True)
        if number is not None
    )
    if milliseconds > _MOST_MILLISECONDS:
        raise ValueError("duration is longer than 292 years")
    return milliseconds / 1000


def _explain(text: str) -> str:
    if re.fullmatch(r"[0-9]+", text):
        return f"{quote(text)} is not a duration: a unit is missing (ms, s, m, h, d, w, y)"
    return f"{quote(text)} is not a duration: write it like 30s, 6h, 1h30m or 7d"


def format_duration(seconds: float) -> str:
    """The shortest spelling of a duration, rounded to milliseconds: 5400 is ``1h30m``, 0 is ``0s``."""
    rest = round(seconds * 1000)
    written = ""
    for unit, size in _UNITS.items():
        if unit in _ONLY_WHOLE and rest % size:
            continue
        number, rest = divmod(rest, size)
        written += f"{number}{unit}" if number else ""
    return written or "0s"
