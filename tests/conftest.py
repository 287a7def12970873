"""What all tests share: the programs that `make tools` and the development requirements install."""

import contextlib
import functools
import gc
import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage.collector import Collector
from hypothesis import HealthCheck, settings

from tests import forks
from tests.sharing import shared

# How long an example takes, and how long its data take to draw, says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A search goes on from run to run, each from another place: what is run often may find a little each time.
settings.register_profile("often", settings.get_profile("any machine"), max_examples=40)

# helm, promtool and their like live for moments: they need not clean up, unless memory gets short.
os.environ.setdefault("GOGC", "off")
os.environ.setdefault("GOMEMLIMIT", "512MiB")
# DynamoDB Local lives for a minute: code compiled at once and once is what it has use for.
_SHORT_LIVED_JAVA = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}

_EXAMPLES = 20  # of a search, that count
# Files that take minutes, below the directory of tests.
MINUTES = {"docs/test_commands.py", "grafana/test_drawn.py"} | {
    f"faults/test_{name}.py" for name in ("events", "life", "matrix", "soak")
}
_TOOLS = Path(__file__).parents[1] / ".tools" / "bin"


def find_tool(name: str) -> str | None:
    """The path of a program, from .tools/bin, beside Python or PATH; None where none has it."""
    places = [str(_TOOLS), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return shutil.which(name, path=os.pathsep.join(places))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-tools",
        action="store_true",
        help="fail a test whose program is missing, where it would be skipped otherwise",
    )
    parser.addoption("--slow", action="store_true", help="run the tests marked slow as well")
    parser.addoption(
        "--pods", action="store_true", help="run the tests that `make pods` is there for as well"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("any machine" if config.getoption("--slow") else "often")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out, unless they are asked for or named one by one; else begin with their files.

    Those that take minutes come first: begun last, one of them would keep a worker busy after the others.
    """
    if not config.getoption("--pods"):
        _leave_out("pods", config, items)
    if config.getoption("--slow") or any("::" in argument for argument in config.args):
        slow_files = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (not _takes_minutes(item.path), item.path not in slow_files))
        return
    _leave_out("slow", config, items)


def _leave_out(mark: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    marked = {item for item in items if item.get_closest_marker(mark)}
    config.hook.pytest_deselected(items=[item for item in items if item in marked])
    items[:] = [item for item in items if item not in marked]


def _takes_minutes(path: Path) -> bool:
    return "/".join(path.parts[-2:]) in MINUTES


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    with contextlib.ExitStack() as stack:
        if item.get_closest_marker("slow"):
            stack.enter_context(_uncounted())
        elif Collector._collectors and hasattr(item.obj, "hypothesis"):
            stack.enter_context(_counted_at_first(item.obj.hypothesis))
        return (yield)


@contextlib.contextmanager
def _uncounted() -> Iterator[None]:
    """Nothing is traced here, which takes half of the time: fast tests reach the same, or too little.

    A worker has two or three collectors of coverage, one above the other, of which the upper one traces. It
    rests: to stop it, as pytest-cov's ``no_cover`` does, sets the next going.
    """
    resting = Collector._collectors[-1:]
    for collector in resting:
        collector.pause()
    try:
        yield
    finally:
        for collector in resting:
            collector.resume()


@contextlib.contextmanager
def _untraced_here() -> Iterator[None]:
    """This thread is not traced; others are: a thread whose tracer was stopped is never traced again."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@contextlib.contextmanager
def _counted_at_first(search: Any) -> Iterator[None]:
    """Of a search the first examples are traced: what the others reach as well is a matter of chance."""
    test, numbers = search.inner_test, itertools.count()
    with contextlib.ExitStack() as stack:

        @functools.wraps(test)
        def counted(*given: Any, **named: Any) -> Any:
            if next(numbers) == _EXAMPLES:
                stack.enter_context(_untraced_here())
            return test(*given, **named)

        search.inner_test = counted
        try:
            yield
        finally:
            search.inner_test = test


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[object]:
    """Everything is kept that comes of reading thousands of tests: to search it for garbage is in vain."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = [name for mark in item.iter_markers("tool") for name in mark.args if not find_tool(name)]
    if not missing:
        return
    reason = f"{', '.join(missing)} not found: run `make tools`"
    if item.config.getoption("--require-tools"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_sessionfinish() -> None:
    forks.end()


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """Where a program is; the test that asks says so with ``@pytest.mark.tool(name)``."""

    def path(name: str) -> str:
        found = find_tool(name)
        assert found, f"{name} not found: the test lacks @pytest.mark.tool({name!r})"
        return found

    return path


@pytest.fixture(scope="session")
def dynamodb_local(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of the real engine of DynamoDB, for ``@pytest.mark.tool("dynamodb-local")``; in memory.

    Workers share one: names of tables are to tell who made them.
    """
    log = tmp_path_factory.mktemp("dynamodb-local") / "log"
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with shared(folder / "dynamodb-local.url", lambda: _engine(tool("dynamodb-local"), log)) as url:
        yield url


@contextlib.contextmanager
def _engine(program: str, log: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with log.open("wb") as out:
        command = [program, "-inMemory", "-sharedDb", "-port", str(port)]
        surroundings = _SHORT_LIVED_JAVA | os.environ
        engine = subprocess.Popen(command, env=surroundings, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for_answer(f"http://127.0.0.1:{port}", engine, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        engine.terminate()
        engine.wait(30)


def _wait_for_answer(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"DynamoDB Local does not answer:\n{log.read_text()}")
