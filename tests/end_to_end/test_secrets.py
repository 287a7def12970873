"""Planted secrets appear nowhere: not in the log at its most talkative, on no page, in no error."""

import pytest

from exporter.simulator import Fault, FaultKind, SimulationOptions, start
from tests.end_to_end.conftest import configuration, organization, wait_for

EXTERNAL_ID = "canary-external-id"
CANARIES = (EXTERNAL_ID, "simulated-secret", "canary-of-another-kind")
PATHS = (
    "/",
    "/metrics",
    "/config",
    "/api/v1/entities",
    "/sd",
    "/-/ready",
    "/probe?target=canary",
    "/nowhere",
)
BAD = f"organizations: [{{external_id: {EXTERNAL_ID}, external_id: canary-of-another-kind, nmae: x}}]\n"


@pytest.fixture
def aws():
    with start(SimulationOptions(accounts=2, ous=1, speed=100)) as simulated:
        yield simulated


@pytest.mark.slow
def test_no_secret_is_told_at_any_level(serving, aws, tmp_path):
    aws.simulation.faults.add(*[Fault(FaultKind.TRUNCATED, "AssumeRole"), Fault(FaultKind.HTML, "ListRoots")])
    account = aws.simulation.organization.management_account.id
    role = {"role_arn": f"arn:aws:iam::{account}:role/reader", "external_id": EXTERNAL_ID}
    program = serving(configuration(organization("org", aws.url, **role)), "--log.level=debug")
    wait_for(lambda: program.logged("discovery.completed"), "a discovery")
    told = [program.get(path)[1] for path in PATHS]
    (tmp_path / "config.yml").write_text(BAD)
    status, refusal = program.get("/-/reload", method="POST")
    program.stop()
    assert status == 500
    everything = "\n".join([*told, refusal, *program.log])
    assert [canary for canary in CANARIES if canary in everything] == []


@pytest.mark.slow
def test_a_scrape_leads_nowhere_but_here(serving, aws):
    program = serving(configuration(organization("org", aws.url)))
    program.wait_for_line(r'^aws_org_access_reports\{.*state="pending"\} 0$')
    before = aws.simulation.calls.counts
    for target in (aws.url, "http://169.254.169.254/", "//evil.example/", "file:///etc/passwd"):
        assert program.get(f"/probe?target={target}")[0] in {400, 404}
    assert aws.simulation.calls.counts == before
