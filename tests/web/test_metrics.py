import gzip

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


def test_metrics_are_text_for_a_client_that_says_nothing(server):
    answer = server.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert (
        'aws_org_access_services_accessible{organization="default",entity_id="r-root"} 455\n' in answer.text
    )


def test_metrics_are_open_metrics_for_prometheus(server):
    answer = server.get("/metrics", headers={"Accept": PROMETHEUS_2})
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.text.endswith("# EOF\n")


def test_gzip_says_the_same(server):
    answer = server.get("/metrics?exclude[]=exporter", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == server.get("/metrics?exclude[]=exporter").body


def test_gzip_with_weight_zero_is_not_gzip(server):
    assert "Content-Encoding" not in server.get("/metrics", headers={"Accept-Encoding": "gzip;q=0"}).headers
