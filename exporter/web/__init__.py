"""HTTP over bytes that are ready: this package reads what is published, and computes nothing.

It never asks AWS, and never waits for a writer.
"""

from exporter.web.listeners import Listeners
from exporter.web.surface import Surface, WebSettings

__all__ = ["Listeners", "Surface", "WebSettings"]
