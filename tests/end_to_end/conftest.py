"""The program itself, started as a user starts it, against an AWS on loopback."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import forks

PATIENCE = 180.0  # s; only a failure waits so long, or a machine that does ten things at once


def wait_for(condition, what, seconds=PATIENCE):
    """What ``condition`` gives once it is true; the longer that takes, the less often it is asked."""
    deadline = time.monotonic() + seconds
    pause = 0.05
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause)
        pause = min(1.2 * pause, 0.3)
    raise AssertionError(f"waited {seconds} s for {what}")


def get(url, headers=None, method="GET"):
    """Status and body."""
    request = urllib.request.Request(url, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@dataclass
class Program:
    """A running exporter: its ``log`` grows."""

    process: subprocess.Popen | forks.Fork
    log: list[str] = field(default_factory=list)

    @property
    def url(self):
        found = re.search(r"event=exporter.started .*listen=(\S+)", "\n".join(self.log))
        return found and found[1]

    def wait_until_listening(self):
        wait_for(lambda: self.url or self.process.poll() is not None, "the program to listen")
        assert self.url, "\n".join(self.log)
        return self

    def get(self, path, **options):
        return get(self.url + path, **options)

    def metrics(self):
        return self.get("/metrics")[1]

    def wait_for_line(self, pattern, seconds=PATIENCE):
        """Until a line of /metrics matches."""
        return wait_for(
            lambda: re.search(pattern, self.metrics(), re.MULTILINE), f"{pattern!r} on /metrics", seconds
        )

    def logged(self, pattern):
        return [line for line in self.log if re.search(pattern, line)]

    def stop(self, number=signal.SIGTERM, seconds=15.0):
        """The exit code, and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(seconds), time.monotonic() - start


def _read(program, stderr):
    for line in stderr:
        program.log.append(line.rstrip("\n"))


def environment(folder, credentials=True, key="AKIDSIMULATED"):
    """Nothing of the machine's own AWS configuration."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own |= {
        "ORG_ACCESS_EXPORTER_STATE_URL": "memory:",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
    }
    if credentials:
        own |= {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "simulated-secret"}
    return own


@contextlib.contextmanager
def running(folder, *arguments, before=(), surroundings=None, anew=False, **credentials):
    """The program with these arguments, ended with the context.

    ``surroundings`` go into its environment; what is None there is taken out of it. It is a fork of one that
    was read from disk before, unless it is to begin ``anew`` or has words ``before`` it.
    """
    surrounding = environment(folder, **credentials) | (surroundings or {})
    kept = {name: value for name, value in surrounding.items() if value is not None}
    command = [*before, sys.executable, "-m", "exporter"] if before or anew else []
    with _started(command, arguments, kept) as (process, stderr):
        program = Program(process)
        reader = threading.Thread(target=_read, args=(program, stderr))
        reader.start()
        try:
            yield program
        finally:
            process.terminate()
            _wait(process)
            reader.join()


@contextlib.contextmanager
def _started(command, arguments, surrounding):
    """The process, and what can be read of its stderr; it is forked where no command is given."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as ours:
        with os.fdopen(writing, "w") as stderr, Path(os.devnull).open("w") as stdout:
            if command:
                words = [*command, *arguments]
                process = subprocess.Popen(words, env=surrounding, stdout=stdout, stderr=stderr)
            else:
                process = forks.start(arguments, surrounding, stdout, stderr)
        yield process, ours


def _wait(process):
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


@contextlib.contextmanager
def exporter(folder, text, *flags, **credentials):
    """``serve`` with this configuration, listening on a free port."""
    path = folder / "config.yml"
    path.write_text(text)
    arguments = ["serve", "--web.listen-address=127.0.0.1:0", f"--config.file={path}", *flags]
    with running(folder, *arguments, **credentials) as program:
        yield program.wait_until_listening()


@pytest.fixture
def serving(tmp_path):
    """``serving(configuration, *flags)``: as ``exporter``, ended with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *given, **options: stack.enter_context(exporter(tmp_path, *given, **options))


def organization(name, url, **more):
    """A configured organization, as an item of the list in YAML's flow style."""
    endpoints = f'{{iam: "{url}", organizations: "{url}", sts: "{url}"}}'
    fields = "".join(f", {key}: {value}" for key, value in more.items())
    return f"  - {{name: {name}, endpoints: {endpoints}{fields}}}\n"


def configuration(*organizations):
    """A whole configuration."""
    return "organizations:\n" + "".join(organizations)
