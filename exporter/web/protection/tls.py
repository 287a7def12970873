"""TLS as the configuration has it when a connection begins, and a word for who comes without it.

Names of versions, ciphers and curves are Go's.
"""

import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from exporter.config.curves import OPENSSL_NAMES, can_be_alone
from exporter.config.keypair import load_pair
from exporter.config.web import TlsConfig

_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_OUTDATED = ("TLS10", "TLS11")
_CIPHERS = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
}
# What Go offers where the file names none; without it, versions before 1.2 would have no cipher in common.
_DEFAULT_CIPHERS = ":".join(_CIPHERS.values())

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)

Contents = Mapping[str | Path, bytes]


def context_of(tls: TlsConfig, contents: Contents) -> ssl.SSLContext:
    """The context of a configuration; ``contents`` has what the files that it names held when it was checked.

    Raises ssl.SSLError for what OpenSSL does not take, ConfigUnavailableError where it cannot be asked.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslobject_class = Handshake
    context.set_alpn_protocols(["http/1.1"])
    _load_pair(context, tls, contents)
    _choose_algorithms(context, tls)
    _ask_clients(context, tls, contents)
    return context


def _content(file: Path | None, text: str, contents: Contents) -> bytes:
    return contents[file] if file else text.encode()


def _load_pair(context: ssl.SSLContext, tls: TlsConfig, contents: Contents) -> None:
    # Not from the files of the configuration, which may have changed since they were checked.
    certificate = _content(tls.cert_file, tls.cert, contents)
    load_pair(context, certificate, _content(tls.key_file, tls.key.reveal(), contents))


def _choose_algorithms(context: ssl.SSLContext, tls: TlsConfig) -> None:
    oldest, newest = _VERSIONS[tls.min_version], _VERSIONS[tls.max_version]
    ciphers = [_CIPHERS[name] for name in tls.cipher_suites if name in _CIPHERS]
    if tls.cipher_suites and not ciphers:
        # Those named are all of TLS 1.3, which leaves older versions without one.
        oldest = ssl.TLSVersion.TLSv1_3
    if ciphers or tls.min_version in _OUTDATED:
        # OpenSSL speaks versions before 1.2 at its lowest security level only.
        level = ":@SECLEVEL=0" if tls.min_version in _OUTDATED else ""
        context.set_ciphers((":".join(ciphers) or _DEFAULT_CIPHERS) + level)
    context.minimum_version, context.maximum_version = oldest, newest
    if not tls.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if len(tls.curve_preferences) == 1 and can_be_alone(*tls.curve_preferences):
        context.set_ecdh_curve(OPENSSL_NAMES[tls.curve_preferences[0]])


def _ask_clients(context: ssl.SSLContext, tls: TlsConfig, contents: Contents) -> None:
    sans = tls.client_allowed_sans
    asks = tls.client_auth_type
    if asks == "NoClientCert" or (asks == "RequestClientCert" and sans is None):
        return
    given = asks == "VerifyClientCertIfGiven" and sans is None
    context.verify_mode = ssl.CERT_OPTIONAL if given else ssl.CERT_REQUIRED
    # As in Go, whatever is in the client CA is trusted, whether it is a CA's own certificate or not.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if tls.client_ca_file or tls.client_ca:
        _trust(context, _content(tls.client_ca_file, tls.client_ca, contents))
    else:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    if sans is not None:
        context.sslobject_class = _checking(frozenset(sans))


def _trust(context: ssl.SSLContext, authorities: bytes) -> None:
    """Trust the certificates in a PEM text; as in Go what is none is passed over, even if all of it is."""
    for certificate in _CERTIFICATE.findall(authorities.decode("ascii", "ignore")):
        with suppress(ssl.SSLError, ValueError):
            context.load_verify_locations(cadata=certificate)


def _checking(allowed: frozenset[str]) -> type[ssl.SSLObject]:
    class Checking(Handshake):
        """Ends the connection of a client whose certificate has none of the names."""

        def agree(self) -> None:
            super().agree()
            if allowed.isdisjoint(_names(self.getpeercert() or {})):
                raise ssl.SSLCertVerificationError("the client's certificate has no allowed name")

    return Checking


def _names(certificate: Mapping[str, object]) -> list[str]:
    alternatives = certificate.get("subjectAltName", ())
    assert isinstance(alternatives, tuple)
    return [_canonical(kind, value) for kind, value in alternatives]


def _canonical(kind: str, value: str) -> str:
    """OpenSSL writes IPv6 addresses in full, Go and everybody else in short."""
    return str(ipaddress.ip_address(value.strip())) if kind == "IP Address" else value


_TEXT = b"400: Client sent an HTTP request to an HTTPS server.\n"
_WITHOUT_TLS = (
    b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b" % (len(_TEXT), _TEXT)
)


class Handshake(ssl.SSLObject):
    """One connection's TLS. Who begins with a letter speaks HTTP: TLS begins with a byte that is none.

    That one is told so in plain text, and to the server it looks like a client that left at once.
    """

    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO
    _begun = False
    _plain = False

    def do_handshake(self) -> None:
        """Called again and again, as more is received."""
        if not self._begun and self.incoming.pending:
            self._begun, self._plain = True, self._begins_with_a_letter()
            if self._plain:
                self.outgoing.write(_WITHOUT_TLS)
        if not self._plain:
            self.agree()

    def agree(self) -> None:
        """The handshake of one who does speak TLS."""
        super().do_handshake()

    def _begins_with_a_letter(self) -> bool:
        received = self.incoming.read()
        self.incoming.write(received)
        return received[:1].isalpha()

    def read(self, *arguments: Any) -> Any:
        """What was received; nothing more of one without TLS."""
        return b"" if self._plain else super().read(*arguments)

    def getpeercert(self, *arguments: Any, **keywords: Any) -> Any:
        return None if self._plain else super().getpeercert(*arguments, **keywords)

    def unwrap(self) -> None:
        """The end of TLS, where there was any."""
        if not self._plain:
            super().unwrap()


class Handshakes(ssl.SSLContext):
    """Given to a server as its context, it hands each connection the context of that moment.

    asyncio calls ``wrap_bio`` once per connection. ``ssl`` has a callback for the same purpose, but that one
    comes after the server has said whom it trusts, and can exchange certificates only.
    """

    _current: Callable[[], ssl.SSLContext]

    def __new__(cls, current: Callable[[], ssl.SSLContext]) -> Self:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        made._current = current
        return made

    def wrap_bio(
        self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *arguments: Any, **keywords: Any
    ) -> ssl.SSLObject:
        made = self._current().wrap_bio(incoming, outgoing, *arguments, **keywords)
        if isinstance(made, Handshake):
            made.incoming, made.outgoing = incoming, outgoing
        return made
