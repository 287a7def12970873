import gzip

import pytest

from exporter.families import Group
from tests.web.conftest import report_of

OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0"}
STABLE = "/metrics?exclude[]=exporter"
ONE_OF = {
    Group.REPORTS: "aws_org_access_services_accessible{",
    Group.SERVICES: "aws_org_access_service_authenticated_entities{",
    Group.AGES: "aws_org_access_service_last_authenticated_age_seconds{",
    Group.INFO: "aws_org_access_entity_info{",
    Group.NEWS: "aws_org_access_news_total{",
    Group.COLLECTION: "aws_org_access_up{",
    Group.EXPORTER: "aws_org_access_exporter_build_info{",
}


def test_metrics_are_text_for_a_client_that_says_nothing(server):
    answer = server.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert (
        'aws_org_access_services_accessible{organization="default",entity_id="r-root"} 455\n' in answer.text
    )


def test_metrics_are_open_metrics_for_who_asks_for_it(server):
    answer = server.get("/metrics", headers=OPENMETRICS)
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.text.endswith("# EOF\n")


def test_gzip_says_the_same(server):
    answer = server.get(STABLE, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == server.get(STABLE).body


def test_what_is_kept_for_an_uncompressed_scrape_is_never_what_was_before(server, world):
    server.get(STABLE)
    world.stood(report_of("r-root", accessible=9))
    packed = server.get(STABLE, headers={"Accept-Encoding": "gzip"})
    again = [server.get(STABLE).body for _ in range(2)]
    assert again == [gzip.decompress(packed.body)] * 2
    assert b'entity_id="r-root"} 9\n' in again[0]


def test_gzip_with_weight_zero_is_not_gzip(server):
    answer = server.get(STABLE, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("# HELP ")


def test_caches_are_told_what_the_answer_depends_on(server):
    assert server.get("/metrics").headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_has_the_headers_of_get_and_no_body(server, encoding):
    headers = {"Accept-Encoding": encoding}
    head, get = (server.get(STABLE, method=method, headers=headers) for method in ("HEAD", "GET"))
    assert head.body == b""
    assert int(head.headers["Content-Length"]) == len(get.body)
    for name in ("Content-Type", "Content-Encoding", "Vary"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("group", Group)
def test_collect_leaves_one_group(server, group):
    text = server.get(f"/metrics?collect[]={group}").text
    assert [each for each, start in ONE_OF.items() if f"\n{start}" in text] == [group]


@pytest.mark.parametrize("group", Group)
def test_exclude_leaves_the_others(server, group):
    text = server.get(f"/metrics?exclude[]={group}").text
    assert [each for each, start in ONE_OF.items() if f"\n{start}" not in text] == [group]


def test_groups_add_up(server):
    text = server.get("/metrics?collect[]=ages&collect%5B%5D=info").text
    assert ONE_OF[Group.AGES] in text
    assert ONE_OF[Group.INFO] in text


@pytest.mark.parametrize("path", ["/metrics", "/probe"])
def test_an_unknown_group_is_refused_with_the_known_ones(server, path):
    answer = server.get(
        f"{path}?target=r-root&collect[]=nonsense".replace("/metrics?target=r-root&", "/metrics?")
    )
    assert answer.status == 400
    assert "'nonsense'" in answer.text
    assert all(group in answer.text for group in Group)


def test_collect_and_exclude_together_are_refused(server):
    assert server.get("/metrics?collect[]=ages&exclude[]=info").status == 400


def test_an_unknown_parameter_is_refused_with_the_known_ones(server):
    answer = server.get("/metrics?collect=ages")
    assert answer.status == 400
    assert answer.text == "unknown parameter 'collect': it has collect[], exclude[]\n"


def test_the_exporters_own_metrics_can_be_left_out(world, serving):
    with serving(world.filled(), exporter_metrics=False) as running:
        text = running.get("/metrics").text
    assert not [line for line in text.splitlines() if line.startswith(("process_", "python_"))]
    assert "_exporter_" not in text
    assert ONE_OF[Group.COLLECTION] in text


def test_the_telemetry_path_can_be_chosen(world, serving):
    with serving(world.filled(), telemetry_path="/federate") as running:
        assert running.get("/federate").status == 200
        assert running.get("/metrics").status == 404


def test_ages_that_have_fallen_behind_are_renewed_before_they_are_served(world, server):
    world.moment += 3600
    text = server.get("/metrics?collect[]=ages").text
    assert text.count('service_namespace="s3"} 4600\n') == 3


def test_ages_within_their_minute_are_served_as_they_are(world, server):
    world.moment += 59
    server.get("/metrics")
    assert world.refreshes == 0


@pytest.mark.parametrize("timeout", ["10", "0.5", "nonsense", "nan", "-1", "inf", ""])
def test_any_scrape_timeout_is_taken(server, timeout):
    assert server.get("/metrics", headers={"X-Prometheus-Scrape-Timeout-Seconds": timeout}).status == 200
