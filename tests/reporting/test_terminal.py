"""Commands as processes: on a terminal, in a pipe, and in a pipe that breaks."""

import io
import json
import os
import pty

import pytest

from exporter.output import console
from tests import forks


@pytest.fixture
def command(commands):
    return ["report", "--config.file", commands.file, "--entity-id", commands.root.id]


def read_all(descriptor):
    """What was written to a terminal, whose end is an error on Linux."""
    text = b""
    while True:
        try:
            more = os.read(descriptor, 4096)
        except OSError:
            return text.decode()
        if not more:
            return text.decode()
        text += more


def on_a_terminal(arguments, out):
    """The exit code, and what a terminal at stderr is shown; stdout goes to a file."""
    ours, theirs = pty.openpty()
    with out.open("wb") as file, os.fdopen(theirs, "wb") as terminal:
        process = forks.start(arguments, os.environ, file, terminal)
    shown = read_all(ours)
    os.close(ours)
    return process.wait(30), shown


def test_a_terminal_sees_how_far_it_is_and_the_pipe_beside_it_only_the_report(command, tmp_path):
    code, shown = on_a_terminal([*command, "--output", "json"], tmp_path / "out")
    assert code == 0
    assert json.loads((tmp_path / "out").read_text())["JobStatus"] == "COMPLETED"
    assert "s of about 9 s" in shown


def test_quiet_shows_nothing_on_a_terminal_either(command, tmp_path):
    assert on_a_terminal([*command, "--quiet"], tmp_path / "out") == (0, "")


@pytest.mark.parametrize("form", ["table", "csv", "json", "prometheus"])
def test_a_pipe_that_breaks_leaves_no_trace(command, form, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    said = tmp_path / "stderr"
    with os.fdopen(writing, "wb") as broken, said.open("wb") as stderr:
        process = forks.start([*command, "--output", form], os.environ, broken, stderr)
    assert (process.wait(30), said.read_text()) == (1, "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals_that_want_them(monkeypatch, environment, coloured):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = Terminal()
    console(out).print("x", style="red")
    assert ("\x1b[31m" in out.getvalue()) is coloured
