"""Pages for people: what is known, without anything from elsewhere."""

from exporter.web.landing.assets import POLICY
from exporter.web.landing.entity import COLUMNS, Choice, find, render_entity
from exporter.web.landing.page import render

__all__ = ["COLUMNS", "POLICY", "Choice", "find", "render", "render_entity"]
