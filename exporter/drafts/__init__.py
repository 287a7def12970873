"""Drafts of service control policies, held against the evidence: what they would deny that somebody used.

It never reaches out, and never calls unknown allowed.

Nothing is asked of AWS here, and nothing is guessed: what depends on a condition, a resource or the action
"may" be denied.
"""

from exporter.drafts.check import Checked, Finding, check
from exporter.drafts.denial import Certainty
from exporter.drafts.draft import Draft, DraftError, parse
from exporter.drafts.rendering import document, markdown

__all__ = [
    "Certainty",
    "Checked",
    "Draft",
    "DraftError",
    "Finding",
    "check",
    "document",
    "markdown",
    "parse",
]
