"""The files in testdata: ``*.ok.yml`` load, ``*.bad.yml`` have exactly the problems in ``*.bad.txt``."""

from pathlib import Path

import pytest

from exporter.config import load
from exporter.errors import ConfigError

TESTDATA = Path(__file__).parent / "testdata"


def names(pattern):
    return sorted(path.name for path in TESTDATA.glob(pattern))


@pytest.mark.parametrize("name", names("*.ok.yml"))
def test_a_good_file_loads(name):
    assert load(TESTDATA / name).organizations


@pytest.mark.parametrize("name", names("*.bad.yml"))
def test_a_bad_file_has_exactly_the_problems_written_beside_it(name, monkeypatch):
    monkeypatch.chdir(TESTDATA)
    with pytest.raises(ConfigError) as caught:
        load(name)
    assert f"{caught.value}\n" == Path(name).with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names("*.bad.yml"))
def test_no_problem_tells_a_secret(name):
    with pytest.raises(ConfigError) as caught:
        load(TESTDATA / name)
    assert "hunter2" not in str(caught.value)


def test_every_expectation_has_its_file():
    assert names("*.bad.txt") == [name.replace(".yml", ".txt") for name in names("*.bad.yml")]
