"""What stands between a configuration and its reports, found out by asking AWS.

It never changes anything in an organization, and never calls well what it could not ask.
"""

from exporter.preflight.check import Check, Findings, Result, missing, passed, tick
from exporter.preflight.organization import Preflight
from exporter.preflight.run import run
from exporter.preflight.state import state_checks

__all__ = ["Check", "Findings", "Preflight", "Result", "missing", "passed", "run", "state_checks", "tick"]
