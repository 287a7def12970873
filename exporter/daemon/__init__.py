"""The daemon: its parts put together, started, reloaded and stopped.

It never asks AWS and never answers a request itself.
"""

from exporter.daemon.configuration import ConfigSource
from exporter.daemon.daemon import Daemon

__all__ = ["ConfigSource", "Daemon"]
