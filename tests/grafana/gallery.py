"""What each dashboard shows of each set-up: drawn when somebody looks at it first, and kept as a picture."""

from dataclasses import dataclass, field
from pathlib import Path

from grafana import DASHBOARDS
from tests.grafana.setups import ENTITIES, LARGE, SETUPS, Look
from tests.grafana.worlds import HOUR, World

ARTIFACTS = Path(__file__).parents[2] / "build" / "dashboards"
SHARE_OF_HISTORY = 0.8  # what was before the time range is known, too


@dataclass
class Gallery:
    """Worlds by the names of their organizations, and what was drawn of them."""

    worlds: dict[str, World]
    drawer: object
    drawn: dict[Look, dict] = field(default_factory=dict)

    def look(self, look: Look) -> dict:
        """See render/report.js."""
        if look not in self.drawn:
            self.drawn[look] = self._draw(look)
        return self.drawn[look]

    def _draw(self, look: Look) -> dict:
        dashboard = DASHBOARDS[look.dashboard]
        named = {variable.name for variable in dashboard.templating.list_val}
        chosen = {name: value for name, value in self.chosen(look).items() if name in named}
        setup = self.worlds[look.organizations[0]].setup
        found = self.drawer.draw(
            dashboard,
            chosen,
            hours=setup.lasts * SHARE_OF_HISTORY / HOUR,
            width=look.width,
            theme=look.theme,
            every_row=look.theme == "dark" and look.width > 1500,
        )
        large = setup.name == LARGE
        self.drawer.picture(
            ARTIFACTS / look.file, found["height"], look.width, 1.0 if large else 0.5, fast=True
        )
        return found

    def chosen(self, look: Look) -> dict:
        """What a viewer chose."""
        world = self.worlds[look.organizations[0]]
        return {
            "organization": list(look.organizations),
            "entity": self.entity(look).id,
            "service": partly_used(world),
        }

    def entity(self, look: Look):
        """The root, an OU or an account, in turn."""
        number = next(i for i, setup in enumerate(SETUPS) if setup.name == look.organizations[0])
        kind = ENTITIES[number % len(ENTITIES)]
        entities = self.worlds[look.organizations[0]].organization.entities.values()
        return next(entity for entity in entities if entity.type == kind)


def partly_used(world: World) -> str:
    """A service that somebody uses, and an OU does not."""
    rows = [
        row
        for standing in world.view.standings.values()
        if standing.report
        for row in standing.report.services
    ]
    used = {row.namespace for row in rows if row.last_authenticated}
    idle = {row.namespace for row in rows if not row.last_authenticated}
    return min(used & idle or used or {"s3"})
