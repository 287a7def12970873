"""Pages for people: what is known, without anything from elsewhere.

It never needs a script, a font or a picture from elsewhere.
"""

from exporter.web.landing.columns import ORDERS, Choice, Column
from exporter.web.landing.entity import COLUMNS, EntityPage, find, render_entity
from exporter.web.landing.markup import POLICY, render_error
from exporter.web.landing.news import feed, render_news
from exporter.web.landing.page import render
from exporter.web.landing.services import COLUMNS as SERVICES
from exporter.web.landing.services import USERS, render_service, render_services
from exporter.web.landing.tree import SHOWS, SORTS, Wish

__all__ = [
    "COLUMNS",
    "ORDERS",
    "POLICY",
    "SERVICES",
    "SHOWS",
    "SORTS",
    "USERS",
    "Choice",
    "Column",
    "EntityPage",
    "Wish",
    "feed",
    "find",
    "render",
    "render_entity",
    "render_error",
    "render_news",
    "render_service",
    "render_services",
]
