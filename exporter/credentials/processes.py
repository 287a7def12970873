"""Programs that print credentials (``credential_process``), and their end."""

import atexit
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any


class Processes:
    """The children of one look. With nobody ``present`` they get no terminal to ask anybody on.

    They end when :meth:`stop` is called, or with this program, and whatever they started ends with them.
    """

    def __init__(self, *, present: bool) -> None:
        self._present = present
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Stands for ``subprocess.Popen`` where botocore starts one."""
        if not self._present:
            pipes |= {"stdin": subprocess.DEVNULL, "start_new_session": True}
        atexit.register(self.stop)
        child: subprocess.Popen[bytes] = subprocess.Popen(command, **pipes)  # noqa: S603 - the user's own command
        self._started.append(child)
        return child

    def running(self) -> str:
        """The program that has not ended yet, without its arguments; empty if there is none."""
        return next((str(child.args[0]) for child in self._started if child.poll() is None), "")  # type: ignore[index]

    def stop(self) -> None:
        """End those that still run."""
        for child in self._started:
            if child.poll() is None:
                self._kill(child)
        self.done()

    def done(self) -> None:
        """Nothing is to be ended any more when the program ends."""
        atexit.unregister(self.stop)

    def _kill(self, child: "subprocess.Popen[bytes]") -> None:
        with suppress(OSError):
            if self._present:
                child.kill()
            else:
                os.killpg(child.pid, signal.SIGKILL)
