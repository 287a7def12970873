"""What goes wrong at AWS is counted, repeated, and harms nothing else."""

import re
from contextlib import ExitStack

import boto3
import pytest

from exporter.simulator import Fault, FaultKind, SimulationOptions, start
from tests.end_to_end.conftest import configuration, exporter, organization, wait_for

OPTIONS = SimulationOptions(accounts=1, ous=0, speed=100)
LOST = {
    f"{fault.kind}-{fault.operation}": fault
    for fault in (
        Fault(FaultKind.HTML, "GetOrganizationsAccessReport", times=2, status=200),
        Fault(FaultKind.HTML, "GenerateOrganizationsAccessReport", times=2, status=502),
        Fault(FaultKind.MALFORMED, "GetOrganizationsAccessReport", times=2),
        Fault(FaultKind.TRUNCATED, "GetOrganizationsAccessReport", times=2),
        Fault(FaultKind.RESET, "GetOrganizationsAccessReport", times=2, after=20),
        Fault(FaultKind.RESET, "GenerateOrganizationsAccessReport", times=2),
        Fault(FaultKind.THROTTLE, "GetOrganizationsAccessReport", times=2),
    )
}
TROUBLES = LOST | {
    "failing": Fault(FaultKind.FAILED, code="DENIED", message="told so"),
    "unfound": Fault(FaultKind.MALFORMED, "ListRoots"),
    "busy": Fault(FaultKind.STUCK, holds_slot=True),
}


def ask_as_another(aws):
    """Somebody else has a report generated."""
    other = boto3.client(
        "iam",
        endpoint_url=aws.url,
        region_name="us-east-1",
        aws_access_key_id="AKIDOTHER",
        aws_secret_access_key="x",
    )
    other.generate_organizations_access_report(EntityPath=aws.simulation.organization.root.path)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """One exporter over organizations of which each has an AWS, and a trouble, of its own."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(start(OPTIONS)) for name in TROUBLES}
        for name, fault in TROUBLES.items():
            found[name].simulation.faults.add(fault)
        ask_as_another(found["busy"])
        text = configuration(*(organization(name, aws.url) for name, aws in found.items()))
        yield stack.enter_context(exporter(tmp_path_factory.mktemp("trouble"), text))


def total(text, family):
    lines = [line for line in text.splitlines() if line.startswith(family)]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def reports(name, state, number):
    return rf'^aws_org_access_reports\{{organization="{name}",state="{state}"\}} {number}$'


def test_a_failed_job_shows_its_code_and_the_others_go_on(program):
    failed = (
        r'^aws_org_access_report_job_error_info\{organization="failing",.*entity_id="r-.*code="DENIED"\} 1$'
    )
    program.wait_for_line(failed)
    program.wait_for_line(reports("failing", "pending", 0))
    assert re.search(reports("failing", "failed", 1), program.metrics(), re.MULTILINE)
    assert wait_for(lambda: program.logged("report.failed.*told so"), "a word about it")


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_on_the_way_is_counted_and_repeated(program, name):
    program.wait_for_line(reports(name, "pending", 0))
    program.wait_for_line(reports(name, "fresh", "[1-9]"))
    text = program.metrics()
    assert re.search(reports(name, "failed", 0), text, re.MULTILINE)
    assert total(text, f'aws_org_access_api_request_failures_total{{organization="{name}",api="iam"') == 2


def test_a_discovery_that_fails_is_repeated_soon(program):
    program.wait_for_line(reports("unfound", "fresh", "[1-9]"))
    told = [len(program.logged(rf"organization\.{word} .*organization=unfound")) for word in ("down", "up")]
    assert told == [1, 1]


def test_somebody_elses_job_is_waited_for(program):
    program.wait_for_line(r'^aws_org_access_slot_conflicts_total\{organization="busy"\} [1-9]')
    text = program.metrics()
    assert 'aws_org_access_jobs_failed_total{organization="busy"} 0' in text
    assert 'aws_org_access_up{organization="busy"} 1' in text


@pytest.mark.slow
def test_a_job_that_never_ends_meets_its_deadline_and_the_next_goes_on(serving):
    with start(OPTIONS) as aws:
        aws.simulation.faults.add(Fault(FaultKind.STUCK))
        running = serving(f"{configuration(organization('org', aws.url))}collection: {{job_timeout: 15s}}\n")
        running.wait_for_line(r'^aws_org_access_jobs_failed_total\{organization="org"\} 1$')
        running.wait_for_line(r'^aws_org_access_reports\{organization="org",state="fresh"\} [1-9]')
        assert running.logged("code=JobDeadlineExceeded")
