"""The set-ups in which dashboards have to be right, each with a look at every dashboard."""

import re
from typing import NamedTuple

from exporter.model import EntityType, Services
from tests.grafana.worlds import DAY, HOUR, MINUTE, Setup, everybody


def is_closed(entity):
    return entity.type is EntityType.ACCOUNT and entity.state != "ACTIVE"


LARGE = "large"
FIRST = "first minutes"
FAILING = "pair, failing"
_TWO = (({}, 0), ({}, 0))
_LATER = (({}, 0), ({}, 1))
_FEDERATED = (({"prometheus": "a"}, 0), ({"prometheus": "b", "instance": "10.0.9.9:10078"}, 0))
SETUPS = (
    Setup("one"),
    Setup("two", replicas=_TWO),
    Setup("just after", replicas=_LATER),
    Setup("scp reports", scp_reports=True, ous=7),
    Setup("no rows", services=Services.NONE),
    Setup("rows of uses", services=Services.ACCESSED, accounts=9, ous=7),
    Setup("all rows", services=Services.ALL),
    Setup("pair, well", seed=11),
    Setup(FAILING, seed=12, fails=everybody),
    Setup(FIRST, lasts=4 * MINUTE, step=MINUTE),
    Setup("renamed", replicas=_LATER, renamed=2 * HOUR, narrowed=6 * HOUR),
    Setup("same names", accounts=20, ous=16, fails=is_closed),
    Setup("hostile", hostile=True, accounts=12),
    Setup("sd", by_entity=True),
    Setup("federated", replicas=_FEDERATED),
    Setup(LARGE, accounts=300, ous=21, lasts=DAY, step=4 * HOUR, narrowed=12 * HOUR, every=1),
)
ENTITIES = (
    EntityType.ACCOUNT,
    EntityType.ORGANIZATIONAL_UNIT,
    EntityType.ROOT,
    EntityType.MANAGEMENT_ACCOUNT,
)
_VIEWS = (("dark", 1900), ("light", 1280), ("dark", 1280), ("light", 1900))
# Of the others the exporter's own dashboard shows nothing else.
_OF_PROCESSES = ("two", "just after", "pair, well", FIRST, "sd", "federated", LARGE)


class Look(NamedTuple):
    """A dashboard for somebody who chose these organizations."""

    organizations: tuple[str, ...]
    dashboard: str
    theme: str
    width: int

    @property
    def file(self) -> str:
        """The name of its picture."""
        name = re.sub(r"\W+", "-", "-".join(self.organizations))
        return f"{name}-{self.dashboard}-{self.theme}-{self.width}.png"


def _looks():
    for number, setup in enumerate(SETUPS):
        if setup.name == FAILING:
            continue
        names = (setup.name, FAILING) if setup.name == "pair, well" else (setup.name,)
        for theme, width in _VIEWS if setup.name == LARGE else [_VIEWS[number % len(_VIEWS)]]:
            for dashboard in ("overview", "entity", "service", "exporter"):
                if dashboard != "exporter" or setup.name in _OF_PROCESSES:
                    yield Look(names, dashboard, theme, width)


LOOKS = tuple(_looks())
