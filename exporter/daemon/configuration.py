"""Where the configuration comes from, and whether it changed there."""

import hashlib
from pathlib import Path

from exporter.config import Config, default, load


class ConfigSource:
    """A file, or a configuration that was made in the program.

    ``changed`` compares contents, not times: a Kubernetes volume swaps symlinks, and an editor may write the
    same text again.
    """

    def __init__(self, path: str | None = None, fixed: Config | None = None) -> None:
        self._path = path
        self._fixed = fixed
        self._seen = self._fingerprint()

    def load(self) -> Config:
        """The configuration as it stands there now; raises ConfigError with all that is wrong."""
        self._seen = self._fingerprint()
        if self._path is not None:
            return load(self._path)
        return self._fixed or default()

    def changed(self) -> bool:
        """Whether the file's contents differ from those last loaded."""
        return self._fingerprint() != self._seen

    def _fingerprint(self) -> bytes:
        if self._path is None:
            return b""
        try:
            return hashlib.sha256(Path(self._path).read_bytes()).digest()
        except OSError:
            return b"unreadable"
