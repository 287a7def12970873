"""Starting, losing AWS, reloading, stopping: as a user sees it."""

import signal

import pytest

from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import configuration, organization, running, wait_for

SMALL = SimulationOptions(accounts=3, ous=1, speed=100)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def aws():
    with start(SMALL) as simulated:
        yield simulated


@pytest.fixture
def slow_aws():
    with start(SimulationOptions(accounts=3, ous=1, speed=0.5)) as simulated:
        yield simulated


def fresh(name):
    return rf'^aws_org_access_reports\{{organization="{name}",state="fresh"\}} [1-9]'


def test_an_unreachable_organization_does_not_harm_another(serving, aws):
    program = serving(configuration(organization("good", aws.url), organization("bad", NOWHERE)))
    program.wait_for_line(r'^aws_org_access_reports\{organization="good",state="pending"\} 0$')
    program.wait_for_line(fresh("good"))
    ups = [line for line in program.metrics().splitlines() if line.startswith("aws_org_access_up{")]
    assert ups == ['aws_org_access_up{organization="good"} 1', 'aws_org_access_up{organization="bad"} 0']


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_mid_job_ends_the_program_well(serving, slow_aws, number):
    program = serving(configuration(organization("slow", slow_aws.url)), anew=True)
    program.wait_for_line(r'^aws_org_access_report_job_status\{.*status="IN_PROGRESS"\} 1$')
    code, seconds = program.stop(number)
    assert (code, seconds < 10) == (0, True)


@pytest.mark.slow
def test_with_its_output_closed_it_serves_and_ends_well(aws, tmp_path):
    (tmp_path / "config.yml").write_text(configuration(organization("one", aws.url)))
    flags = ["--web.listen-address=127.0.0.1:0", f"--config.file={tmp_path / 'config.yml'}"]
    closed = ("sh", "-c", 'exec "$@" >&-', "sh")
    with running(tmp_path, "serve", *flags, before=closed) as program:
        program.wait_until_listening().wait_for_line(fresh("one"))
        assert program.stop()[0] == 0
    assert not program.logged("Traceback|level=error")


def test_without_credentials_it_runs_and_says_so_once(serving, aws):
    program = serving(configuration(organization("mine", aws.url)), credentials=False)
    program.wait_for_line(r'^aws_org_access_up\{organization="mine"\} 0$')
    wait_for(lambda: program.logged("no AWS credentials"), "a word about credentials")
    assert (len(program.logged("level=error")), program.process.poll()) == (1, None)


def test_it_is_ready_once_there_is_something_to_show(serving, aws):
    program = serving(configuration(organization("mine", aws.url)))
    assert wait_for(lambda: program.get("/-/ready")[0] == 200, "readiness")


@pytest.mark.slow
def test_a_reload_takes_up_a_new_organization(serving, aws, tmp_path):
    program = serving(configuration(organization("one", aws.url)))
    program.wait_for_line(fresh("one"))
    both = configuration(organization("one", aws.url), organization("two", aws.url))
    (tmp_path / "config.yml").write_text(both)
    program.process.send_signal(signal.SIGHUP)
    program.wait_for_line(fresh("two"))


def test_a_reload_of_a_bad_file_changes_nothing(serving, aws, tmp_path):
    program = serving(configuration(organization("one", aws.url)))
    program.wait_for_line(fresh("one"))
    (tmp_path / "config.yml").write_text("organizations: [{nmae: one}]\n")
    status, told = program.get("/-/reload", method="POST")
    assert (status, "config.yml:1" in told) == (500, True)
    program.wait_for_line(r"^aws_org_access_exporter_config_last_reload_successful 0$")
    program.wait_for_line(fresh("one"))
