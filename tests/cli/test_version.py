import json
import platform
import subprocess
import sys

import pytest

from exporter import __version__
from exporter.__main__ import main
from exporter.cli import version


def test_the_versions_that_matter_are_told(capsys):
    assert main(["version"]) == 0
    told = dict(line.split(" ") for line in capsys.readouterr().out.splitlines())
    assert told["org-access-exporter"] == __version__
    assert told["python"] == platform.python_version()
    assert {"boto3", "botocore", "aiohttp", "prometheus-client", "apscheduler", "pydantic"} <= told.keys()


def test_json_says_the_same(capsys):
    main(["version", "--output", "json"])
    assert json.loads(capsys.readouterr().out) == version.versions()


def test_a_library_that_is_not_installed_is_left_out(monkeypatch):
    monkeypatch.setattr(version, "_LIBRARIES", ("click", "no-such-library"))
    assert list(version.versions()) == ["org-access-exporter", "python", "click"]


def test_the_flag_tells_the_version_of_the_program(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"org-access-exporter, version {__version__}\n"


@pytest.fixture(scope="module")
def imported():
    """The modules of a program that has told its version and its help."""
    code = (
        "import sys; from exporter.__main__ import main; main(['version']); main(['--help']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stderr.split()


@pytest.mark.parametrize("library", ["boto3", "botocore", "moto", "aiohttp", "pydantic", "yaml", "structlog"])
def test_neither_version_nor_help_imports(library, imported):
    assert ("click" in imported, library in imported) == (True, False)
