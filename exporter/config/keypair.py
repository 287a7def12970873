"""Whether a certificate and a private key are ones, and belong together: asked of OpenSSL."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from exporter.config.files import reason
from exporter.errors import ConfigUnavailableError, Problem


def complaint(certificate: bytes, key: bytes) -> str:
    """What is wrong with a pair in PEM, empty if it can serve TLS; raises ConfigUnavailableError."""
    try:
        load_pair(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, key)
    except ssl.SSLError as error:
        return _reason(error)
    return ""


def load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Let ``context`` serve with a pair in PEM.

    Raises ssl.SSLError for a pair that is none, ConfigUnavailableError where there is no way to tell.
    """
    try:
        with _files(certificate, key) as (certificate_file, key_file):
            # A password, even an empty one, keeps OpenSSL from asking for one on the terminal.
            context.load_cert_chain(certificate_file, key_file, password="")
    except ssl.SSLError:
        raise
    except OSError as error:
        message = f"the certificate cannot be loaded at this moment: {reason(error)}"
        raise ConfigUnavailableError([Problem("TLS", 0, 0, "", message)]) from error


@contextmanager
def _files(*contents: bytes) -> Iterator[list[str]]:
    """OpenSSL reads a pair from files only: these are in memory where the system has such, and ours alone."""
    with ExitStack() as undo:
        if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
            yield [_in_memory(content, undo) for content in contents]
            return
        directory = undo.enter_context(tempfile.TemporaryDirectory())
        names = [Path(directory, str(number)) for number in range(len(contents))]
        for name, content in zip(names, contents, strict=True):
            name.touch(mode=0o600)
            name.write_bytes(content)
        yield [str(name) for name in names]


def _in_memory(content: bytes, undo: ExitStack) -> str:
    file = undo.enter_context(os.fdopen(os.memfd_create("pem", os.MFD_CLOEXEC), "wb"))
    file.write(content)
    file.flush()
    return f"/proc/self/fd/{file.fileno()}"


def _reason(error: ssl.SSLError) -> str:
    known = {
        "KEY_VALUES_MISMATCH": "the certificate and the private key do not belong together",
        "NO_START_LINE": "no certificate or no private key in PEM was found",
    }
    name = error.reason or ""
    return known.get(name, name.lower().replace("_", " ") or "no PEM, or a key with a password")
