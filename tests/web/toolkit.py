"""exporter-toolkit itself, in an exporter that is built with it: node_exporter."""

import contextlib
import socket
import subprocess
import threading


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
    with subprocess.Popen([program, *arguments], stderr=subprocess.PIPE, text=True) as process:
        try:
            until_serving(process)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield place
        finally:
            process.kill()


class RefusedError(Exception):
    """It does not start with this file."""


def until_serving(process):
    """It listens before it has read its file to the end, so that a client that connects is no proof."""
    for line in process.stderr:
        if "TLS is enabled" in line or "TLS is disabled" in line:
            return
    raise RefusedError
