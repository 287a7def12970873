import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import UserError
from exporter.web.sockets import Address, _inherited, handed_over, listen, parse_address, url_of


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (":10078", Address("", 10078)),
        ("127.0.0.1:0", Address("127.0.0.1", 0)),
        ("[::1]:10078", Address("::1", 10078)),
        ("localhost:65535", Address("localhost", 65535)),
        ("[fe80::1%eth0]:80", Address("fe80::1%eth0", 80)),
    ],
)
def test_addresses_are_written_as_for_exporters_in_go(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "10078", "localhost", ":", ":65536", ":-1", "::1:80", "http://x:80", "a b:80", ":8٣", "x:80/p"],
)
def test_what_is_no_address_is_refused_with_the_form_of_one(text):
    with pytest.raises(UserError, match=r"not of the form \[HOST\]:PORT"):
        parse_address(text)


@given(st.text())
def test_any_text_is_an_address_or_refused(text):
    try:
        assert parse_address(text).port < 65536
    except UserError:
        return


@given(st.sampled_from(["", "127.0.0.1", "::1", "host.example"]), st.integers(0, 65535))
def test_an_address_reads_back_as_it_is_written(host, port):
    assert parse_address(str(Address(host, port))) == Address(host, port)


def test_no_host_means_ipv4_and_ipv6():
    with listen(Address("", 0)) as listening:
        port = listening.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=5).close()


def test_a_name_means_its_ipv4_address():
    with listen(Address("localhost", 0)) as listening:
        assert url_of(listening, "http").startswith("http://127.0.0.1:")


def test_an_ipv6_address_stands_in_brackets_in_the_url():
    with listen(Address("::1", 0)) as listening:
        assert url_of(listening, "https") == f"https://[::1]:{listening.getsockname()[1]}"


def test_an_address_in_use_is_one_line():
    with listen(Address("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"^cannot listen on 127.0.0.1:{port}: Address already in use$"):
            listen(Address("127.0.0.1", port))


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "x" * 300])
def test_a_host_that_is_not_ours_is_one_line(host):
    with pytest.raises(UserError, match=r"^cannot listen on .*: .+$"):
        listen(Address(host, 0))


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
        with _inherited(os.dup(opened.fileno())) as taken:
            assert taken.getsockname() == opened.getsockname()
            assert url_of(taken, "http").startswith(("http://127.0.0.1:", f"unix:{tmp_path}/web.sock"))


def test_a_socket_that_does_not_listen_is_refused():
    with socket.socket() as idle, pytest.raises(UserError, match="not a listening stream socket"):
        _inherited(os.dup(idle.fileno()))


def test_what_is_no_socket_is_refused(tmp_path):
    with (
        (tmp_path / "file").open("w") as file,
        pytest.raises(UserError, match=r"descriptor \d+: .*non-socket"),
    ):
        _inherited(file.fileno())
