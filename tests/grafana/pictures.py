"""The pictures of the dashboards in the documentation: ``make pictures``."""

import tempfile
from pathlib import Path

from grafana import DASHBOARDS
from tests.conftest import find_tool
from tests.grafana.backfill import prometheus_with
from tests.grafana.drawing import drawer_of
from tests.grafana.gallery import partly_used
from tests.grafana.worlds import DAY, HOUR, Setup, World

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WEEK = 7 * DAY
WIDTH = 1280
SCALE = 0.8  # of pixels, so that all of them take a megabyte
SHOWN = Setup(
    "acme", accounts=120, ous=20, lasts=WEEK + DAY, step=HOUR, narrowed=2.5 * DAY, every=1, scp_reports=False
)
PICTURES = (
    ("overview", "dark"),
    ("overview", "light"),
    ("entity", "dark"),
    ("service", "dark"),
    ("exporter", "dark"),
)


def main() -> None:
    """Draw each, and say where it is."""
    world = World(SHOWN)
    with (
        tempfile.TemporaryDirectory() as name,
        prometheus_with(find_tool("prometheus"), Path(name), [world]) as url,
        drawer_of(find_tool, name, url) as drawer,
    ):
        for board, theme in PICTURES:
            dashboard = DASHBOARDS[board]
            named = {variable.name for variable in dashboard.templating.list_val}
            chosen = {key: value for key, value in choices(world).items() if key in named}
            found = drawer.draw(dashboard, chosen, hours=WEEK / HOUR, width=WIDTH, theme=theme)
            path = IMAGES / f"{board}-{theme}.png"
            drawer.picture(path, found["height"], WIDTH, SCALE)
            print(path)


def choices(world: World) -> dict[str, object]:
    """What makes the pictures tell most."""
    unit = next(entity for entity in world.organization.entities.values() if entity.name == "Prod")
    return {
        "entity": unit.id,
        "regions": ["us-east-1", "eu-west-1", "eu-central-1"],
        "service": partly_used(world),
    }


if __name__ == "__main__":
    main()
