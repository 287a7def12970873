"""Many organizations discovered at once: with their clients made one after the other, and without order."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Thread
from unittest import mock

from benchmarks.table import table
from exporter.aws import AwsOrganization
from exporter.aws.access import Access, Door
from exporter.aws.scope import Scope
from exporter.daemon.daemon import SWITCH_INTERVAL

_KEYS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}


@contextlib.contextmanager
def _simulated() -> Iterator[str]:
    """The address of a simulated AWS in a process of its own: its work is not what is measured."""
    command = [sys.executable, "-m", "exporter", "simulate", "--port=0", "--accounts=1", "--ous=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(url[0] for line in process.stdout if (url := re.search(r"http://[\d.]+:\d+", line)))
        finally:
            process.terminate()


@contextlib.contextmanager
def _switching(seconds: float) -> Iterator[None]:
    """The interpreter handed around as often as in the daemon."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _discovered(count: int, url: str) -> tuple[float, float]:
    """Seconds of CPU and of wall time until so many organizations are known."""
    access = Access(iam_endpoint=url, organizations_endpoint=url, sts_endpoint=url)
    crowd = [AwsOrganization(Door(access, lambda _: None), Scope()) for _ in range(count)]
    threads = [Thread(target=each.discover) for each in crowd]
    cpu, wall = time.process_time(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.process_time() - cpu, time.monotonic() - wall


def _row(count: int, url: str) -> tuple[str, ...]:
    cpu, wall = _discovered(count, url)
    with mock.patch("exporter.aws.access._MAKING", contextlib.nullcontext()):
        unordered_cpu, unordered_wall = _discovered(count, url)
    return (
        f"{count}",
        f"{cpu:.2f}",
        f"{wall:.2f}",
        f"{unordered_cpu:.2f}",
        f"{unordered_wall:.2f}",
        f"{unordered_wall / wall:.1f}",
    )


def report() -> str:
    """The section of the results."""
    head = ("organizations", "CPU s", "wall s", "all at once: CPU s", "wall s", "times longer")
    with mock.patch.dict(os.environ, _KEYS), _switching(SWITCH_INTERVAL), _simulated() as url:
        _discovered(1, url)  # what describes AWS's services is read once
        rows = [_row(count, url) for count in (1, 20, 50, 200)]
    said = (
        "From nothing to the first discovery of the last organization. Clients are made one at a time; the"
        " last columns are without that order, where every thread takes the interpreter from every other."
    )
    return "\n\n".join(["## Many organizations", said, table(head, rows)])
