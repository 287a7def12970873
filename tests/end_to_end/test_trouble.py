"""What goes wrong at AWS is counted, repeated, and harms nothing else."""

import boto3
import pytest

from exporter.simulator import Fault, FaultKind, SimulationOptions, start
from tests.end_to_end.conftest import configuration, organization, wait_for

OPTIONS = SimulationOptions(accounts=4, ous=1, speed=100)


@pytest.fixture
def aws():
    with start(OPTIONS) as simulated:
        yield simulated


@pytest.fixture
def program(serving, aws):
    """Starts an exporter over ``aws``, with these keys in its configuration's section ``collection``."""
    return lambda collection="{}": serving(
        f"{configuration(organization('org', aws.url))}collection: {collection}\n"
    )


def total(text, family):
    lines = [line for line in text.splitlines() if line.startswith(family)]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def test_a_failed_job_shows_its_code_and_the_others_go_on(program, aws):
    aws.simulation.faults.add(Fault(FaultKind.FAILED, code="DENIED", message="told so"))
    running = program()
    running.wait_for_line(r'^aws_org_access_report_job_error_info\{.*entity_id="r-.*code="DENIED"\} 1$')
    running.wait_for_line(r'^aws_org_access_reports\{.*state="pending"\} 0$')
    text = running.metrics()
    assert 'aws_org_access_reports{organization="org",state="failed"} 1' in text
    assert wait_for(lambda: running.logged("report.failed.*told so"), "a word about it")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.HTML, "GetOrganizationsAccessReport", times=2, status=200),
        Fault(FaultKind.HTML, "GenerateOrganizationsAccessReport", times=2, status=502),
        Fault(FaultKind.MALFORMED, "GetOrganizationsAccessReport", times=2),
        Fault(FaultKind.TRUNCATED, "GetOrganizationsAccessReport", times=2),
        Fault(FaultKind.RESET, "GetOrganizationsAccessReport", times=2, after=20),
        Fault(FaultKind.RESET, "GenerateOrganizationsAccessReport", times=2),
        Fault(FaultKind.THROTTLE, "GetOrganizationsAccessReport", times=2),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.operation}",
)
def test_what_is_lost_on_the_way_is_counted_and_repeated(program, aws, fault):
    aws.simulation.faults.add(fault)
    running = program()
    running.wait_for_line(r'^aws_org_access_reports\{.*state="pending"\} 0$')
    running.wait_for_line(r'^aws_org_access_reports\{.*state="fresh"\} [1-9]')
    text = running.metrics()
    assert 'state="failed"} 0' in text
    assert total(text, 'aws_org_access_api_request_failures_total{organization="org",api="iam"') == 2


def test_a_discovery_that_fails_is_repeated_soon(program, aws):
    aws.simulation.faults.add(Fault(FaultKind.MALFORMED, "ListRoots"))
    running = program()
    running.wait_for_line(r'^aws_org_access_reports\{.*state="fresh"\} [1-9]')
    assert (len(running.logged("organization.down")), len(running.logged("organization.up"))) == (1, 1)


def test_somebody_elses_job_is_waited_for(program, aws):
    other = boto3.client(
        "iam",
        endpoint_url=aws.url,
        region_name="us-east-1",
        aws_access_key_id="AKIDOTHER",
        aws_secret_access_key="x",
    )
    aws.simulation.faults.add(Fault(FaultKind.STUCK, holds_slot=True))
    other.generate_organizations_access_report(EntityPath=aws.simulation.organization.root.path)
    running = program()
    running.wait_for_line(r'^aws_org_access_slot_conflicts_total\{organization="org"\} [1-9]')
    text = running.metrics()
    assert 'aws_org_access_jobs_failed_total{organization="org"} 0' in text
    assert 'aws_org_access_up{organization="org"} 1' in text


@pytest.mark.slow
def test_a_job_that_never_ends_meets_its_deadline_and_the_next_goes_on(program, aws):
    aws.simulation.faults.add(Fault(FaultKind.STUCK))
    running = program("{job_timeout: 15s}")
    running.wait_for_line(r'^aws_org_access_jobs_failed_total\{organization="org"\} 1$')
    running.wait_for_line(r'^aws_org_access_reports\{.*state="fresh"\} [1-9]')
    assert running.logged("code=JobDeadlineExceeded")
