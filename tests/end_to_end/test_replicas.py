"""Several programs, one table, one AWS: as a user runs them."""

import contextlib
import itertools
import json
import os
import re
import signal
import time

import pytest

from exporter.simulator import SimulationOptions, start
from tests.end_to_end.conftest import configuration, exporter, organization, running, wait_for
from tests.end_to_end.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.tool("dynamodb-local")]

TERM = 3.0  # s; long enough for a machine that does other things beside
SPOKEN = f"{TERM:g}s"
HELD = re.compile(r'^aws_org_access_exporter_lease_held\{organization="org"\} 1$', re.MULTILINE)
_tables = itertools.count()


def targets(refresh):
    each = ", ".join(
        f"{name}: {{refresh: {refresh}}}" for name in ("root", "ous", "accounts", "management_account")
    )
    return f"{{{each}}}"


class Replicas:
    """Programs with credentials of their own, by which the simulated AWS tells them apart."""

    def __init__(self, folder, aws, engine, stack):
        self._folder = folder
        self._aws = aws
        self._engine = engine
        self._stack = stack
        self._table = f"replicas-{os.getpid()}-{next(_tables)}"
        self.programs = {}

    def start(self, key, refresh="1s", endpoint=None):
        folder = self._folder / key
        folder.mkdir()
        state = f"dynamodb://{self._table}?region=eu-west-1&endpoint={endpoint or self._engine}"
        text = configuration(organization("org", self._aws.url, targets=targets(refresh)))
        flags = (
            f"--state.url={state}",
            "--state.create",
            f"--ha.lease-duration={SPOKEN}",
            "--state.poll-interval=300ms",
        )
        program = self._stack.enter_context(exporter(folder, text, *flags, key=key))
        self.programs[key] = program
        return program

    def leader(self):
        """The key of the one that holds the lease, once one does."""
        return wait_for(lambda: next(iter(self.holders()), None), "a leader")

    def holders(self):
        running = {key: program for key, program in self.programs.items() if program.process.poll() is None}
        return [key for key, program in running.items() if HELD.search(program.metrics())]

    def calls(self, since=0.0):
        return [call for call in self._aws.simulation.calls.latest if call.at > since]

    def callers(self, since=0.0):
        """Who called AWS one after the other: each time that it was another than before."""
        return [key for key, _ in itertools.groupby(call.access_key for call in self.calls(since))]

    def conflicts(self):
        return [call for call in self.calls() if call.status == 409]


@pytest.fixture
def aws():
    with start(SimulationOptions(accounts=6, ous=2, speed=200)) as simulated:
        yield simulated


@pytest.fixture
def replicas(tmp_path, aws, dynamodb_local):
    with contextlib.ExitStack() as stack:
        yield Replicas(tmp_path, aws, dynamodb_local, stack)


def reports(program):
    """What is served of reports, entities and services, ages left out: they grow."""
    path = "/metrics?collect[]=reports&collect[]=services&collect[]=info"
    return program.get(path)[1]


def collection(program):
    """What is served of the collection as a whole, without this process' own counters."""
    names = "up|reports|entities|sweep_estimated_seconds|discovery_\\w+|refresh_interval_seconds"
    lines = program.get("/metrics?collect[]=collection")[1].splitlines()
    return [line for line in lines if re.match(rf"aws_org_access_({names})\{{", line)]


def test_exactly_one_of_three_asks_aws_and_all_serve_the_same(replicas):
    for key in ("ONE", "TWO", "THREE"):
        replicas.start(key, refresh="1h")
    programs = list(replicas.programs.values())
    for program in programs:
        program.wait_for_line(r'^aws_org_access_reports\{organization="org",state="fresh"\} 10$')
    same = lambda what: len({str(what(program)) for program in programs}) == 1  # noqa: E731
    assert wait_for(lambda: same(reports), "the same reports on all", 4 * TERM)
    assert wait_for(lambda: same(collection), "the same about the collection on all", 4 * TERM)
    assert replicas.callers() == replicas.holders()
    assert replicas.conflicts() == []


def news(program):
    """All that is told, as JSON and on /metrics."""
    records = json.loads(program.get("/api/v1/news")[1])["data"]["news"]
    return records, program.get("/metrics?collect[]=news")[1]


def test_all_tell_the_same_news_before_and_after_a_takeover(replicas):
    for key in ("ONE", "TWO", "THREE"):
        replicas.start(key)

    def alike():
        told = [news(program) for program in replicas.programs.values() if program.process.poll() is None]
        used = "aws_org_access_service_first_used_timestamp_seconds{" in told[0][1]
        return told[0] if used and all(each == told[0] for each in told) else None

    before, _ = wait_for(alike, "the same news on all")
    first = replicas.leader()
    replicas.programs[first].stop(signal.SIGKILL)
    wait_for(lambda: [key for key in replicas.holders() if key != first], "another leader")
    after, _ = wait_for(alike, "the same news on those that are left")
    assert all(record in after for record in before)
    assert len({json.dumps(record) for record in after}) == len(after)
    wait_for(lambda: (told := alike()) and len(told[0]) > len(after), "more news from the other")


