"""What the dashboards ask of a Prometheus in which things are not as in the demo.

Two exporters, of which one knows names of yesterday; reports on single SCPs; two OUs of one name; names with
everything in them; an organization in which every report fails, and one of which nothing is known yet.
"""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grafana import queries, with_variables
from grafana.hurried import hurried
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.prometheus import prometheus_of, query

ROOT, EU, US, EU_PROD, US_PROD = "r-exam", *(f"ou-exam-0000000{number}" for number in range(1, 5))
ACCOUNT, IDLE = "111122223333", "999900001111"
TREE = [
    (ROOT, "ROOT", "Root", ""),
    (EU, "ORGANIZATIONAL_UNIT", "Europe", ROOT),
    (US, "ORGANIZATIONAL_UNIT", "America", ROOT),
    (EU_PROD, "ORGANIZATIONAL_UNIT", "Prod", EU),
    (US_PROD, "ORGANIZATIONAL_UNIT", "Prod", US),
    (ACCOUNT, "ACCOUNT", r"a \"quoted\" & spaced/name?", EU_PROD),
    (IDLE, "ACCOUNT", "idle", EU_PROD),
]
USES = [
    ROOT,
    EU,
    EU_PROD,
    ACCOUNT,
]  # athena, by the account; glue and s3 are allowed everywhere, and not used
CHOSEN = {
    "organization": ".+",
    "watched": ".+",
    "regions": "nowhere",
    "entity": ACCOUNT,
    "parent": EU_PROD,
    "service": "athena",
    "unused_for": "7776000",
    "__rate_interval": "30s",
    "__range": "600s",
}
STATES = ("fresh", "stale", "failed", "pending")

pytestmark = [pytest.mark.slow, pytest.mark.tool("prometheus")]


def exposition(yesterday):
    """What an exporter serves."""
    suffix = " (old)" if yesterday else ""
    for id_, kind, name, parent in TREE:
        place = (
            f'entity_type="{kind}",entity_name="{name}{suffix}",parent_id="{parent}",entity_path="o/{id_}"'
        )
        yield f'entity_info{{organization="prod",entity_id="{id_}",{place}}} 1'
        yield from report(id_, "")
        yield from report(id_, ',policy_id="p-12345678"')
    yield f'policy_info{{organization="prod",policy_id="p-12345678",policy_name="guard{suffix}"}} 1'
    for namespace in ("athena", "glue", "s3"):
        yield f'service_info{{service_namespace="{namespace}",service_name="Amazon {namespace}{suffix}"}} 1'
    for organization, up, counts in (
        ("prod", 1, "6001"),
        ("sick", 1, "0050"),
        ("new", 1, "0005"),
        ("away", 0, "0600"),
    ):
        yield f'up{{organization="{organization}"}} {up}'
        for state, count in zip(STATES, counts, strict=True):
            yield f'reports{{organization="{organization}",state="{state}"}} {count}'


def report(id_, policy):
    subject = f'organization="prod",entity_id="{id_}"{policy}'
    use = f'{subject},service_namespace="athena",access_region="eu-west-1",accessed_from="{ACCOUNT}"'
    used = id_ in USES
    yield f"services_accessible{{{subject}}} 3"
    yield f"services_not_accessed{{{subject}}} {3 - used}"
    yield f"report_generated_timestamp_seconds{{{subject}}} 1790000000"
    yield f"report_job_created_timestamp_seconds{{{subject}}} 1790000000"
    for namespace in ("athena", "glue", "s3"):
        row = f'{subject},service_namespace="{namespace}"'
        if namespace == "athena" and used:
            yield f"service_authenticated_entities{{{row}}} 1"
            yield f"service_last_authenticated_timestamp_seconds{{{row}}} 1789999000"
            yield f"service_last_access_info{{{use}}} 1"
        elif not id_.isdecimal():
            yield f"service_authenticated_entities{{{row}}} 0"
    if used:
        yield f"service_first_used_timestamp_seconds{{{use}}} 1789999000"
        yield f"service_returned_timestamp_seconds{{{use}}} 1789999000"
        yield f"service_returned_after_seconds{{{use}}} 9000000"
        for kind in ("first_used", "returned"):
            yield f'service_news_told_timestamp_seconds{{{use},kind="{kind}"}} 1789999900'
    if id_ == IDLE:
        yield f'report_job_error_info{{{subject},code="INTERNAL"}} 1'


