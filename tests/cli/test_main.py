import ast
import gc
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from botocore.utils import get_environ_proxies

from exporter import cli
from exporter.__main__ import leave_out_loopback, main
from exporter.errors import ConfigError, DeniedError, Problem, RefusedError, UserError
from tests import forks


@pytest.fixture
def command(monkeypatch):
    """Makes ``org-access-exporter x`` do as told."""

    def behave(act):
        @click.command("x")
        def x():
            return act()

        monkeypatch.setattr(cli, "COMMANDS", {"x": "Does x."})
        monkeypatch.setattr(cli, "import_module", lambda _: type("Module", (), {"x": x}))

    return behave


def raising(error):
    def act():
        raise error

    return act


def test_a_start_is_searched_for_garbage_seldom_and_what_comes_after_it_as_usual(command):
    usual, seen = gc.get_threshold(), []
    command(lambda: seen.append(gc.get_threshold()))
    main(["x"])
    assert (seen[0][0] > 10 * usual[0], gc.get_threshold()) == (True, usual)


def test_a_command_that_returns_nothing_went_well(command):
    command(lambda: None)
    assert main(["x"]) == 0


def test_what_a_command_returns_is_the_exit_code(command):
    command(lambda: 7)
    assert main(["x"]) == 7


def test_a_user_error_is_one_line_and_exit_code_1(command, capsys):
    command(raising(UserError("no such\nthing")))
    assert main(["x"]) == 1
    assert capsys.readouterr().err == "error: no such\\nthing\n"


def test_each_problem_of_a_configuration_is_a_line(command, capsys):
    command(raising(ConfigError([Problem("f", 1, 2, "a", "bad"), Problem("f", 3, 4, "", "worse")])))
    assert main(["x"]) == 1
    assert capsys.readouterr().err == "error: f:1:2: a: bad\nerror: f:3:4: worse\n"


def test_a_refusal_of_awss_says_what_to_do(command, capsys):
    command(raising(DeniedError("ListRoots", "AccessDeniedException", "no")))
    assert main(["x"]) == 1
    told = "error: ListRoots: AccessDeniedException: no (allow ListRoots to the caller; print-iam-policy"
    assert capsys.readouterr().err.startswith(told)


def test_a_refusal_nobody_knows_is_told_as_it_is(command, capsys):
    command(raising(RefusedError("ListRoots", "Strange", "no")))
    assert main(["x"]) == 1
    assert capsys.readouterr().err == "error: ListRoots: Strange: no\n"


def test_what_the_system_refuses_is_one_line_and_exit_code_1(command, capfd):
    command(raising(OSError(98, "Address already in use")))
    assert main(["x"]) == 1
    assert capfd.readouterr().err == "error: [Errno 98] Address already in use\n"


def test_an_interrupt_is_exit_code_130(command, capsys):
    command(raising(KeyboardInterrupt()))
    assert main(["x"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_hidden(command):
    command(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["x"])


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["version", "--output", "xml"], []])
def test_wrong_usage_is_exit_code_2(arguments, capsys):
    assert main(arguments) == 2
    assert "Usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("mistyped", "meant"), [("recomend", "recommend"), ("Report", "report"), ("who_uses", "who-uses")]
)
def test_a_mistyped_command_brings_the_one_that_was_meant(mistyped, meant, capsys):
    assert main([mistyped]) == 2
    assert f"No such command {mistyped!r}. Did you mean {meant}" in capsys.readouterr().err


def test_a_command_without_its_extra_says_what_to_install(monkeypatch, capsys):
    def missing(_):
        raise ModuleNotFoundError("No module named 'moto'", name="moto")

    monkeypatch.setattr(cli, "import_module", missing)
    assert main(["demo"]) == 1
    told = capsys.readouterr().err
    assert told == "error: demo needs moto, which is not installed: pip install 'org-access-exporter[demo]'\n"


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name}  " in told for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_list_of_commands_says_what_the_command_says(name):
    module = name.replace("-", "_")
    # Read, not imported: some commands need an extra.
    tree = ast.parse(Path(find_spec(f"exporter.cli.{module}").origin).read_text(encoding="utf-8"))
    (function,) = (node for node in tree.body if getattr(node, "name", "") == module)
    assert ast.get_docstring(function).splitlines()[0] == cli.COMMANDS[name]


