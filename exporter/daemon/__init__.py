"""The daemon: its parts put together, started, reloaded and stopped."""

from exporter.daemon.configuration import ConfigSource
from exporter.daemon.daemon import Daemon

__all__ = ["ConfigSource", "Daemon"]
