"""Service control policies for a whole tree: each denial as high as nobody below needs the service.

It never denies in one place what is needed below it.

Made of recommendations for the root and its OUs, without asking AWS or looking at a clock.
"""

from exporter.plan.files import files
from exporter.plan.page import summary
from exporter.plan.placement import Plan, plan
from exporter.plan.proof import Proof, prove
from exporter.plan.steps import steps

__all__ = ["Plan", "Proof", "files", "plan", "prove", "steps", "summary"]
