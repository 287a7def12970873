import pytest

READ = [
    "/",
    "/metrics",
    "/probe",
    "/sd",
    "/services",
    "/services/s3",
    "/export.csv",
    "/config",
    "/api/v1/entities",
    "/api/v1/news",
    "/news",
    "/news.atom",
    "/entities/r-root",
    "/api/v1/reports/r-root",
    "/-/healthy",
    "/-/ready",
]


@pytest.mark.parametrize(
    "path", ["/nothing", "/metrics/", "/Metrics", "//metrics", "/-/", "/api", "/%2e%2e/etc/passwd"]
)
def test_an_unknown_path_is_not_found_in_plain_text(server, path):
    answer = server.get(path)
    assert (answer.status, answer.text) == (404, "404: Not Found\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_for_reading_is_not_allowed(server, path, method):
    answer = server.get(path, method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")


@pytest.mark.parametrize("path", READ)
def test_a_parameter_that_nobody_knows_is_refused(server, path):
    answer = server.get(f"{path}?nonsense=1")
    assert answer.status == 400
    assert "nonsense" in answer.text


@pytest.mark.parametrize("path", [*READ, "/nothing"])
def test_every_answer_forbids_to_guess_its_type(server, path):
    assert server.get(path).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", [*READ, "/nothing"])
def test_no_answer_tells_which_libraries_are_behind_it(server, path):
    assert server.get(path).headers["Server"] == "org-access-exporter"


@pytest.fixture
def prefixed(world, serving):
    with serving(world.filled(), route_prefix="/exporter") as running:
        yield running


@pytest.mark.parametrize("path", [path for path in READ if path != "/probe"])
def test_a_prefix_is_in_front_of_every_path(prefixed, path):
    assert prefixed.get(f"/exporter{path}").status == 200


@pytest.mark.parametrize("path", [path for path in READ if path != "/"])
def test_nothing_is_served_without_the_prefix(prefixed, path):
    assert prefixed.get(path).status == 404


@pytest.mark.parametrize("path", ["/", "/exporter"])
def test_the_way_to_the_landing_page_is_shown(prefixed, path):
    answer = prefixed.get(path)
    assert (answer.status, answer.headers["Location"]) == (302, "/exporter/")


def test_targets_have_the_prefix(prefixed):
    assert prefixed.get("/exporter/sd").json[0]["labels"]["__metrics_path__"] == "/exporter/probe"


def test_errors_below_the_api_are_json_with_a_prefix_too(prefixed):
    assert prefixed.get("/exporter/api/v1/reports/x").json["status"] == "error"
