"""What a restart finds again, and what becomes of the state whatever happens: with the program itself."""

import contextlib
import os
import random
import re
import resource
import signal
import time

import pytest

from exporter.simulator import SimulationOptions, start
from exporter.store.sqlite import SqliteStore
from tests.end_to_end.conftest import configuration, organization, running, wait_for

SMALL = SimulationOptions(accounts=4, ous=2, speed=100)
FRESH = r'^aws_org_access_reports\{organization="mine",state="fresh"\} '
NOWHERE = "http://127.0.0.1:9"
KNOWN = "/metrics?collect[]=reports&collect[]=services&collect[]=info"
GENERATE = ("iam", "GenerateOrganizationsAccessReport")


@pytest.fixture
def aws():
    with start(SMALL) as simulated:
        yield simulated


@pytest.fixture
def slow_aws():
    with start(SimulationOptions(accounts=4, ous=2, speed=2)) as simulated:
        yield simulated


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "state.db"


@pytest.fixture
def keeping(serving, path):
    """``keeping(url)``: the program with a state, against the AWS at ``url``."""
    return lambda url, **more: serving(
        configuration(organization("mine", url, **more)), f"--state.url=sqlite:///{path}"
    )


def kept(path):
    with contextlib.closing(SqliteStore(path)) as store:
        return store.recall("mine").standings


@pytest.mark.slow
def test_a_restart_serves_everything_before_aws_answers(keeping, aws):
    first = keeping(aws.url)
    first.wait_for_line(f"{FRESH}{len(aws.simulation.organization.entities)}$")
    known = first.get(KNOWN)[1]
    assert first.stop()[0] == 0
    second = keeping(NOWHERE)
    assert second.get(KNOWN)[1] == known
    assert second.get("/-/ready")[0] == 200


def test_a_restart_generates_nothing_that_is_fresh(keeping, aws):
    everything = len(aws.simulation.organization.entities)
    first = keeping(aws.url, targets="{management_account: {enabled: false}}")
    first.wait_for_line(f"{FRESH}{everything - 1}$")
    first.stop(signal.SIGKILL)
    aws.simulation.calls.clear()
    second = keeping(aws.url)
    second.wait_for_line(f"{FRESH}{everything}$")
    assert aws.simulation.calls.counts[GENERATE] == 1  # for the management account, which is new


@pytest.mark.slow
def test_a_job_that_was_running_is_finished_and_not_started_again(keeping, slow_aws):
    first = keeping(slow_aws.url)
    first.wait_for_line(r'^aws_org_access_report_job_status\{.*status="IN_PROGRESS"\} 1$')
    first.stop(signal.SIGKILL)
    second = keeping(slow_aws.url)
    wait_for(lambda: second.logged("job.resumed"), "the job to be taken up")
    second.wait_for_line(f"{FRESH}1$")
    first_subject = slow_aws.simulation.jobs[0].selection
    assert [job.selection for job in slow_aws.simulation.jobs].count(first_subject) == 1


def refused(tmp_path, path):
    """What the program says, and exits with, where the state cannot be used."""
    with running(
        tmp_path, "serve", "--web.listen-address=127.0.0.1:0", f"--state.url=sqlite:///{path}"
    ) as program:
        code = program.process.wait(30)
    return code, program.log


@pytest.mark.slow
def test_a_second_program_is_refused_the_state_of_a_running_one(keeping, aws, tmp_path, path):
    first = keeping(aws.url)
    code, log = refused(tmp_path, path)
    assert (code, len(log)) == (1, 1)
    assert re.fullmatch(
        r"error: the state .*state\.db cannot be used: another process is using it; .*", log[0]
    )
    first.wait_for_line(f"{FRESH}{len(aws.simulation.organization.entities)}$")


@pytest.mark.parametrize("content", [b"no state", b"SQLite format 3\0" + bytes(8000)])
def test_a_foreign_file_is_refused_and_left_as_it_is(tmp_path, path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    code, log = refused(tmp_path, path)
    assert (code, len(log), "not a state of this program" in log[0]) == (1, 1, True)
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [("state.db", content)]


def limit_files(program, size):
    """The kernel lets no file of the program grow beyond so many bytes."""
    _, hard = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (size, hard))
    return hard


@pytest.mark.slow
def test_without_room_it_serves_on_and_says_so_and_keeps_all_once_there_is_room(keeping, slow_aws, path):
    available = r'^aws_org_access_exporter_state_available\{organization="mine"\} '
    program = keeping(slow_aws.url)
    program.wait_for_line(f"{FRESH}[1-9]")
    unlimited = limit_files(program, 0)
    program.wait_for_line(f"{available}0$")
    served = int(
        program.wait_for_line(r'^aws_org_access_reports\{organization="mine",state="fresh"\} (\d+)$')[1]
    )
    program.wait_for_line(f"{FRESH}{served + 1}$")
    assert len(program.logged("event=state.unavailable")) == 1
    limit_files(program, unlimited)
    program.wait_for_line(f"{available}1$")
    assert len(program.logged("event=state.available")) == 1
    program.stop(signal.SIGKILL)
    assert len(kept(path)) > served


# Reports are renewed all the time, so that every instant is one of a sweep.
RESTLESS = (
    "{root: {refresh: 1s}, ous: {refresh: 1s}, management_account: {refresh: 1s}, accounts: {refresh: 1s}}"
)


KILLS = int(os.environ.get("KILLS", "25"))


@pytest.mark.slow
def test_kill_9_at_any_instant_of_a_sweep_loses_and_changes_no_report(keeping, path):
    chance = random.Random(7)
    known = {}
    with start(SimulationOptions(accounts=4, ous=2, speed=500)) as aws:
        entities = {key: entity.path for key, entity in aws.simulation.organization.entities.items()}
        for _ in range(KILLS):
            program = keeping(aws.url, targets=RESTLESS)
            time.sleep(chance.uniform(0.0, 2.0))
            program.stop(signal.SIGKILL)
            found = kept(path)
            for subject, standing in known.items():
                assert found[subject].report.created >= standing.report.created
            for subject, standing in found.items():
                truth = aws.simulation.truth(entities[subject.entity_id], at=standing.report.created)
                assert standing.report.services == truth.rows
            known = {subject: standing for subject, standing in found.items() if standing.report}
    assert len(known) == len(entities)
