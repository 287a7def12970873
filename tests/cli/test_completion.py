"""The scripts, in the shells they are for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.__main__ import main

FOLDER = Path(sys.executable).parent
# Each asks for the words that can follow `org-access-exporter <words>`, as its shell would at a tab.
BASH = """
source "$1"; shift
COMP_WORDS=(org-access-exporter "$@"); COMP_CWORD=$#
_org_access_exporter_completion org-access-exporter
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { : }
_describe() { print -l -- ${(P)3} }
compadd() { print -l -- ${(P)@[-1]} }
_path_files() { print files }
script=$1; shift
words=(org-access-exporter "$@"); CURRENT=$#words
source $script
_org_access_exporter_completion
"""
FISH = 'source $argv[1]; complete -C"org-access-exporter $argv[2..]"'


@pytest.fixture
def complete(tmp_path, capsys, tool):
    """The lines that a shell offers after these words."""

    def ask(shell, program, *words):
        assert main(["completion", shell]) == 0
        script = tmp_path / f"completion.{shell}"
        script.write_text(capsys.readouterr().out)
        options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
        names = [] if shell == "fish" else [shell]  # others take the first for the name of the program
        ran = subprocess.run(
            [
                tool(shell),
                *options,
                "-c",
                program,
                *names,
                str(script),
                *words,
            ],
            env={**os.environ, "PATH": f"{FOLDER}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.splitlines()

    return ask


SHELLS = [
    pytest.param("bash", BASH, marks=pytest.mark.tool("bash")),
    pytest.param("zsh", ZSH, marks=pytest.mark.tool("zsh")),
    pytest.param("fish", FISH, marks=pytest.mark.tool("fish")),
]


@pytest.mark.parametrize(("shell", "program"), SHELLS)
def test_commands_are_offered(complete, shell, program):
    offered = "\n".join(complete(shell, program, "check-"))
    assert "check-config" in offered
    assert "check-aws" in offered
    assert "serve" not in offered


@pytest.mark.parametrize(("shell", "program"), SHELLS)
def test_flags_and_their_values_are_offered(complete, shell, program):
    assert "--entity-id" in "\n".join(complete(shell, program, "report", "--ent"))
    assert "terraform" in "\n".join(complete(shell, program, "recommend", "--format", "te"))


def test_another_shell_is_wrong_usage(capsys):
    assert main(["completion", "csh"]) == 2
    assert "bash" in capsys.readouterr().err
