"""The configuration's file: read when it is loaded, once where it is a pipe, and again if it did not run."""

import os
import threading

import pytest

from exporter.daemon.configuration import ConfigSource
from exporter.errors import ConfigError

GOOD = "organizations: [{name: prod}]\n"


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "config.yml"
    made.write_text(GOOD)
    return made


@pytest.fixture
def source(file):
    made = ConfigSource(str(file))
    made.load()
    return made


def names(config):
    return [organization.name for organization in config.organizations]


def test_a_file_that_stays_the_same_has_not_changed(source, file):
    file.write_text(GOOD)
    assert not source.changed()


def test_another_text_is_a_change_until_it_is_loaded(source, file):
    file.write_text("organizations: [{name: other}]\n")
    assert source.changed()
    assert names(source.load()) == ["other"]
    assert not source.changed()


def test_a_file_that_is_refused_is_no_change_until_it_changes_again(source, file):
    file.write_text("nonsense: 1\n")
    with pytest.raises(ConfigError):
        source.load()
    assert not source.changed()


def test_a_file_that_could_not_be_read_is_a_change_once_it_can(source, file):
    file.unlink()
    assert source.changed()
    with pytest.raises(ConfigError):
        source.load()
    assert not source.changed()
    file.write_text(GOOD)
    assert source.changed()


def test_what_could_not_be_run_is_tried_again(source):
    source.forget()
    assert source.changed()


@pytest.fixture
def pipe(tmp_path):
    """A named pipe that somebody writes a configuration into, once."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(GOOD,), daemon=True)
    writer.start()
    yield ConfigSource(str(path))
    writer.join(10)


def test_a_pipe_is_read(pipe):
    assert names(pipe.load()) == ["prod"]


def test_a_pipe_is_not_looked_at_again(pipe):
    pipe.load()
    assert not pipe.changed()


def test_a_reload_from_a_pipe_is_refused_by_its_name(pipe):
    pipe.load()
    with pytest.raises(ConfigError, match="pipe: is a pipe, which was read at the start"):
        pipe.load()
