import threading
from dataclasses import replace

import pytest

from exporter.errors import ConfigError, Problem, UserError
from exporter.model import JobStatus, JobView, Standing, Subject
from tests.web.conftest import ACCOUNT, DISCOVERY, report_of


def test_the_process_is_healthy_while_it_serves(world, serving):
    world.leaving = True
    with serving(world) as running:
        assert running.get("/-/healthy").status == 200


def test_an_organization_that_is_not_discovered_makes_unready(world, serving):
    with serving(world) as running:
        answer = running.get("/-/ready")
    assert (answer.status, answer.text) == (503, "Not ready: organization 'default': not discovered yet.\n")


def test_an_organization_without_any_report_makes_unready(world, serving):
    world.discovered()
    with serving(world) as running:
        answer = running.get("/-/ready")
    assert answer.status == 503
    assert "no report yet" in answer.text


def test_every_reason_is_told(world, serving):
    world.organizations("one", "two")
    with serving(world) as running:
        assert running.get("/-/ready").text.count("Not ready: ") == 2


@pytest.mark.parametrize(
    "standing",
    [
        Standing(Subject("r-root"), failures=1),
        Standing(Subject("r-root"), job=JobView(JobStatus.IN_PROGRESS)),
    ],
)
def test_a_job_that_tells_why_there_is_no_report_is_enough(world, serving, standing):
    world.discovered()
    world.stood(standing)
    with serving(world) as running:
        assert running.get("/-/ready").status == 200


def test_an_organization_with_nothing_to_ask_is_ready(world, serving):
    world.organizations("default", accounts=False)
    world.discovered(replace(DISCOVERY, entities=(ACCOUNT,)))
    with serving(world) as running:
        assert running.get("/-/ready").status == 200


def test_an_organization_of_which_nothing_is_in_scope_is_not_ready_and_says_which_selectors_fit_nothing(
    world, serving
):
    told = ('include: "prod" matches nothing, did you mean "Prod"?',)
    world.discovered(replace(DISCOVERY, entities=(), unmatched=told))
    with serving(world) as running:
        answer = running.get("/-/ready")
    assert answer.status == 503
    assert answer.text == (
        "Not ready: organization 'default': include, exclude and account_states leave nothing to report on "
        f"({told[0]}).\n"
    )


def test_reports_made_elsewhere_are_something_to_show_where_nothing_is_in_scope(world, serving):
    job_id = "2a3b4c5d-0000-4111-8222-333344445555"
    world.organizations("default", job_ids=(job_id,))
    world.discovered(replace(DISCOVERY, entities=()))
    world.stood(report_of(job_id))
    with serving(world) as running:
        assert running.get("/-/ready").status == 200


def test_reports_make_ready(server):
    assert server.get("/-/ready").status == 200


def test_a_process_that_leaves_is_not_ready(world, server):
    world.leaving = True
    assert server.get("/-/ready").status == 503


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_reload_reloads(world, server, method):
    assert server.get("/-/reload", method=method).status == 200
    assert world.reloads == 1


def test_a_configuration_that_is_refused_is_told_with_every_problem(world, server):
    problems = [Problem("c.yml", line, 1, "organizations[0]", "is wrong") for line in (3, 4)]
    world.trouble = ConfigError(problems)
    answer = server.get("/-/reload", method="POST")
    assert answer.status == 500
    assert answer.text.splitlines()[1:] == list(map(str, problems))


def test_a_bug_in_a_reload_is_not_shown(world, server, caplog):
    world.trouble = RuntimeError("a secret")
    answer = server.get("/-/reload", method="POST")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_reload_is_asked_for_by_post_or_put(world, server, method):
    answer = server.get("/-/reload", method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST,PUT")
    assert world.reloads == 0


def test_health_is_answered_while_a_reload_runs(world, server):
    release = threading.Event()
    begun = threading.Event()

    def reload():
        begun.set()
        release.wait(10)

    world.during_reload = reload
    client = server.raw(
        b"POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    assert begun.wait(10)
    assert server.get("/-/healthy").status == 200
    release.set()
    with client:
        assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_the_configuration_in_force_is_shown_as_yaml(world, server):
    answer = server.get("/config")
    assert answer.text == world.config
    assert answer.headers["Content-Type"].startswith("text/yaml")


def test_the_health_listener_knows_health_alone(world, serving):
    with serving(world.filled(), health_listen_address="127.0.0.1:0") as running:
        base = running.listeners.health_address
        assert [running.get(path, base=base).status for path in ("/-/healthy", "/-/ready")] == [200, 200]
        for path in ("/", "/metrics", "/config", "/probe?target=r-root", "/sd", "/api/v1/entities"):
            assert running.get(path, base=base).status == 404
        assert running.get("/-/reload", base=base, method="POST").status == 404


def test_a_user_error_needs_no_problems(world, server):
    world.trouble = UserError("the file is gone")
    assert "the file is gone" in server.get("/-/reload", method="POST").text
