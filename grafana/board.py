"""What all dashboards have in common: who they are, how they look, and the links between them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    AnnotationQuery,
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    Panel,
)

TAG = "org-access-exporter"
OVERVIEW = "org-access-overview"
ENTITY = "org-access-entity"
SERVICE = "org-access-service"
EXPORTER = "org-access-exporter"
"""Uids: links and bookmarks depend on them."""

Rows = Iterable[tuple[str, Iterable[Builder[Panel]]]]


class Identity(NamedTuple):
    """Who a dashboard is."""

    uid: str
    title: str
    description: str


def board(
    who: Identity,
    variables: Sequence[Builder[Any]],
    rows: Rows,
    marks: Iterable[Builder[AnnotationQuery]] = (),
) -> Dashboard:
    """A dashboard of these rows (title, panels), each panel with its number; ``marks`` are in its graphs."""
    made = (
        builders.Dashboard(f"AWS organization access: {who.title}")
        .uid(who.uid)
        .description(who.description)
        .tags(["aws", TAG])
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time("now-7d", "now")
        .refresh("5m")
        .link(_dashboards())
        .link(_landing())
    )
    for variable in variables:
        made.with_variable(variable)
    for mark in marks:
        made.annotation(mark)
    for title, panels in rows:
        made.with_row(builders.Row(title))
        for panel in panels:
            made.with_panel(panel)
    built = made.build()
    for number, numbered in enumerate(built.panels or [], start=1):
        numbered.id_val = number
    return built


def _dashboards() -> builders.DashboardLink:
    link = builders.DashboardLink("Dashboards").type(DashboardLinkType.DASHBOARDS).tags([TAG])
    return link.include_vars(True).keep_time(True)


def _landing() -> builders.DashboardLink:
    link = builders.DashboardLink("The exporter's own page").type(DashboardLinkType.LINK).url("${landing}")
    return (
        link.icon("external link")
        .tooltip("The tree of entities, and how each report stands")
        .target_blank(True)
    )
