import math

import pytest

from exporter.simulator.faults import Fault, FaultKind
from exporter.simulator.jobs import Desk, Selection
from exporter.simulator.messages import Refusal
from exporter.simulator.reports import UNKNOWN_ENTITY

_ALL = frozenset(f"s{n}" for n in range(400))
_FEW = frozenset(f"s{n}" for n in range(3))
_ME, _OTHER = ("key", ""), ("other", "")
_SERVICES = {"all": _ALL, "few": _FEW, "none": UNKNOWN_ENTITY}


class Bench:
    """A desk with a clock at hand."""

    def __init__(self, speed=1.0, seed=7):
        self.now = 1_790_000_000.0
        self.desk = Desk(
            lambda path, _: _SERVICES.get(path, _ALL),
            total=400,
            seed=seed,
            speed=speed,
            clock=lambda: self.now,
        )

    def ask(self, path="all", owner=_ME, fault=None):
        return self.desk.generate(owner, Selection(path), lambda: fault)

    def seconds(self, path):
        job = self.ask(path)
        self.now = max(job.ends, job.created + 61)
        return job.ends - job.created


def _times(path, jobs=60):
    # Many seeds, so that many entities' times are seen.
    return [Bench(seed=seed).seconds(path) for seed in range(jobs)]


def _refused(ask):
    with pytest.raises(Refusal) as refusal:
        ask()
    return refusal.value.status, refusal.value.code, refusal.value.message


@pytest.mark.parametrize(
    ("path", "shortest", "longest"), [("all", 5.9, 11.7), ("few", 1.3, 2.6), ("none", 1.2, 1.4)]
)
def test_jobs_take_as_long_as_recorded(path, shortest, longest):
    times = _times(path)
    assert shortest <= min(times)
    assert max(times) <= longest + 0.002
    assert max(times) - min(times) > (longest - shortest) / 2


def test_the_same_entity_takes_much_the_same_time_but_never_quite():
    bench = Bench()
    times = [bench.seconds("all") for _ in range(10)]
    assert len(set(times)) > 5
    assert max(times) / min(times) < 1.07


def test_speed_divides_the_time():
    assert math.isclose(Bench(speed=10).seconds("all"), Bench().seconds("all") / 10, abs_tol=0.003)


def test_a_second_job_finds_the_slot_taken():
    bench = Bench()
    bench.ask("all")
    assert _refused(lambda: bench.ask("other")) == (
        409,
        "ReportGenerationLimitExceeded",
        "Maximum number of concurrent jobs exceeded",
    )


def test_the_slot_is_free_as_soon_as_the_job_is_done():
    bench = Bench()
    bench.now = bench.ask("all").ends
    assert bench.ask("other").selection == Selection("other")


def test_the_same_selection_brings_the_same_job_even_while_it_runs():
    bench = Bench()
    first = bench.ask()
    bench.now += 1
    assert bench.ask() == first


@pytest.mark.parametrize("path", ["all", "none"])
def test_a_result_is_given_again_for_sixty_seconds(path):
    bench = Bench()
    first = bench.ask(path)
    bench.now = first.created + 59.9
    assert bench.ask(path).id == first.id
    bench.now = first.created + 60
    assert bench.ask(path).id != first.id


def test_speed_shortens_the_time_a_result_is_given_again():
    bench = Bench(speed=60)
    first = bench.ask()
    bench.now = first.created + 1.01
    assert bench.ask().id != first.id


def test_another_caller_gets_a_new_id_for_the_old_result():
    bench = Bench()
    mine = bench.ask()
    bench.now = mine.ends
    theirs = bench.ask(owner=_OTHER)
    assert theirs.id != mine.id
    assert (theirs.created, theirs.ends) == (mine.created, mine.ends)


def test_another_caller_finds_the_slot_taken_while_the_same_selection_runs():
    bench = Bench()
    bench.ask()
    assert _refused(lambda: bench.ask(owner=_OTHER))[0] == 409


def test_only_its_owner_can_find_a_job():
    bench = Bench()
    job = bench.ask()
    assert bench.desk.find(_ME, job.id) == job
    for owner in (_OTHER, ("key", "session")):
        assert _refused(lambda owner=owner: bench.desk.find(owner, job.id))[:2] == (404, "NoSuchEntity")


def test_an_unknown_job_is_no_such_entity():
    assert _refused(lambda: Bench().desk.find(_ME, "x" * 36))[:2] == (404, "NoSuchEntity")


def test_the_oldest_jobs_are_forgotten(monkeypatch):
    monkeypatch.setattr("exporter.simulator.jobs._KEPT", 2)
    bench = Bench()
    jobs = []
    for path in ("all", "few", "other"):
        jobs.append(bench.ask(path))
        bench.now += 12
    assert list(bench.desk.jobs) == jobs[1:]


def test_a_job_id_has_36_characters():
    assert len(Bench().ask().id) == 36


def test_a_stuck_job_never_ends_and_lets_the_next_one_start():
    bench = Bench()
    stuck = bench.ask(fault=Fault(FaultKind.STUCK))
    bench.now += 86400
    assert not stuck.done(bench.now)
    assert bench.ask("other").done(bench.now + 12)


def test_a_stuck_job_keeps_the_slot_if_told_to():
    bench = Bench()
    bench.ask(fault=Fault(FaultKind.STUCK, holds_slot=True))
    bench.now += 86400
    assert _refused(lambda: bench.ask("other"))[0] == 409


def test_a_failure_on_request_has_the_code_that_was_asked_for():
    job = Bench().ask(fault=Fault(FaultKind.FAILED, code="SOMETHING", message="went wrong"))
    assert job.failure
    assert (job.failure.code, job.failure.message) == ("SOMETHING", "went wrong")
    assert 1.2 <= job.ends - job.created <= 1.402


def test_no_fault_is_used_up_by_a_job_that_does_not_start():
    bench = Bench()
    bench.ask()
    asked = []
    bench.desk.generate(_ME, Selection("all"), lambda: asked.append(1))
    with pytest.raises(Refusal):
        bench.desk.generate(_ME, Selection("other"), lambda: asked.append(1))
    assert not asked
