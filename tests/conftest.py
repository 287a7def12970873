"""What all tests share: the programs that `make tools` and the development requirements install."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out, unless they are asked for or named one by one."""
    if config.getoption("--slow") or any("::" in argument for argument in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in set(slow)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = [name for mark in item.iter_markers("tool") for name in mark.args if not find_tool(name)]
    if not missing:
        return
    reason = f"{', '.join(missing)} not found: run `make tools`"
    if item.config.getoption("--require-tools"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """Where a program is; the test that asks says so with ``@pytest.mark.tool(name)``."""

    def path(name: str) -> str:
        found = find_tool(name)
        assert found, f"{name} not found: the test lacks @pytest.mark.tool({name!r})"
        return found

    return path
