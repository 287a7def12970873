"""Pages for people: what is known, without anything from elsewhere."""

from exporter.web.landing.assets import POLICY
from exporter.web.landing.entity import COLUMNS, Choice, find, render_entity
from exporter.web.landing.news import feed, render_news
from exporter.web.landing.page import render

__all__ = ["COLUMNS", "POLICY", "Choice", "feed", "find", "render", "render_entity", "render_news"]
