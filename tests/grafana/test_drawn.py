"""Dashboards as Grafana's own components draw them, of every set-up: looked at by a test at every commit."""

import json
import re
from itertools import combinations
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from exporter.model import EntityType, Services
from exporter.services import service_names
from grafana import board
from grafana.variables import LANDING
from tests.grafana.backfill import prometheus_with
from tests.grafana.drawing import drawer_of
from tests.grafana.gallery import Gallery
from tests.grafana.setups import FIRST, LARGE, LOOKS, SETUPS
from tests.grafana.worlds import World
from tests.web.conftest import LoopThread, started
from tests.web.conftest import World as Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tool("prometheus", "chromium", "chromedriver", "grafana-render"),
]
EVERY = pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.file.removesuffix(".png"))
OF_SCPS = {"Through single SCPs", "What single SCPs allow here"}
OF_ROWS = {
    "Never used, by groups of services", "Regions of the last uses", "Services used", "Never used",
    "Last used", "Accounts that use it", "Roots and OUs that allow it", "Accounts that used it, over time",
    "Accounts that could and do not", "Roots and OUs that allow it in vain",
}  # fmt: skip
A_NUMBER = re.compile(r"[\d.]+ ?(years?|days?|hours?|mins?|minutes?|seconds?|K|Mil|Bil|s|ms|%)")
UIDS = {board.OVERVIEW, board.ENTITY, board.SERVICE, board.EXPORTER}
LABELS = {
    "Organization", "Name", "Id", "Account", "Account id", "Region", "Service", "Namespace", "Root or OU",
    "Kind", "Path", "State", "SCP", "SCP id", "By", "Code", "What", "Instance", "Job",
}  # fmt: skip


