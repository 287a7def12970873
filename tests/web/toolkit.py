"""exporter-toolkit itself, in an exporter that is built with it: node_exporter."""

import contextlib
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def toolkit(program, file):
    """An exporter that is built with exporter-toolkit, and the place where it listens."""
    place = "127.0.0.1", free_port()
    arguments = [
        f"--web.listen-address={place[0]}:{place[1]}",
        f"--web.config.file={file}",
        "--collector.disable-defaults",
    ]
    with subprocess.Popen([program, *arguments], stderr=subprocess.DEVNULL) as process:
        try:
            until_listening(place, process)
            yield place
        finally:
            process.kill()


class RefusedError(Exception):
    """It does not start with this file."""


def until_listening(place, process):
    deadline = time.monotonic() + 20
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(place) as client:
            # A client may be given the very port that it asks for, and is then connected with itself.
            if client.getsockname() != client.getpeername():
                return
        assert time.monotonic() < deadline, "exporter-toolkit neither listens nor ends"
        time.sleep(0.01)
    raise RefusedError
