"""What systemd is told of the daemon's life: sd_notify(3), for ``Type=notify``."""

import os
import socket
from collections.abc import MutableMapping

_VARIABLE = "NOTIFY_SOCKET"
READY = "READY=1"
RELOADING = "RELOADING=1"
STOPPING = "STOPPING=1"


class ServiceManager:
    """Whoever started this process and wants to know; nobody, where the environment names no socket.

    The variable is removed, so that no child speaks in this process's name.
    """

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        self._address = environment.pop(_VARIABLE, "")

    def tell(self, state: str) -> None:
        """One state. What cannot be told is let go: a manager that left is no reason to leave, too."""
        if not self._address.startswith(("/", "@")):
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.setblocking(False)
            try:
                to.sendto(state.encode(), self._address.replace("@", "\0", 1))
            except OSError:
                return