def test_while_one_collects_without_a_pause_no_other_calls_aws(replicas):
    one, two = (replicas.start(key) for key in ("ONE", "TWO"))
    wait_for(lambda: len(replicas.calls()) > 200, "two hundred calls")
    assert replicas.callers() == replicas.holders()
    assert replicas.conflicts() == []
    assert [program.get("/-/ready")[0] for program in (one, two)] == [200, 200]


def test_after_a_kill_another_takes_over_within_two_terms(replicas):
    for key in ("ONE", "TWO", "THREE"):
        replicas.start(key)
    first = replicas.leader()
    wait_for(lambda: len(replicas.calls()) > 50, "fifty calls")
    killed = time.time()
    replicas.programs[first].process.kill()
    wait_for(lambda: replicas.callers(killed + 0.2), "a call by another", 2 * TERM)
    assert time.time() - killed <= 2 * TERM
    (second,) = set(replicas.callers(killed + 0.2))
    time.sleep(TERM)
    assert replicas.callers() == [first, second]
    assert replicas.conflicts() == []


def test_after_a_sigterm_another_takes_over_before_a_term_is_over(replicas):
    for key in ("ONE", "TWO"):
        replicas.start(key)
    first = replicas.leader()
    code, _ = replicas.programs[first].stop()
    ended = time.time()
    wait_for(lambda: replicas.callers(ended), "a call by the other", TERM)
    assert (code, len(replicas.callers())) == (0, 2)


def test_a_leader_that_was_stopped_for_three_terms_asks_and_writes_nothing_when_it_wakes(
    replicas, dynamodb_local
):
    with Wire(dynamodb_local) as wire:
        one = replicas.start("ONE", endpoint=wire.url)
        replicas.leader()
        replicas.start("TWO")
        wait_for(lambda: len(replicas.calls()) > 50, "fifty calls")
        one.process.send_signal(signal.SIGSTOP)
        time.sleep(3 * TERM)
        woken, at = time.monotonic(), time.time()
        one.process.send_signal(signal.SIGCONT)
        wait_for(lambda: one.logged("lease.lost"), "a word about the lost lease")
        time.sleep(TERM)
        assert 200 not in wire.writes_since(woken)
        assert set(replicas.callers(at)) == {"TWO"}
        assert (replicas.callers(), replicas.holders()) == (["ONE", "TWO"], ["TWO"])
        assert replicas.conflicts() == []
        assert wait_for(lambda: HELD.search(one.metrics()) is None, "a follower")


def test_a_write_that_was_three_terms_on_its_way_changes_nothing(replicas, dynamodb_local):
    with Wire(dynamodb_local) as wire:
        replicas.start("ONE", endpoint=wire.url)
        replicas.leader()
        replicas.start("TWO")
        wait_for(lambda: len(replicas.calls()) > 50, "fifty calls")
        # Alone at first: a replica sends one write at a time, and a renewal would keep the others at home.
        wire.hold("TransactWriteItems")
        wait_for(lambda: wire.held, "a write on its way")
        wire.hold("TransactWriteItems", "UpdateItem")
        began = time.time()
        wait_for(lambda: "TWO" in replicas.callers(began), "the other to take over", 3 * TERM)
        time.sleep(TERM)
        let_go = time.monotonic()
        wire.let_go()
        wait_for(lambda: wire.writes_since(let_go), "the answer to a late write")
        time.sleep(TERM)
        assert set(wire.writes_since(let_go)) == {400}
        assert replicas.callers() == ["ONE", "TWO"]


def test_without_its_table_a_replica_serves_on_asks_nothing_after_its_term_and_recovers(
    replicas, dynamodb_local
):
    with Wire(dynamodb_local) as wire:
        one = replicas.start("ONE", endpoint=wire.url)
        one.wait_for_line(r'^aws_org_access_reports\{organization="org",state="fresh"\} [1-9]')
        wire.down = True
        wait_for(lambda: one.logged("state.unavailable.*InternalServerError"), "a word about the state")
        wait_for(lambda: not replicas.holders(), "the end of its tenure", 2 * TERM)
        quiet = time.time()
        time.sleep(TERM)
        assert replicas.calls(quiet) == []
        assert one.get("/-/ready")[0] == 200
        assert "aws_org_access_services_accessible{" in reports(one)
        wire.down = False
        wait_for(lambda: replicas.calls(quiet), "a call to AWS")
        wait_for(lambda: one.logged("state.available"), "a word about the recovery")


def test_a_table_that_is_missing_ends_the_program_with_one_line(tmp_path, dynamodb_local):
    state = f"--state.url=dynamodb://nothing?region=eu-west-1&endpoint={dynamodb_local}"
    with running(tmp_path, "serve", "--web.listen-address=127.0.0.1:0", state) as program:
        assert program.process.wait(30) == 1
    (line,) = program.log
    assert line == "error: there is no table 'nothing' in eu-west-1: create it, or give --state.create"
