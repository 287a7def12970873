"""SIGTERM, from the first moment on and whoever reads the log."""

import ast
import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import exporter

PROGRAM = Path(sys.executable).with_name("org-access-exporter")
SERVE = ("serve", "--state.url=memory:", "--web.listen-address=127.0.0.1:0")


@pytest.fixture
def environ(tmp_path):
    """Nothing of the machine's own AWS configuration, and nobody to ask."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}


def listening(process, seconds=30.0):
    """Wait until it has something to hear a SIGTERM with."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)
        if caught & 1 << (signal.SIGTERM - 1):
            return
        time.sleep(0.001)
    raise AssertionError("no handler for SIGTERM")


def test_the_program_listens_before_it_reads_anything_else_from_disk():
    statements = ast.parse(Path(exporter.__file__).with_name("__main__.py").read_text(encoding="utf-8")).body
    first = next(one for one in statements if isinstance(one, ast.Import | ast.ImportFrom))
    assert ast.unparse(first) == "import exporter.parting"


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1, 0.3])
def test_a_daemon_that_is_still_being_read_from_disk_leaves_with_0(environ, delay):
    process = subprocess.Popen([PROGRAM, *SERVE], env=environ, stderr=subprocess.DEVNULL)
    listening(process)
    time.sleep(delay)
    process.terminate()
    assert process.wait(30) == 0


def test_signals_are_heard_before_the_libraries_are_read(environ):
    code = (
        "import sys; sys.argv[0] = 'org-access-exporter'; import signal, exporter.parting\n"
        "assert callable(signal.getsignal(signal.SIGTERM))\n"
        "print(len({'click', 'botocore', 'aiohttp', 'pydantic', 'importlib.metadata'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"


def test_a_command_that_would_end_by_itself_leaves_as_one_that_was_ended(environ):
    code = (
        "import sys; sys.argv[:] = ['org-access-exporter', 'report']\n"
        "import exporter.parting, os, signal, time\n"
        "os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], env=environ, check=False, timeout=50).returncode == 143
    )


@pytest.mark.slow
def test_a_reader_of_the_log_that_has_stopped_stops_neither_reloads_nor_sigterm(environ, tmp_path):
    config = tmp_path / "config.yml"
    config.write_text("{}")
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [PROGRAM, *SERVE, "--config.file", config, "--log.level=debug"], env=environ, stderr=writing
    )
    os.close(writing)
    try:
        url = _url(reading)
        for _ in range(100):  # each is a line: the pipe takes 4 KiB
            request = urllib.request.Request(f"{url}/-/reload", method="POST")
            with urllib.request.urlopen(request, timeout=20) as answer:
                assert answer.status == 200
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        os.close(reading)


def _url(reading):
    """The address that the first lines tell; nothing is read afterwards."""
    told = b""
    while b"listen=" not in told or not told.endswith(b"\n"):
        told += os.read(reading, 1)
    return told.partition(b"listen=")[2].split()[0].decode().strip('"')
