"""Runs all benchmarks, or those named, and writes their tables: ``python -m benchmarks [slots] [scrape]``."""

import logging
import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import structlog

from benchmarks import (
    attack,
    crowd,
    landing,
    news,
    panels,
    plan,
    restart,
    rules,
    scale,
    scrape,
    size,
    slots,
    stalls,
    suite,
    units,
)

SECTIONS: dict[str, Callable[[], str]] = {
    "slots": slots.report,
    "news": news.report,
    "scrape": scrape.report,
    "stalls": stalls.report,
    "attack": attack.report,
    "units": units.report,
    "restart": restart.report,
    "crowd": crowd.report,
    "panels": panels.report,
    "rules": rules.report,
    "size": size.report,
    "scale": scale.report,
    "landing": landing.report,
    "plan": plan.report,
    "suite": suite.report,
}
_RESULTS = Path(__file__).parent / "RESULTS.md"
_LIBRARIES = ("aiohttp", "isal", "prometheus-client")


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), "
        f"Python {platform.python_version()}, {libraries}. Ratios within one run are worth more than figures."
    )


def main(names: Sequence[str]) -> None:
    """Run the sections; a run of all of them is kept as RESULTS.md."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    parts = [SECTIONS[name]() for name in names or SECTIONS]
    text = "\n\n".join(["# Results of `make bench`", _machine(), *parts]) + "\n"
    print(text)
    if not names:
        _RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
