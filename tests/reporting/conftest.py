"""See tests/simulated.py."""

from tests.simulated import commands, endpoint

__all__ = ["commands", "endpoint"]
