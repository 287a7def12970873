"""What stands before every page, as ``--web.config.file`` has it now: TLS, rate limit, passwords.

It never falls back to less than the file says.
"""

from exporter.web.protection.guard import Guard
from exporter.web.protection.source import WebConfigFile

__all__ = ["Guard", "WebConfigFile"]
