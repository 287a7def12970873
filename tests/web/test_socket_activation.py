import os
import socket

import pytest

from exporter.errors import UserError
from exporter.web import socket_activation
from exporter.web.addresses import url_of
from exporter.web.socket_activation import handed_over

OURS = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"LISTEN_FDS": "1"},
        {**OURS, "LISTEN_PID": "1"},
        {**OURS, "LISTEN_FDS": "0"},
        {**OURS, "LISTEN_FDS": "-1"},
        {**OURS, "LISTEN_FDS": "x"},
    ],
)
def test_without_a_socket_for_this_process_there_is_a_clear_line(variables):
    with pytest.raises(UserError, match="handed over no socket"):
        handed_over(variables)


def test_the_variables_are_not_left_to_a_child():
    variables = {**OURS, "LISTEN_FDNAMES": "web", "PATH": "/bin"}
    handed_over(variables)
    assert variables == {"PATH": "/bin"}


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_a_listening_socket_is_taken_over_and_told_as_a_place(family, tmp_path):
    with socket.socket(family) as opened:
        opened.bind(str(tmp_path / "web.sock") if family == socket.AF_UNIX else ("127.0.0.1", 0))
        opened.listen()
        with socket_activation._listening(os.dup(opened.fileno())) as taken:
            assert taken.getsockname() == opened.getsockname()
            assert url_of(taken, "http").startswith(("http://127.0.0.1:", f"unix:{tmp_path}/web.sock"))


def test_a_socket_that_does_not_listen_is_refused():
    with socket.socket() as idle, pytest.raises(UserError, match="not a listening stream socket"):
        socket_activation._listening(os.dup(idle.fileno()))


def test_what_is_no_socket_is_refused(tmp_path):
    with (
        (tmp_path / "file").open("w") as file,
        pytest.raises(UserError, match=r"descriptor \d+: .*non-socket"),
    ):
        socket_activation._listening(file.fileno())
