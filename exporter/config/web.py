"""``--web.config.file``: exporter-toolkit's format as a frozen ``WebConfig``, with its verdict."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from exporter.config import document, keypair, web_schema
from exporter.config.document import Document
from exporter.config.document import Path as Place
from exporter.config.files import Reader, read_bytes, read_file
from exporter.config.findings import find
from exporter.config.secret import Secret
from exporter.errors import ConfigError, Problem

_TLS = "tls_server_config"


@dataclass(frozen=True, slots=True)
class TlsConfig:
    """How to serve TLS. Of ``cert`` (PEM) and ``cert_file`` the file wins; so with the key and the client CA.

    ``client_auth_type`` is one of Go's five, spelled the present way; ``client_allowed_sans`` None asks for
    no particular name. ``cipher_suites`` and ``curve_preferences`` have Go's names; empty: the defaults.
    """

    cert: str
    key: Secret
    client_ca: str
    cert_file: Path | None
    key_file: Path | None
    client_ca_file: Path | None
    client_auth_type: str
    client_allowed_sans: tuple[str, ...] | None
    min_version: str
    max_version: str
    cipher_suites: tuple[str, ...]
    curve_preferences: tuple[str, ...]
    prefer_server_cipher_suites: bool


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket: one token every ``interval`` seconds, at most ``burst`` of them."""

    interval: float
    burst: int


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How the web server protects itself; ``users`` has bcrypt hashes by name, empty: no authentication."""

    tls: TlsConfig | None = None
    http2: bool = True
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    users: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}))
    rate_limit: RateLimit | None = None


def load_web(path: str | Path, read: Reader = read_bytes) -> WebConfig:
    """The web configuration in a file, an empty one included. ConfigError has every problem.

    Certificates and keys are read to see whether they fit, and left where they are: they may be renewed.
    ``read`` is called for the file and for each file that it names.
    """
    written = document.read_text(read_file(path, read), str(path))
    data = {} if written.data is None else written.data
    problems, file = list(written.problems), None
    try:
        file = web_schema.WebFile.model_validate(data)
    except ValidationError as error:
        problems += find(written, web_schema.WebFile, error)
    tls = _tls(data, Path(path).parent)
    problems += _wrong_tls(written, tls, read) if tls else ()
    if file is None or problems:
        raise ConfigError(sorted(problems))
    return _web_config(file, tls)


def _web_config(file: web_schema.WebFile, tls: TlsConfig | None) -> WebConfig:
    limit = file.rate_limit
    http = file.http_server_config
    headers = {
        name: _header_line(value)
        for name, value in http.headers.model_dump(by_alias=True, exclude_none=True).items()
    }
    return WebConfig(
        tls=tls,
        http2=http.http2,
        headers=MappingProxyType(headers),
        users=MappingProxyType({name: Secret(hashed) for name, hashed in file.basic_auth_users.items()}),
        rate_limit=RateLimit(limit.interval, limit.burst) if limit.interval else None,
    )


def _header_line(value: str) -> str:
    """A header is one line: net/http makes spaces of line breaks, so a folded YAML text works there too."""
    return value.replace("\n", " ").replace("\r", " ").strip(" \t")


def _tls(data: Any, directory: Path) -> TlsConfig | None:
    """The section for TLS if it is right in itself, whatever else is wrong with the file."""
    section = data.get(_TLS) if isinstance(data, dict) else None
    try:
        return _asked_for(web_schema.Tls.model_validate(section or {}), directory)
    except ValidationError:
        return None


def _asked_for(written: web_schema.Tls, directory: Path) -> TlsConfig | None:
    """None unless one of the keys that ask for TLS is there: a version alone does not."""
    texts = (written.cert, written.key, written.client_ca)
    files = (written.cert_file, written.key_file, written.client_ca_file)
    if not any((*texts, *files, written.client_auth_type)):
        return None
    # RequireClientCert is the older word for the same thing.
    auth_type = written.client_auth_type.replace("RequireClientCert", "RequireAnyClientCert")
    sans = written.client_allowed_sans
    return TlsConfig(
        cert=written.cert,
        key=Secret(written.key),
        client_ca=written.client_ca,
        cert_file=_beside(directory, written.cert_file),
        key_file=_beside(directory, written.key_file),
        client_ca_file=_beside(directory, written.client_ca_file),
        client_auth_type=auth_type or "NoClientCert",
        client_allowed_sans=None if sans is None else tuple(sans),
        min_version=written.min_version,
        max_version=written.max_version,
        cipher_suites=tuple(written.cipher_suites),
        curve_preferences=tuple(written.curve_preferences),
        prefer_server_cipher_suites=written.prefer_server_cipher_suites,
    )


def _beside(directory: Path, name: str) -> Path | None:
    return Path(os.path.normpath(directory / name)) if name else None


def _wrong_tls(written: Document, tls: TlsConfig, read: Reader) -> Iterator[Problem]:
    cert = _Part(written, "cert", tls.cert, tls.cert_file, read)
    key = _Part(written, "key", tls.key.reveal(), tls.key_file, read)
    client_ca = _Part(written, "client_ca", tls.client_ca, tls.client_ca_file, read)
    yield from (*cert.problems(required=True), *key.problems(required=True), *client_ca.problems())
    if cert.content and key.content and (complaint := keypair.complaint(cert.content, key.content)):
        yield written.at_value(cert.place, f"the certificate cannot be used: {complaint}")
    if client_ca.given and tls.client_auth_type == "NoClientCert":
        yield written.at_value(
            client_ca.place, "client CA's have been configured without a Client Auth Policy"
        )


class _Part:
    """The certificate, the key or the client CA: in the file itself, or in a file of its own that wins."""

    def __init__(self, written: Document, name: str, text: str, file: Path | None, read: Reader) -> None:
        self.written = written
        self.name = name
        self.given = bool(file or text)
        self.place: Place = (_TLS, f"{name}_file" if file else name)
        self.content = text.encode()
        self.unreadable: tuple[Problem, ...] = ()
        if file:
            self._load(file, read)

    def _load(self, file: Path, read: Reader) -> None:
        try:
            self.content = read(file)
        except ConfigError as error:
            self.content = b""
            self.unreadable = tuple(
                self.written.at_value(self.place, f"{file}: {problem.message}") for problem in error.problems
            )

    def problems(self, *, required: bool = False) -> Iterator[Problem]:
        if required and not self.given:
            yield self.written.at_value((_TLS,), f"missing one of {self.name} or {self.name}_file")
        yield from self.unreadable
