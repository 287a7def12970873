"""docs/openapi.yaml against the server: requests that fit it and others, answers that have to fit it."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.config import default, masked_yaml
from exporter.families import Group
from exporter.model import JobStatus, JobView, Standing, Subject
from exporter.web.landing import COLUMNS, SERVICES, SHOWS, SORTS, USERS
from tests.deploy.conftest import Loader
from tests.searching import examples
from tests.web.conftest import NOW, World, started
from tests.web.test_routes import READ

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
WRITTEN = yaml.load(FILE.read_text(encoding="utf-8"), Loader)
NAMES = [
    operation["operationId"]
    for path in WRITTEN["paths"].values()
    for operation in path.values()
    if "operationId" in operation
]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
]


@pytest.fixture(scope="module")
def schema():
    # Half a second, of whoever collects the tests too.
    import schemathesis  # noqa: PLC0415

    read = schemathesis.openapi.from_path(FILE)
    return SimpleNamespace(
        operations={one.ok().definition.raw["operationId"]: one.ok() for one in read.get_all_operations()},
        checks=schemathesis.checks.CHECKS.get_by_names(CHECKS),
        modes=list(schemathesis.GenerationMode),
    )


@pytest.fixture(scope="module")
def described(loop):
    """A server with something of every kind to show."""
    world = World(config=masked_yaml(default()))
    world.organizations("default", job_ids=("11112222-3333",))
    world.filled()
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    world.stood(Standing(Subject("ou-root-unit"), None, job, failures=1, retry_at=NOW + 60))
    world.publication.changed("default", running=Subject("r-root"))
    with started(loop, world) as running:
        yield running.url


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_one_that_is_described(schema, described, name, caplog):
    requests = (schema.operations[name].as_strategy(generation_mode=mode) for mode in schema.modes)

    @settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
    @given(st.one_of(*requests))
    def check(case):
        case.call_and_validate(base_url=described, checks=schema.checks)

    check()
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("entity_id", ["r-root", "ou-root-unit", "111111111111", "11112222-3333"])
@pytest.mark.parametrize("name", ["entity", "getReports"])
def test_what_is_known_is_shown_as_it_is_described(schema, described, name, entity_id):
    case = schema.operations[name].Case(path_parameters={"entity_id": entity_id})
    assert case.call_and_validate(base_url=described, checks=schema.checks).status_code == 200


def test_every_path_for_reading_is_described():
    paths = {path for path, item in WRITTEN["paths"].items() if "get" in item}
    assert paths == {path.replace("r-root", "{entity_id}").replace("/s3", "/{namespace}") for path in READ}


@pytest.mark.parametrize(("path", "columns"), [("/services", SERVICES), ("/services/{namespace}", USERS)])
def test_columns_of_the_pages_of_services_are_those_of_the_program(path, columns):
    [sort] = [one for one in WRITTEN["paths"][path]["get"]["parameters"] if one.get("name") == "sort"]
    assert sort["schema"]["enum"] == list(columns)


def test_views_of_the_landing_page_are_those_of_the_program():
    named = {one.get("name"): one for one in WRITTEN["paths"]["/"]["get"]["parameters"]}
    assert named["show"]["schema"]["enum"] == ["", *SHOWS]
    assert named["sort"]["schema"]["enum"] == ["", *SORTS]


def test_groups_and_columns_are_those_of_the_program():
    assert WRITTEN["components"]["schemas"]["Group"]["enum"] == list(Group)
    [sort] = [
        one
        for one in WRITTEN["paths"]["/entities/{entity_id}"]["get"]["parameters"]
        if one.get("name") == "sort"
    ]
    assert sort["schema"]["enum"] == list(COLUMNS)
