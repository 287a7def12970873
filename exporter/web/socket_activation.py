"""Sockets that systemd opened and hands over: sd_listen_fds(3)."""

import os
import socket
from collections.abc import Iterator, MutableMapping

from exporter.errors import UserError

_FIRST = 3
_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


def handed_over(environment: MutableMapping[str, str]) -> Iterator[socket.socket]:
    """The listening stream sockets that were handed to this process; UserError without any.

    The variables that tell of them are removed, so that no child takes them for its own.
    """
    pid, count, _ = (environment.pop(name, "") for name in _VARIABLES)
    if pid != str(os.getpid()) or not count.isdecimal() or int(count) == 0:
        raise UserError("--web.systemd-socket: systemd has handed over no socket (LISTEN_PID, LISTEN_FDS)")
    return map(_listening, range(_FIRST, _FIRST + int(count)))


def _listening(descriptor: int) -> socket.socket:
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
