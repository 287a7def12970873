"""One organization's collection: discover, ask, follow, publish.

It never serves, and never writes without the lease.
"""

from exporter.collect.collector import Collector, Limits
from exporter.collect.desk import Desk
from exporter.collect.hold import Hold
from exporter.collect.pace import ThreadPace, steady
from exporter.collect.replica import Replica
from exporter.collect.runner import Runner
from exporter.collect.single import Single

__all__ = [
    "Collector",
    "Desk",
    "Hold",
    "Limits",
    "Replica",
    "Runner",
    "Single",
    "ThreadPace",
    "steady",
]
