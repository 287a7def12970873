"""Keys: found, kept, renewed, and given up in time."""

import io
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Semaphore, Thread

import pytest
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

from exporter.credentials import UNATTENDED, attended, here
from exporter.credentials.attendance import MfaRequiredError, Person
from exporter.credentials.look import CredentialsTimeoutError, Looks
from exporter.credentials.providers import LoginUnsupportedError, Processes
from tests.credentials.conftest import printed

ROLE = "arn:aws:iam::999999999999:role/reader"
MFA = "arn:aws:iam::999999999999:mfa/me"
BUSY = (1.5, 15.0, 60.0)  # s: the next where the machine was too busy for what takes a moment


def process(path):
    return f"[default]\ncredential_process = {path}\n"


def long(seconds):
    """So many seconds, as nobody else says them to ``sleep``."""
    return f"{seconds}.{os.getpid()}"


def alive(marker):
    """Whether a process that has this among its arguments still runs."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if marker.encode() in command.read_bytes().split(b"\0"):
                return True
    return False


def gone(marker, seconds=10.0):
    until = time.monotonic() + seconds
    while alive(marker):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_a_program_prints_the_keys(configured, program, chain):
    configured(process(program(printed(3600))))
    assert chain().keys(300.0) == ("ASIAPROGRAM", "secret", "token")


def test_keys_that_last_are_asked_for_once(configured, program, chain, runs):
    configured(process(program(printed(3600))))
    found = chain()
    for _ in range(3):
        found.keys(300.0)
    assert runs() == 1


def test_a_program_whose_keys_end_soon_is_run_once_a_minute(configured, program, chain, runs, steady):
    configured(process(program(printed(700))))
    found = chain()
    found.keys(300.0)
    found.keys(300.0)
    assert runs() == 1
    steady.now += 61.0
    found.keys(300.0)
    assert runs() == 2


def test_without_anything_there_are_no_credentials(chain):
    with pytest.raises(NoCredentialsError):
        chain().keys(0.0)


def test_a_program_that_hangs_is_given_up_and_named(configured, program, chain):
    configured(process(path := program(f"exec sleep {long(86397)}")))
    with pytest.raises(CredentialsTimeoutError, match=rf"within 1 s: \S*{path.name} did not answer"):
        chain(seconds=1.0).keys(0.0)
    assert gone(long(86397))


def test_the_children_of_a_program_that_hangs_end_with_it(configured, program, chain):
    configured(process(program(f"sleep {long(86396)}\ntrue")))
    with pytest.raises(CredentialsTimeoutError):
        chain(seconds=1.0).keys(0.0)
    assert gone(long(86396))


def test_a_program_ends_with_this_one(configured, program, tmp_path):
    configured(process(program(f"sleep {long(86395)}\ntrue")))
    code = (
        "import threading, time\n"
        "from exporter.credentials import Chain, Source\n"
        "threading.Thread(target=Chain(Source()).keys, args=(0.0,), daemon=True).start()\n"
        f"while not __import__('os').path.exists({str(tmp_path / 'runs')!r}): time.sleep(0.05)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert gone(long(86395))


def test_a_program_that_is_just_being_started_is_ended_as_well():
    begun, known, children = Event(), Event(), []

    def slowly(command, **pipes):
        children.append(subprocess.Popen(command, **pipes))
        begun.set()
        known.wait()
        return children[0]

    processes = Processes(present=False, popen=slowly)
    starts = Thread(target=processes.start, args=(["sleep", long(86393)],))
    ends = Thread(target=processes.stop)
    starts.start()
    begun.wait()
    ends.start()
    ends.join(0.1)
    known.set()
    starts.join()
    ends.join()
    assert children[0].wait(30) == -signal.SIGKILL


def test_a_program_whose_start_takes_too_long_is_ended_once_it_runs(monkeypatch):
    monkeypatch.setattr("exporter.credentials.providers._STARTING", 0.05)

    def hanging(command, **pipes):
        processes.stop()
        return subprocess.Popen(command, **pipes)

    processes = Processes(present=False, popen=hanging)
    assert processes.start(["sleep", long(86392)]).wait(30) == -signal.SIGKILL


def test_no_program_is_started_for_a_look_that_was_given_up():
    processes = Processes(present=False)
    processes.stop()
    with pytest.raises(OSError, match="nobody waits for it any more"):
        processes.start(["true"])


def test_a_program_has_no_terminal_to_ask_on(configured, program, chain):
    configured(process(program(f"cat\nif (true < /dev/tty) 2>/dev/null; then exit 9; fi\n{printed(3600)}")))
    assert chain().keys(0.0).access_key == "ASIAPROGRAM"


def test_a_program_of_a_source_profile_is_given_up_as_well(configured, program, chain):
    path = program(f"exec sleep {long(86394)}")
    configured(
        f"[profile base]\ncredential_process = {path}\n"
        f"[profile top]\nrole_arn = {ROLE}\nsource_profile = base\n"
    )
    with pytest.raises(CredentialsTimeoutError, match=r"keys\.sh did not answer"):
        chain(seconds=1.0, profile="top", region="eu-west-1").keys(0.0)
    assert gone(long(86394))


def test_a_program_that_failed_is_run_again_at_once(configured, program, chain):
    configured(process(program("exit 3")))
    found = chain()
    with pytest.raises(CredentialRetrievalError):
        found.keys(0.0)
    program(printed(3600))
    assert found.keys(0.0).access_key == "ASIAPROGRAM"


def test_keys_of_a_program_that_begins_to_fail_are_used_for_some_seconds(configured, program, chain, steady):
    configured(process(program(printed(700))))
    found = chain()
    found.keys(300.0)
    program("exit 3")
    steady.now += 61.0
    assert found.keys(300.0).access_key == "ASIAPROGRAM"


def test_a_program_that_goes_on_failing_is_told_while_its_keys_would_last(configured, program, chain, steady):
    configured(process(program(printed(700))))
    found = chain()
    found.keys(300.0)
    program("exit 3")
    steady.now += 61.0
    found.keys(300.0)
    steady.now += 16.0
    with pytest.raises(CredentialRetrievalError):
        found.keys(300.0)
    program(printed(3600, key="ASIANEW"))
    assert found.keys(300.0).access_key == "ASIANEW"


def test_keys_that_are_over_are_never_given(configured, program, chain, steady):
    for lifetime in BUSY:
        configured(process(program(printed(lifetime))))
        found = chain()
        with suppress(RuntimeError):
            found.keys(0.0)
            break
    time.sleep(lifetime + 0.1)
    with pytest.raises(RuntimeError, match="expired"):
        found.keys(0.0)


def test_who_looks_at_the_same_time_gets_what_one_look_found(configured, program, chain, runs, tmp_path):
    configured(process(program(f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done\n{printed(3600)}")))
    looking = Semaphore(0)

    class Counted(Looks):
        def begin(self, *arguments):
            look = super().begin(*arguments)
            looking.release()
            return look

    looks = Counted(30.0)
    chains = [chain() for _ in range(4)]
    for one in chains:
        one._looks = looks
    threads = [Thread(target=one.keys, args=(0.0,)) for one in chains]
    for thread in threads:
        thread.start()
    for _ in threads:
        looking.acquire(timeout=30)
    (tmp_path / "go").touch()
    for thread in threads:
        thread.join()
    assert runs() == 1
    assert {one.keys(0.0).access_key for one in chains} == {"ASIAPROGRAM"}


def mfa(profile="default"):
    base = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n"
    return base + f"[{profile}]\nrole_arn = {ROLE}\nsource_profile = base\nmfa_serial = {MFA}\n"


def test_nobody_is_asked_for_a_code(configured, chain):
    configured(mfa())
    with pytest.raises(MfaRequiredError, match="mfa_serial"):
        chain(region="eu-west-1").keys(0.0)


def test_somebody_may_take_their_time_with_a_code(configured, chain):
    class Slow(Person):
        def code(self, prompt):
            asked.append(time.sleep(seconds + 1.0))
            raise MfaRequiredError(provider=prompt, error_msg="")

    configured(mfa())
    for seconds in BUSY:
        asked = []
        with pytest.raises(CredentialRetrievalError) as told:
            chain(Slow(), seconds=seconds, region="eu-west-1").keys(0.0)
        if asked:
            break
    assert told.type is MfaRequiredError


def test_a_profile_of_aws_login_is_refused_by_name_where_its_library_is_missing(
    configured, chain, monkeypatch, tmp_path
):
    monkeypatch.setattr("botocore.credentials.EC", None)
    configured(f"[default]\nlogin_session = {MFA}\n")
    with pytest.raises(LoginUnsupportedError, match="aws login"):
        chain(region="eu-west-1").keys(0.0)


def test_a_slow_renewal_keeps_nobody_waiting_while_there_are_keys(configured, program, chain, steady):
    configured(process(program(printed(700))))
    found = chain(seconds=20.0)
    found.keys(300.0)
    program(f"sleep 3\n{printed(3600, key='ASIANEW')}")
    steady.now += 61.0
    assert found.keys(300.0).access_key == "ASIAPROGRAM"
    until = time.monotonic() + 30.0
    while found.keys(300.0).access_key == "ASIAPROGRAM":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert found.keys(300.0).access_key == "ASIANEW"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_somebody_at_a_terminal_is_asked_once_in_a_command(configured, monkeypatch, sts, chain):
    monkeypatch.setattr(sys, "stdin", Terminal("123456\n"))
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    configured(mfa())
    with attended():
        somebody = here()
    for _ in range(3):
        assert chain(somebody, region="eu-west-1", sts_endpoint=sts.url).keys(0.0).access_key == "ASIAROLE"
    assert shown.getvalue() == f"Enter MFA code for {MFA}: "
    assert [asked["TokenCode"] for asked in sts.asked] == ["123456"]


@pytest.mark.parametrize("missing", ["stdin", "stderr"])
def test_without_a_terminal_nobody_is_asked(monkeypatch, missing):
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(sys, name, io.StringIO() if name == missing else Terminal())
    with attended():
        assert not here().present


def test_outside_of_a_command_nobody_is_there():
    with attended():
        pass
    assert here() is UNATTENDED
