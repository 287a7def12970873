"""HTML that pages and files have in common, without anything from elsewhere.

It never lets a text through unescaped, and never asks for what it shows.
"""

from exporter.hypertext.advice import render_advice
from exporter.hypertext.pieces import NONE, code, day, facts, minute, moment, name, source_of, text, used

__all__ = [
    "NONE",
    "code",
    "day",
    "facts",
    "minute",
    "moment",
    "name",
    "render_advice",
    "source_of",
    "text",
    "used",
]
