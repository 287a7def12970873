"""``--web.config.file`` as it is now: read whenever it is asked for, understood anew only when it changed."""

import ssl
from collections.abc import Callable
from pathlib import Path

import structlog

from exporter.config.departures import departures
from exporter.config.files import is_pipe, read_bytes
from exporter.config.web import WebConfig, load_web
from exporter.errors import ConfigError, ConfigUnavailableError, Problem
from exporter.web.protection.tls import context_of

_log = structlog.get_logger()


class WebConfigFile:
    """The file and those that it names: certificate, key and client CA.

    Contents are compared, not times: a Kubernetes volume swaps links, and a clock may stand still. A file
    that is broken is told once in the log, and raised as ConfigError for as long as it is. One that could
    not be judged is so too, until it can: what it had before may let in whom it now keeps out. ``failed``
    is called for each attempt that brought nothing.
    """

    def __init__(self, path: str, failed: Callable[[], None]) -> None:
        """Read it for the first time: ConfigError if it is not good."""
        self._path = path
        self._failed = failed
        self._contents: dict[str | Path, bytes | None] = {}
        self._judged = True
        self._error: ConfigError | None = None
        self.config, self.context = self._load()

    def current(self) -> WebConfig:
        """The configuration that the file holds now; ConfigError where it is broken."""
        self._look()
        if self._error is not None:
            # Another one each time: an error that is raised again keeps the frames of every time before.
            raise ConfigError(self._error.problems)
        return self.config

    def current_context(self) -> ssl.SSLContext:
        """TLS as the files have it now; as they had it last where they are broken.

        A client is then told so by a 500, which it can read, rather than by a handshake that fails.
        """
        self._look()
        assert self.context is not None
        return self.context

    def _look(self) -> None:
        if self._judged and all(_content(path) == content for path, content in self._contents.items()):
            return
        try:
            config, context = self._load(tls=self.context is not None)
        except ConfigError as error:
            self._judged = not isinstance(error, ConfigUnavailableError)
            self._refused(error)
            return
        self._judged = True
        self._error, self.config, self.context = None, config, context
        _log.info("web_config.loaded", file=self._path)

    def _load(self, *, tls: bool | None = None) -> tuple[WebConfig, ssl.SSLContext | None]:
        """Understand the files; ``tls`` is whether they have to ask for TLS, where that is settled."""
        contents: dict[str | Path, bytes | None] = {}
        self._contents = contents
        config = load_web(self._path, _noting(contents))
        if tls not in {None, config.tls is not None}:
            raise self._wrong("TLS cannot be switched on or off while listening; it takes a restart")
        read = {path: content for path, content in contents.items() if content is not None}
        try:
            context = context_of(config.tls, read) if config.tls else None
        except ssl.SSLError as error:
            raise self._wrong(f"OpenSSL: {error.reason or error}") from error
        for line in departures(config):
            _log.warning("web_config.departed", file=self._path, reason=line)
        return config, context

    def _refused(self, error: ConfigError) -> None:
        self._failed()
        if str(error) != str(self._error):
            _log.error("web_config.refused", reason=str(error))
        self._error = error

    def _wrong(self, message: str) -> ConfigError:
        return ConfigError([Problem(self._path, 0, 0, "tls_server_config", message)])


def _content(path: str | Path) -> bytes | None:
    try:
        return read_bytes(path)
    except ConfigError:
        return None


def _noting(contents: dict[str | Path, bytes | None]) -> Callable[[str | Path], bytes]:
    """``read_bytes`` that leaves a note of what it read, and of what it could not."""

    def read(path: str | Path) -> bytes:
        if is_pipe(path):
            message = "is a pipe; this file is read again for each request, which a pipe does not allow"
            raise ConfigError([Problem(str(path), 0, 0, "", message)])
        contents[path] = None
        contents[path] = content = read_bytes(path)
        return content

    return read
