"""Programs that begin as forks of one that has read the libraries from disk already.

Reading them takes three quarters of the time of a program that a test starts. From the fork on each is a
process like any other, with arguments, environment, directory, standard files, signals and an end of its own.
What lies before, ``python -m exporter`` up to ``main``, is for the tests that start it anew, as are variables
that a process looks at only as it begins: LD_PRELOAD, TZ.
"""

import contextlib
import functools
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_READ = (
    "exporter.__main__",
    "exporter.cli.report",
    "exporter.cli.serve",
    "exporter.daemon",
    "exporter.reporting",
    "exporter.store.sqlite",
    "exporter.telemetry.logging",
)
_NUMBER = struct.Struct("i")  # a process, or its exit code


class Fork:
    """A program, with what ``subprocess.Popen`` has of one."""

    def __init__(self, told):
        self._told = told
        (self.pid,) = _NUMBER.unpack(told.recv(_NUMBER.size))
        self.returncode = None

    def poll(self):
        return self._ended(0.0)

    def wait(self, timeout=None):
        if self._ended(timeout) is None:
            raise subprocess.TimeoutExpired("exporter", timeout)
        return self.returncode

    def _ended(self, seconds):
        if self.returncode is None:
            self._told.settimeout(seconds)
            with contextlib.suppress(TimeoutError, BlockingIOError):
                (self.returncode,) = _NUMBER.unpack(self._told.recv(_NUMBER.size))
                self._told.close()
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def start(arguments, environment, stdout, stderr):
    """The program with these arguments; the files are open, and stay so here."""
    ours, theirs = socket.socketpair()
    with theirs:
        files = [stdout.fileno(), stderr.fileno(), theirs.fileno()]
        socket.send_fds(_source()[1], [b"."], files)
    wanted = {
        "arguments": list(map(str, arguments)),
        "environment": dict(environment),
        "at": os.fspath(Path.cwd()),
    }
    ours.sendall(json.dumps(wanted).encode() + b"\n")
    return Fork(ours)


def run(arguments, environment):
    """As ``subprocess.run``, with what was written as text."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        code = start(arguments, environment, out, err).wait(60)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def end():
    """Nothing is forked any more."""
    if _source.cache_info().currsize:
        process, requests = _source()
        requests.close()
        process.wait(30)
        _source.cache_clear()


@functools.cache
def _source():
    """Who is forked, and where it is told so; it ends with this process, whatever that ends of."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return process, ours


def _fork(requests):
    """Come back in each program, with what is asked for and its files; with None once no more are."""
    while True:
        asked, files, *_ = socket.recv_fds(requests, 1, 3)
        _reap()
        if not asked:
            return None
        if os.fork() == 0:
            requests.close()
            told = socket.socket(fileno=files.pop())
            wanted = json.loads(told.makefile().readline())
            program = os.fork()
            if not program:
                told.close()
                return wanted, files
            _keep(program, files, told)
        for file in files:
            os.close(file)


def _reap():
    """See to those who kept a program that has ended; their time counts as ours."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(program, files, told):
    """Tell the number of the program, and its exit code at its end."""
    for file in files:
        os.close(file)
    told.send(_NUMBER.pack(program))
    code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    with contextlib.suppress(OSError):  # nobody may be left to tell
        told.send(_NUMBER.pack(code))
    os._exit(0)


def _become(wanted, files):
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
        os.close(file)
    os.chdir(wanted["at"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv = ["org-access-exporter", *wanted["arguments"]]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import_module("exporter.parting").listen(sys.argv)


def _main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _READ:
        import_module(name)
    asked = _fork(socket.socket(fileno=int(sys.argv[1])))
    if not asked:
        return 0
    _become(*asked)
    return import_module("exporter.__main__").main()


if __name__ == "__main__":
    sys.exit(_main())
