"""The sockets we listen on: at ``[HOST]:PORT``, as Go's programs take it, or opened by systemd."""

import errno
import os
import re
import socket
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass

from exporter.errors import UserError

BACKLOG = 1024
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^\[\]:\s/]*):(?P<port>[0-9]{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; an empty ``host`` means every interface, port 0 any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """``:10078``, ``127.0.0.1:10078``, ``[::1]:0``, ``name:10078``; UserError for anything else."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise UserError(
            f"listen address {text!r}: not of the form [HOST]:PORT, such as :10078 or [::1]:10078"
        )
    return Address(match["host"].strip("[]"), int(match["port"]))


def listen(address: Address) -> socket.socket:
    """A listening socket; UserError where that cannot be had."""
    try:
        return _everywhere(address.port) if not address.host else _at_host(address)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"cannot listen on {address}: {reason}") from error


def _everywhere(port: int) -> socket.socket:
    """One socket for both families; for IPv4 alone where the machine has no IPv6."""
    try:
        return _listening(socket.AF_INET6, ("::", port))
    except OSError as error:
        if error.errno not in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
            raise
    return _listening(socket.AF_INET, ("0.0.0.0", port))  # noqa: S104 - every interface is what was asked for


def _at_host(address: Address) -> socket.socket:
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # A name that has both kinds of address means the IPv4 one, as it does to Go's programs.
    family, _, _, _, place = min(found, key=lambda entry: entry[0] is not socket.AF_INET)
    return _listening(family, place)


def _listening(family: int, place: tuple[object, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(place[0] != "::"))
        made.bind(place)
        # Two sockets may be bound to one port; only one of them may listen, and the other shall say so here.
        made.listen(BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def url_of(listening: socket.socket, scheme: str) -> str:
    """The URL of what listens on a socket; ``unix:PATH`` for one that is no network address."""
    if listening.family == socket.AF_UNIX:
        return f"unix:{listening.getsockname()}"
    host, port, *_ = listening.getsockname()
    return f"{scheme}://{Address(host, port)}"


_FIRST = 3
_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


def handed_over(environment: MutableMapping[str, str]) -> Iterator[socket.socket]:
    """The listening stream sockets that systemd hands over, by sd_listen_fds(3); UserError without any.

    The variables that tell of them are removed, so that no child takes them for its own.
    """
    pid, count, _ = (environment.pop(name, "") for name in _VARIABLES)
    if pid != str(os.getpid()) or not count.isdecimal() or int(count) == 0:
        raise UserError("--web.systemd-socket: systemd has handed over no socket (LISTEN_PID, LISTEN_FDS)")
    return map(_inherited, range(_FIRST, _FIRST + int(count)))


def _inherited(descriptor: int) -> socket.socket:
    try:
        found = socket.socket(fileno=descriptor)
        listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise UserError(f"--web.systemd-socket: file descriptor {descriptor}: {error.strerror}") from error
    if found.type != socket.SOCK_STREAM or not listens:
        found.close()
        raise UserError(
            f"--web.systemd-socket: file descriptor {descriptor} is not a listening stream socket"
        )
    found.set_inheritable(False)
    return found
