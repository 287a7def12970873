"""Where the configuration comes from, and whether it changed there."""

import hashlib
import os

from exporter.aws import known_regions
from exporter.config import Config, default, parse
from exporter.config.doubts import doubts
from exporter.config.files import is_pipe, read_bytes, read_file
from exporter.errors import ConfigError, Problem

_UNREADABLE = b"unreadable"


class ConfigSource:
    """A file, or a configuration that was made in the program.

    ``changed`` compares contents, not times: a Kubernetes volume swaps symlinks, and an editor may write the
    same text again. A pipe is read once, at the start.
    """

    def __init__(self, path: str | None = None, fixed: Config | None = None) -> None:
        self._path = path
        self._fixed = fixed
        self._seen = _UNREADABLE
        self._drained = False

    def load(self) -> Config:
        """The configuration as it stands there now; raises ConfigError with all that is wrong."""
        if self._path is None:
            return self._fixed or default()
        if self._drained:
            message = "is a pipe, which was read at the start; for a change of it, restart"
            raise ConfigError([Problem(self._path, 0, 0, "", message)])
        self._drained = is_pipe(self._path)
        self._seen = _UNREADABLE
        content = read_bytes(self._path)
        self._seen = _fingerprint(content)
        return parse(read_file(self._path, lambda _: content), self._path)

    def doubts(self, config: Config) -> tuple[str, ...]:
        """What file and environment say without effect; of a configuration that is made here, nothing."""
        return () if self._fixed else doubts(config, known_regions(), os.environ)

    def changed(self) -> bool:
        """Whether the file's contents differ from those last loaded."""
        if self._path is None or self._drained:
            return False
        try:
            return _fingerprint(read_bytes(self._path)) != self._seen
        except ConfigError:
            return self._seen != _UNREADABLE

    def forget(self) -> None:
        """What was loaded last could not be run: it counts as changed."""
        self._seen = b"none"


def _fingerprint(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
