import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import UserError
from exporter.web.places import ENTITY, OVERVIEW, SERVICE, places
from exporter.web.surface import WebSettings
from grafana import board


def of(**settings):
    return places(WebSettings((":0",), **settings))


def test_without_flags_everything_is_at_the_top():
    where = of()
    assert (where.route("/probe"), where.link("/probe")) == ("/probe", "/probe")


@pytest.mark.parametrize("prefix", ["/exporter", "/exporter/"])
def test_a_prefix_is_in_front_of_routes_and_links(prefix):
    where = of(route_prefix=prefix)
    assert (where.route("/sd"), where.link("/sd")) == ("/exporter/sd", "/exporter/sd")


def test_the_prefix_is_the_path_of_the_external_url_by_default():
    where = of(external_url="https://example.org/access/")
    assert (where.route("/sd"), where.link("/sd")) == ("/access/sd", "/access/sd")


def test_a_proxy_may_take_the_path_of_the_external_url_away():
    where = of(external_url="https://example.org/access", route_prefix="/")
    assert (where.route("/sd"), where.link("/sd")) == ("/sd", "/access/sd")


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://example.org", "example.org:443"),
        ("http://example.org/x", "example.org:80"),
        ("http://[2001:db8::1]:9000", "[2001:db8::1]:9000"),
    ],
)
def test_the_external_url_names_a_port_always(url, authority):
    assert of(external_url=url).authority == authority


@pytest.mark.parametrize(
    "flags",
    [
        {"external_url": "example.org"},
        {"external_url": "ftp://example.org"},
        {"external_url": "https://"},
        {"external_url": "https://example.org:port"},
        {"external_url": "https://example.org?x=1"},
        {"external_url": "https://user:secret@example.org"},
        {"external_url": 'https://example.org/"<'},
        {"grafana_url": "grafana.example.org"},
        {"grafana_url": "javascript://example.org/%0aalert(1)"},
        {"grafana_url": "https://example.org/?orgId=1"},
        {"grafana_uid_prefix": "../x"},
        {"route_prefix": "exporter"},
        {"route_prefix": "/{name}"},
        {"route_prefix": "/a//b"},
        {"telemetry_path": "metrics"},
        {"telemetry_path": "/"},
        {"telemetry_path": "/metrics/"},
        {"telemetry_path": "/probe"},
        {"telemetry_path": "/-/healthy"},
        {"telemetry_path": "/api/v1/entities"},
        {"telemetry_path": "/{x}"},
    ],
)
def test_flags_that_describe_no_place_are_refused_in_one_line(flags):
    with pytest.raises(UserError, match=r"^--web\.[a-z-]+ '.*': .+$"):
        of(**flags)


def test_dashboards_have_what_is_looked_at_chosen_and_know_the_way_back():
    where = of(grafana_url="https://example.org/grafana/", external_url="https://x.example.org/access")
    assert where.dashboard("some", entity="ou-1&2") == (
        "https://example.org:443/grafana/d/some?var-entity=ou-1%262"
        "&var-landing=https%3A%2F%2Fx.example.org%3A443%2Faccess"
    )


def test_dashboards_of_the_chart_have_uids_of_their_own():
    where = of(grafana_url="https://example.org", grafana_uid_prefix="1a2b3c4d-")
    assert where.dashboard("some").startswith("https://example.org:443/d/1a2b3c4d-some?")


def test_without_grafana_there_is_no_dashboard():
    assert not of().dashboard("some", entity="ou-1")


def test_the_dashboards_are_those_that_there_are():
    assert (OVERVIEW, ENTITY, SERVICE) == (board.OVERVIEW, board.ENTITY, board.SERVICE)


@given(st.text(), st.text(), st.text())
def test_any_flags_are_places_or_refused(telemetry_path, route_prefix, external_url):
    try:
        where = of(telemetry_path=telemetry_path, route_prefix=route_prefix, external_url=external_url)
    except UserError:
        return
    assert where.route(where.telemetry).startswith("/")
