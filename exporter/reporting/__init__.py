"""Reports on request: asked for while somebody waits, and written as they are wanted.

It never writes over a file with half an answer.
"""

from exporter.reporting.case import Question, gather
from exporter.reporting.known import discovered, remembered, reported, top
from exporter.reporting.progress import Waiting
from exporter.reporting.request import Form, Request, Selection
from exporter.reporting.run import run
from exporter.reporting.tree import gather_tree

__all__ = [
    "Form",
    "Question",
    "Request",
    "Selection",
    "Waiting",
    "discovered",
    "gather",
    "gather_tree",
    "remembered",
    "reported",
    "run",
    "top",
]
