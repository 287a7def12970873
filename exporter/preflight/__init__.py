"""What stands between a configuration and its reports, found out by asking AWS.

It never changes anything in an organization, and never calls well what it could not ask.
"""

from exporter.preflight.check import Check, Findings, missing, passed, tick
from exporter.preflight.run import run

__all__ = ["Check", "Findings", "missing", "passed", "run", "tick"]