@contextlib.contextmanager
def served():
    """The address of a server with both exporters: /today and /yesterday."""
    texts = {
        path: "".join(f"aws_org_access_{line}\n" for line in exposition(path == "/yesterday")).encode()
        for path in ("/today", "/yesterday")
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(texts[self.path])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def ask(tmp_path_factory, tool):
    """What a panel shows, of all its queries or of one."""
    folder = tmp_path_factory.mktemp("awkward")
    (folder / "rules.yml").write_text(hurried(60))
    with served() as target:
        jobs = {path: (target, f"/{path}") for path in ("today", "yesterday")}
        with prometheus_of(tool("prometheus"), folder, jobs, folder / "rules.yml") as url:
            recorded = "count(organization_entity:aws_org_access_services_unused:ratio) >= 7"
            wait_for(lambda: query(url, recorded), recorded)

            def asked(title, number=0, **chosen):
                expressions = [expr for _, panel, expr in queries() if panel == title]
                return query(url, with_variables(expressions[number], CHOSEN | chosen))

            yield asked


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_no_query_fails_or_shows_a_thing_twice(ask, dashboard, panel, expression):
    number = [expr for _, title, expr in queries() if title == panel].index(expression)
    for chosen in ({}, {"entity": IDLE}, {"entity": EU, "parent": ROOT}, {"entity": ROOT, "parent": ""}):
        found = [series["metric"] for series in ask(panel, number, **chosen)]
        things = [
            tuple(sorted((name, value) for name, value in labels.items() if not name.endswith("_name")))
            for labels in found
        ]
        assert len(things) == len(set(things)), (dashboard, panel)


def test_units_of_one_name_are_told_apart_and_each_is_there_once(ask):
    shown = sorted(series["metric"]["unit"] for series in ask("Roots and OUs, by what could be closed"))
    assert [name.replace(" (old)", "") for name in shown] == [
        "America / Prod",
        "Europe / Prod",
        "Root",
        "Root / America",
        "Root / Europe",
    ]


def test_a_use_that_is_news_to_many_is_one(ask):
    assert [ask("Uses that are news", number)[0]["value"][1] for number in (0, 1)] == ["1", "1"]
    [first, again] = ask("What is new")
    assert {first["metric"]["kind"], again["metric"]["kind"]} == {"first use", "back after a rest"}
    assert {first["metric"]["account_id"], again["metric"]["account_id"]} == {ACCOUNT}
    assert {series["value"][1] for series in ask("What is new", 1)} == {"3"}  # to the organization


def test_an_organization_is_as_well_as_its_reports(ask):
    shown = {series["metric"]["organization"]: series["value"][1] for series in ask("Organizations")}
    assert shown == {"prod": "1", "sick": "3", "new": "4", "away": "0"}


@pytest.mark.parametrize("entity", [ACCOUNT, IDLE])
def test_of_an_account_without_rows_for_it_what_is_never_used_is_what_is_allowed_around_it(ask, entity):
    never = {"glue": "0", "s3": "0"} | ({"athena": "1"} if entity == IDLE else {})
    shown = {
        series["metric"]["service_namespace"]: series["value"][1]
        for series in ask("Never used", entity=entity)
    }
    assert shown == never


def test_what_a_single_scp_allows_is_shown_with_its_name(ask):
    for title in ("Through single SCPs", "What single SCPs allow here"):
        shown = ask(title)
        assert {series["metric"]["policy_name"].removesuffix(" (old)") for series in shown} == {"guard"}
        assert ACCOUNT in {series["metric"]["entity_id"] for series in shown}


def test_a_report_that_fails_is_told_with_the_code(ask):
    [failing] = ask("Reports that fail")
    assert (failing["metric"]["entity_id"], failing["metric"]["code"]) == (IDLE, "INTERNAL")
