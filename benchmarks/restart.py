"""From a state on the disk to everything on ``/metrics``: the program itself, started on a file."""

import contextlib
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.fixture import NOW, PER_ACCOUNT, entity, standing
from benchmarks.table import table
from exporter.model import Discovery
from exporter.store.sqlite import SqliteStore

_TICKS = os.sysconf("SC_CLK_TCK")
# Nobody answers there: what is measured is the restart, not a sweep.
_CONFIG = """
organizations:
  - name: bench
    endpoints: {iam: "http://127.0.0.1:9", organizations: "http://127.0.0.1:9", sts: "http://127.0.0.1:9"}
    targets: {accounts: {services: all}}
collection: {max_report_age: 10000d}
"""


def fill(path: Path, accounts: int) -> float:
    """Write the state of so many accounts; CPU seconds per report."""
    entities = tuple(entity(number) for number in range(1, accounts + 1))
    store = SqliteStore(path)
    lease = store.acquire("bench")
    assert lease is not None
    store.discovered(lease, Discovery("o-benchmarks0", "", "aws", entities, at=NOW))
    standings = [standing(number) for number in range(1, accounts + 1)]
    before = time.process_time()
    for each in standings:
        store.keep(lease, each)
    seconds = (time.process_time() - before) / accounts
    store.close()
    return seconds


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``serve`` on the state in ``folder``, and its address."""
    (folder / "config.yml").write_text(_CONFIG)
    arguments = ["serve", f"--config.file={folder}/config.yml", f"--state.url=sqlite:///{folder}/state.db"]
    command = [sys.executable, "-m", "exporter", *arguments, "--web.listen-address=127.0.0.1:0"]
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **keys}) as process:
        assert process.stderr is not None
        try:
            found = next(found for line in process.stderr if (found := re.search(r"listen=(\S+)", line)))
            yield process, found[1]
        finally:
            process.terminate()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _scrape(url: str) -> int:
    """How many reports' series there are."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
    connection.request("GET", "/metrics?exclude[]=exporter&exclude[]=collection")
    body = connection.getresponse().read()
    connection.close()
    return sum(not line.startswith(b"#") for line in body.splitlines())


def _row(wanted: int) -> tuple[str, ...]:
    accounts = wanted // PER_ACCOUNT
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        per_report = fill(folder / "state.db", accounts)
        size = (folder / "state.db").stat().st_size
        began = time.monotonic()
        with _started(folder) as (process, url):
            series = _scrape(url)
            wall, cpu = time.monotonic() - began, _cpu(process.pid)
    return (
        f"{series:,}",
        f"{accounts:,}",
        f"{size / 1e6:.1f}",
        f"{per_report * 1e3:.2f}",
        f"{cpu:.2f}",
        f"{wall:.2f}",
    )


def report() -> str:
    """The section of the results."""
    head = ("series", "reports", "MB on the disk", "CPU ms to keep a report", "CPU s", "wall s")
    return "\n\n".join(
        [
            "## A restart",
            (
                "From the program's start to the last byte of the first scrape, which finds every series. "
                "The first row is what the program takes by itself."
            ),
            table(head, map(_row, (PER_ACCOUNT, 50_000, 500_000, 2_000_000))),
        ]
    )
