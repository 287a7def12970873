"""How long the tests take: those of ``make test``, and those of ``.ci/run``."""

import os
import resource
import subprocess
import time
from pathlib import Path

from benchmarks.table import table

SUITES = {
    "`make test`": "",
    "`make test`, as `.ci/run` has it": "--require-tools --slow --cov --cov-report=term:skip-covered",
}
_ROOT = Path(__file__).parents[1]


def report() -> str:
    """The table, as Markdown."""
    rows = [_measured(name, flags) for name, flags in SUITES.items()]
    cores = os.cpu_count()
    return "\n".join(["## Tests", "", table(["", "s", "CPU s", f"of {cores} cores in use", "tests"], rows)])


def _measured(name: str, flags: str) -> list[str]:
    start, used = time.monotonic(), _used()
    command = ["make", "--silent", "test", f"PYTEST_FLAGS=-q {flags}"]
    ran = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    took, cpu = time.monotonic() - start, _used() - used
    if ran.returncode:
        raise RuntimeError(ran.stdout[-2000:] + ran.stderr[-2000:])
    passed = ran.stdout.rpartition(" passed")[0].split()[-1]
    return [name, f"{took:.0f}", f"{cpu:.0f}", f"{cpu / took:.2f}", passed]


def _used() -> float:
    """Seconds of CPU of all programs that have ended here, and of those that they started."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
