"""A configuration file's text, or the one problem that keeps it from being read."""

from collections.abc import Callable
from pathlib import Path

from exporter.errors import ConfigError, Problem

# Ten thousand account ids are a fifth of this; PyYAML needs seconds for it.
_MOST_BYTES = 1 << 20


def read_bytes(path: str | Path) -> bytes:
    """The content of a file, cut one byte after 1 MiB. Raises ConfigError."""
    try:
        with Path(path).open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(path), 0, 0, "", f"cannot be read: {reason(error)}")]) from error


def is_pipe(path: str | Path) -> bool:
    """Whether a file is one that can be read only once, such as a shell's ``<(command)``."""
    try:
        return Path(path).is_fifo()
    except ValueError:
        return False


Reader = Callable[[str | Path], bytes]
"""``read_bytes``, or something that reads in its place."""


def read_file(path: str | Path, read: Reader = read_bytes) -> str:
    """The text of a UTF-8 file of at most 1 MiB, with or without a byte order mark. Raises ConfigError."""
    content = read(path)
    if len(content) > _MOST_BYTES:
        raise ConfigError([Problem(str(path), 0, 0, "", "the file is larger than 1 MiB")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        message = f"not UTF-8: byte 0x{content[error.start]:02x}"
        raise ConfigError([Problem(str(path), line, column, "", message)]) from error


def reason(error: OSError | ValueError) -> str:
    """Why a file could not be read, without its name, which stands before."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return said[:1].lower() + said[1:]
