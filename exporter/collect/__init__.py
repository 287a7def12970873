"""One organization's collection: discover, ask, follow, publish."""

from exporter.collect.collector import Aws, Collector, Limits
from exporter.collect.pace import Pace, Stopped, ThreadPace
from exporter.collect.runner import Runner

__all__ = ["Aws", "Collector", "Limits", "Pace", "Runner", "Stopped", "ThreadPace"]