def test_the_shell_completes_commands():
    environment = os.environ | {
        "_ORG_ACCESS_EXPORTER_COMPLETE": "bash_complete",
        "COMP_WORDS": "org-access-exporter check-c",
        "COMP_CWORD": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "exporter"], env=environment, check=True, capture_output=True, text=True
    )
    assert ran.stdout == "plain,check-config\n"


def test_a_reader_that_goes_away_causes_no_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "exporter", "version"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_output_that_cannot_be_written_is_one_line_and_exit_code_1():
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "exporter", "version"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (ran.returncode, ran.stderr) == (1, b"error: [Errno 28] No space left on device\n")


BAD_FLAGS = [
    (["--config.file=missing.yml"], {}, 1),
    (["--web.config.file=missing.yml"], {}, 1),
    (["--web.listen-address=nonsense"], {}, 1),
    (["--web.external-url=nonsense"], {}, 1),
    (["--web.max-requests=0"], {}, 2),
    (["--config.file=missing.yml"], {"ORG_ACCESS_EXPORTER_LOG_FORMAT": "json"}, 1),
]


@pytest.mark.parametrize(("flags", "environment", "code"), BAD_FLAGS)
def test_serve_touches_no_state_before_all_that_was_given_is_found_good(tmp_path, flags, environment, code):
    state = tmp_path / "state.db"
    json_flag = [] if environment else ["--log.format=json"]
    given = ["serve", *json_flag, *flags, f"--state.url=sqlite:///{state}"]
    ran = forks.run(given, os.environ | environment)
    assert ran.returncode == code
    assert not state.exists()
    [line] = ran.stderr.splitlines()
    told = json.loads(line)
    assert (told["level"], told["event"]) == ("error", "exporter.failed")
    assert told["reason"]


def test_the_last_word_of_any_other_command_is_for_people(tmp_path):
    ran = forks.run(["check-config", "--config.file=missing.yml"], os.environ)
    assert ran.stderr.startswith("error: missing.yml: cannot be read")


def test_warn_is_a_level_as_in_prometheus(tmp_path):
    given = ["serve", "--log.level=warn", "--config.file=missing.yml", "--state.url=memory:"]
    ran = forks.run(given, os.environ)
    assert (ran.returncode, ran.stderr[:18]) == (1, "error: missing.yml")


def program(*arguments, redirection):
    command = f'exec "$0" -m exporter "$@" {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", "<&- >&-", "<&- >&- 2>&-"])
def test_what_cannot_be_written_for_a_closed_stdout_is_an_error(redirection):
    assert program("version", redirection=redirection).returncode == 1


def test_a_closed_stdout_is_none_for_who_has_nothing_to_write(tmp_path):
    ran = program("serve", "--config.file=missing.yml", "--state.url=memory:", redirection=">&-")
    assert ran.stderr == "error: missing.yml: cannot be read: no such file or directory\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://p"}, "localhost,127.0.0.1,::1,[::1]"),
        ({"https_proxy": "http://p", "NO_PROXY": "a.example"}, "a.example,localhost,127.0.0.1,::1,[::1]"),
        ({"ALL_PROXY": "x", "no_proxy": "b", "NO_PROXY": "a"}, "b,localhost,127.0.0.1,::1,[::1]"),
        ({"HTTP_PROXY": "http://p", "no_proxy": "*"}, "*"),
        ({"HTTP_PROXY": "http://p", "no_proxy": "127.0.0.1, localhost"}, "127.0.0.1,localhost,::1,[::1]"),
    ],
)
def test_loopback_is_left_out_of_every_proxy(given, told):
    environment = dict(given)
    leave_out_loopback(environment)
    assert environment.get("no_proxy") == told


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://localhost:1", "http://[::1]:1/x"])
def test_botocore_asks_loopback_itself(url, monkeypatch):
    environment = {"HTTP_PROXY": "http://127.0.0.1:9"}
    leave_out_loopback(environment)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert get_environ_proxies(url) == {}
    assert get_environ_proxies("http://iam.example/") != {}