@pytest.fixture(scope="module")
def gallery(tool, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    worlds = {setup.name: World(setup, number) for number, setup in enumerate(SETUPS)}
    with (
        prometheus_with(tool("prometheus"), folder, worlds.values()) as url,
        drawer_of(tool, folder, url) as drawer,
    ):
        yield Gallery(worlds, drawer)


def panels(gallery, look):
    return {panel["title"]: panel for panel in gallery.look(look)["panels"]}


def may_be_empty(gallery, look):
    """Titles of what has nothing to show in this set-up, and says so."""
    setups = [gallery.worlds[name].setup for name in look.organizations]
    entity = gallery.entity(look)
    services = setups[0].services
    is_account = entity.type in {EntityType.ACCOUNT, EntityType.MANAGEMENT_ACCOUNT}
    empty = {"Used where we are not", "What is new here"}
    if not any(setup.scp_reports for setup in setups):
        empty |= OF_SCPS
    if not any(
        setup.fails(each)
        for setup in setups
        for each in gallery.worlds[setup.name].organization.entities.values()
    ):
        empty.add("Reports that fail")
    if services is Services.NONE:
        empty |= OF_ROWS
    if entity.type is EntityType.MANAGEMENT_ACCOUNT and services is not Services.ALL:
        empty.add("Never used")
    if is_account:
        empty.add("What single SCPs allow here")
    return empty


@EVERY
def test_nothing_fails(gallery, look):
    assert {title: panel["error"] for title, panel in panels(gallery, look).items() if panel["error"]} == {}


@EVERY
def test_what_has_data_shows_it_and_what_has_none_says_so(gallery, look):
    empty = {title for title, panel in panels(gallery, look).items() if panel["empty"]}
    if FIRST in look.organizations:
        return
    assert empty <= may_be_empty(gallery, look)


@EVERY
def test_no_text_is_of_a_program(gallery, look):
    found = gallery.look(look)
    shown = [panel["text"] for panel in found["panels"]] + [
        name for panel in found["panels"] for name in panel["series"]
    ]
    assert [
        text for text in shown if re.search(r"undefined|\bNaN\b|Infinity|\$\{|\{\{|Value #|\[object", text)
    ] == []
    assert all(option["text"] for chosen in found["variables"].values() for option in chosen["options"])


@EVERY
def test_a_label_is_shown_as_it_is(gallery, look):
    for title, panel in panels(gallery, look).items():
        for row in panel["rows"]:
            for heading, cell in zip(panel["headings"], row, strict=True):
                assert heading not in LABELS or not A_NUMBER.fullmatch(cell), (title, heading, cell)
                if heading in {"Id", "Account id"}:
                    assert re.fullmatch(r"\d{12}|(r|ou)-[a-z0-9-]+", cell), (title, cell)
                if heading == "Organization":
                    assert cell in look.organizations, title


@EVERY
def test_only_those_exporters_are_shown_that_watch_what_was_chosen(gallery, look):
    rows = table(panels(gallery, look)["Exporters"]) if look.dashboard == "exporter" else []
    numbers = [gallery.worlds[name].number for name in look.organizations]
    assert all(re.match(rf"10\.0\.({'|'.join(map(str, [*numbers, 9]))})\.", row["Instance"]) for row in rows)
    assert bool(rows) == (look.dashboard == "exporter")


@EVERY
def test_no_row_no_bar_and_no_line_is_there_twice(gallery, look):
    for title, panel in panels(gallery, look).items():
        things = [tuple(row) for row in panel["rows"]] if panel["type"] == "table" else panel["series"]
        assert len(things) == len(set(things)), title


@EVERY
def test_every_cell_can_be_read_to_its_end(gallery, look):
    assert {title: panel["cut"] for title, panel in panels(gallery, look).items() if panel["cut"]} == {}


@EVERY
def test_no_table_is_wider_than_its_panel(gallery, look):
    assert [title for title, panel in panels(gallery, look).items() if panel["wide"]] == []


@EVERY
def test_every_link_leads_somewhere(gallery, look):
    entities = {id_ for name in look.organizations for id_ in gallery.worlds[name].organization.entities}
    known = {"entity": entities, "service": set(service_names()), "organization": set(look.organizations)}
    for title, panel in panels(gallery, look).items():
        for url in [url for link in panel["links"] for url in link["urls"]]:
            given = taken(urlsplit(url))
            assert all(value in known[name] for name, value in given.items() if name in known), (title, url)


def taken(url):
    """What a link takes along, to another dashboard or to the exporter."""
    given = {name.removeprefix("var-"): value for name, [value] in parse_qs(url.query).items()}
    if url.netloc:
        assert f"{url.scheme}://{url.netloc}" == LANDING
        before, _, entity = url.path.rpartition("/")
        return given | ({"entity": unquote(entity)} if before == "/entities" else {})
    assert url.path.removeprefix("/d/") in UIDS
    assert (given["datasource"], given["landing"]) == ("prometheus", LANDING)
    return given


@EVERY
def test_no_panel_lies_on_another(gallery, look):
    for one, other in combinations(gallery.look(look)["panels"], 2):
        left, top, right, bottom = (
            pick(a, b) for pick, a, b in zip((max, max, min, min), one["box"], other["box"], strict=True)
        )
        assert left >= right or top >= bottom, (one["title"], other["title"])


def test_the_browser_has_nothing_to_complain_of(gallery):
    for look in LOOKS:
        gallery.look(look)
    assert gallery.drawer.browser.get_log("browser") == []


def test_a_change_of_scps_is_marked(gallery):
    [look] = [look for look in LOOKS if look.organizations == ("renamed",) and look.dashboard == "overview"]
    assert gallery.look(look)["marks"]


@pytest.fixture(scope="module")
def api(gallery):
    """``/api/v1`` of the exporter that watches the large organization."""
    world = gallery.worlds[LARGE]
    served = Served(moment=world.now)
    served.publication = world.publication
    loop = LoopThread()
    with started(loop, served) as server:
        yield lambda path: json.loads(server.get(f"/api/v1/{path}").body)["data"]
    loop.close()


def large(dashboard):
    return next(look for look in LOOKS if look.organizations == (LARGE,) and look.dashboard == dashboard)


def number(text):
    return float(text.replace(",", ""))


def report_on(api, entity_id):
    [report] = api(f"reports/{entity_id}")["reports"]
    return report["report"]


def chosen(link, variable):
    """What the first address of a link chooses."""
    [value] = parse_qs(urlsplit(link["urls"][0]).query)[f"var-{variable}"]
    return value


def test_what_is_shown_of_roots_and_ous_is_what_the_exporter_says(gallery, api):
    panel = panels(gallery, large("overview"))["Roots and OUs, by what could be closed"]
    ids = [chosen(link, "entity") for link in panel["links"]]
    for shown, id_ in zip(table(panel), ids, strict=True):
        report = report_on(api, id_)
        allowed, never = report["services_accessible"], report["services_not_accessed"]
        assert [number(shown[name]) for name in ("Could be closed", "Allowed", "Used")] == [
            never,
            allowed,
            allowed - never,
        ]
        assert float(shown["Never used"].rstrip("%")) == pytest.approx(100 * never / allowed, abs=0.06)
    assert len(ids) * 4 >= 88


def test_what_is_shown_of_services_is_what_the_exporter_says(gallery, api):
    look = large("entity")
    panel = panels(gallery, look)["Services used"]
    namespaces = [chosen(link, "service") for link in panel["links"]]
    shown = {
        namespace: (cells["Service"], number(cells["Accounts"]))
        for namespace, cells in zip(namespaces, table(panel), strict=True)
    }
    assert shown == {
        row["service_namespace"]: (row["service_name"], row["authenticated_entities"])
        for row in report_on(api, gallery.entity(look).id)["services"]
        if row["last_authenticated"]
    }


def test_what_is_shown_of_accounts_that_use_a_service_is_what_the_exporter_says(gallery, api):
    look = large("service")
    service = gallery.chosen(look)["service"]
    accounts = [
        entity["entity_id"] for entity in api("entities")["entities"] if entity["entity_id"].isdecimal()
    ]
    rows = {
        id_: row
        for id_ in accounts
        for row in report_on(api, id_)["services"]
        if row["service_namespace"] == service and row["last_authenticated"]
    }
    shown = {cells["Id"]: cells["Region"] for cells in table(panels(gallery, look)["Accounts that use it"])}
    assert shown == {id_: row["access_region"] for id_, row in rows.items()}


def table(panel):
    return [dict(zip(panel["headings"], row, strict=True)) for row in panel["rows"]]
