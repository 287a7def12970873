"""Web configurations, a client for each, and what that gets: from us, and from exporter-toolkit.

Where we depart, ``departs`` tells what exporter-toolkit answers instead.
"""

import base64
import contextlib
import re
import socket
import ssl
import warnings
from dataclasses import dataclass

import bcrypt

REFUSED = "refused"
OLD = ssl.TLSVersion.TLSv1_1
_PAIR = "cert_file: server.crt, key_file: server.key"
_CA = f"{_PAIR}, client_ca_file: ca.crt"


def hash_of(password, prefix=b"2a"):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4, prefix=prefix)).decode()


_ALICE, _BOB = hash_of("sesame"), hash_of("øpen", b"2b").replace("$2b", "$2y")
USERS = f"basic_auth_users: {{alice: '{_ALICE}', böb: '{_BOB}'}}"


@dataclass(frozen=True)
class Client:
    """``certificate`` names one of ``certificates.write_all``; ``login`` is ``user:password``."""

    tls: bool = True
    certificate: str = ""
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
    ciphers: str = ""
    curve: str = ""
    login: str | None = None
    headers: tuple[str, ...] = ()

    def context(self, folder):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.load_verify_locations(folder / "server.crt")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version, made.maximum_version = self.oldest, self.newest
        if self.ciphers:
            made.set_ciphers(self.ciphers)
        if self.curve:
            made.set_ecdh_curve(self.curve)
        if self.certificate:
            made.load_cert_chain(folder / f"{self.certificate}.crt", folder / f"{self.certificate}.key")
        return made

    def request(self):
        lines = ["GET /metrics HTTP/1.1", "Host: x", "Connection: close", *self.headers]
        if self.login is not None:
            lines.append(f"Authorization: Basic {base64.b64encode(self.login.encode()).decode()}")
        return "\r\n".join([*lines, "", ""]).encode()

    def ask(self, place, folder):
        """The status, or that there is none: the handshake failed, or nothing came after it."""
        received = b""
        context = self.context(folder) if self.tls else None
        try:
            with contextlib.ExitStack() as stack:
                connected = stack.enter_context(socket.create_connection(place, timeout=10))
                if context:
                    connected = stack.enter_context(context.wrap_socket(connected))
                connected.sendall(self.request())
                while data := connected.recv(1 << 16):
                    received += data
        except (ssl.SSLError, ConnectionError) as error:
            print(f"refused: {error!r}")
        status = re.match(rb"HTTP/1\.1 (\d+)", received)
        return int(status[1]) if status else REFUSED


@dataclass(frozen=True)
class Case:
    name: str
    config: str
    client: Client
    answer: int | str
    departs: int | str | None = None


def _tls(more=""):
    return f"tls_server_config: {{{more or _PAIR}}}"


def _asking(kind, client, answer, *, more="", pair=_CA, departs=None):
    name = f"{kind} {client or 'nobody'} {'with' if pair == _CA else 'without'} CA {more}".strip()
    config = _tls(f"{pair}, client_auth_type: {kind}{more}")
    return Case(name, config, Client(certificate=client), answer, departs)


_SANS = ", client_allowed_sans: [%s]"
_ECDSA_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
TLS_1_2 = {"newest": ssl.TLSVersion.TLSv1_2}

CASES = [
    Case("nothing at all", "", Client(tls=False), 200),
    Case("TLS", _tls(), Client(), 200),
    Case("TLS to plain text", "", Client(), REFUSED),
    # Who has to show a certificate, and which.
    _asking("NoClientCert", "", 200, pair=_PAIR),
    _asking("NoClientCert", "stranger", 200, pair=_PAIR),
    _asking("NoClientCert", "", 200, pair=_PAIR, more=_SANS % "x"),
    _asking("RequestClientCert", "", 200),
    _asking("RequestClientCert", "trusted", 200),
    _asking("RequestClientCert", "stranger", 200),
    _asking("RequestClientCert", "", REFUSED, more=_SANS % "client.example.org"),
    _asking("RequestClientCert", "trusted", 200, more=_SANS % "client.example.org"),
    _asking("RequestClientCert", "stranger", REFUSED, more=_SANS % "client.example.org", departs=200),
    _asking("RequireAnyClientCert", "", REFUSED),
    _asking("RequireAnyClientCert", "trusted", 200),
    _asking("RequireAnyClientCert", "stranger", REFUSED, departs=200),
    _asking("RequireAnyClientCert", "trusted", REFUSED, pair=_PAIR, departs=200),
    _asking("RequireClientCert", "", REFUSED),
    _asking("RequireClientCert", "trusted", 200),
    _asking("VerifyClientCertIfGiven", "", 200),
    _asking("VerifyClientCertIfGiven", "trusted", 200),
    _asking("VerifyClientCertIfGiven", "stranger", REFUSED),
    _asking("VerifyClientCertIfGiven", "", REFUSED, more=_SANS % "client.example.org"),
    _asking("RequireAndVerifyClientCert", "", REFUSED),
    _asking("RequireAndVerifyClientCert", "trusted", 200),
    _asking("RequireAndVerifyClientCert", "stranger", REFUSED),
    _asking("RequireAndVerifyClientCert", "trusted", REFUSED, pair=_PAIR),
    _asking("RequireAndVerifyClientCert", "stranger", 200, pair=f"{_PAIR}, client_ca_file: stranger.crt"),
    _asking("RequireAndVerifyClientCert", "trusted", REFUSED, pair=f"{_PAIR}, client_ca: nonsense"),
    _asking("RequireAndVerifyClientCert", "trusted", REFUSED, pair=f"{_PAIR}, client_ca_file: damaged.crt"),
    _asking("RequireAndVerifyClientCert", "trusted", 200, pair=f"{_PAIR}, client_ca_file: bundle.crt"),
    *(
        _asking("RequireAndVerifyClientCert", "trusted", 200, more=_SANS % f"other, '{name}'")
        for name in (
            "client.example.org",
            "2001:db8::1",
            "client@example.org",
            "spiffe://example.org/prometheus",
        )
    ),
    *(
        _asking("RequireAndVerifyClientCert", "trusted", REFUSED, more=_SANS % name)
        for name in ("other.example.org", "example.org", "client", "")
    ),
    # Versions.
    Case("1.2 by default", _tls(), Client(**TLS_1_2), 200),
    Case("no 1.1 by default", _tls(), Client(oldest=OLD, newest=OLD, ciphers="ALL:@SECLEVEL=0"), REFUSED),
    Case(
        "1.1 where it is asked for",
        _tls(f"{_PAIR}, min_version: TLS11"),
        Client(oldest=OLD, newest=OLD, ciphers="ALL:@SECLEVEL=0"),
        200,
    ),
    Case("1.3 alone", _tls(f"{_PAIR}, min_version: TLS13"), Client(), 200),
    Case("1.3 alone for an older client", _tls(f"{_PAIR}, min_version: TLS13"), Client(**TLS_1_2), REFUSED),
    Case(
        "no 1.3 for one that knows no other",
        _tls(f"{_PAIR}, max_version: TLS12"),
        Client(oldest=ssl.TLSVersion.TLSv1_3),
        REFUSED,
    ),
    Case("no version at all", _tls(f"{_PAIR}, max_version: TLS11"), Client(), REFUSED),
    # Ciphers, of which TLS 1.3 has its own.
    Case(
        "the cipher",
        _tls(f"{_PAIR}, cipher_suites: [{_ECDSA_128}]"),
        Client(ciphers="ECDHE-ECDSA-AES128-GCM-SHA256", **TLS_1_2),
        200,
    ),
    Case(
        "another cipher",
        _tls(f"{_PAIR}, cipher_suites: [{_ECDSA_128}]"),
        Client(ciphers="ECDHE-ECDSA-AES256-GCM-SHA384", **TLS_1_2),
        REFUSED,
    ),
    Case(
        "a cipher of 1.3 for an older client",
        _tls(f"{_PAIR}, cipher_suites: [TLS_AES_128_GCM_SHA256]") + "\nhttp_server_config: {http2: no}",
        Client(**TLS_1_2),
        REFUSED,
    ),
    Case(
        "a cipher of 1.3",
        _tls(f"{_PAIR}, cipher_suites: [TLS_AES_128_GCM_SHA256]") + "\nhttp_server_config: {http2: no}",
        Client(),
        200,
    ),
    # Curves.
    Case("the curve", _tls(f"{_PAIR}, curve_preferences: [CurveP384]"), Client(curve="secp384r1"), 200),
    Case(
        "another curve", _tls(f"{_PAIR}, curve_preferences: [CurveP384]"), Client(curve="secp521r1"), REFUSED
    ),
    Case("X25519", _tls(f"{_PAIR}, curve_preferences: [X25519]"), Client(), 200),
    Case(
        "one of several curves",
        _tls(f"{_PAIR}, curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]"),
        Client(curve="secp521r1"),
        200,
    ),
    # Users.
    Case("no login", USERS, Client(tls=False), 401),
    Case("right", USERS, Client(tls=False, login="alice:sesame"), 200),
    Case("right with TLS", f"{_tls()}\n{USERS}", Client(login="alice:sesame"), 200),
    Case("not ASCII", USERS, Client(tls=False, login="böb:øpen"), 200),
    Case("wrong password", USERS, Client(tls=False, login="alice:open"), 401),
    Case("another user's password", USERS, Client(tls=False, login="alice:øpen"), 401),
    Case("unknown user", USERS, Client(tls=False, login="eve:sesame"), 401),
    Case("empty password", USERS, Client(tls=False, login="alice:"), 401),
    Case("no colon", USERS, Client(tls=False, login="alice"), 401),
    Case("name in capitals", USERS, Client(tls=False, login="Alice:sesame"), 401),
    Case("other scheme", USERS, Client(tls=False, headers=("Authorization: Bearer YWxpY2U6c2VzYW1l",)), 401),
    Case(
        "scheme in small letters",
        USERS,
        Client(tls=False, headers=("Authorization: basic YWxpY2U6c2VzYW1l",)),
        200,
    ),
    Case("not base64", USERS, Client(tls=False, headers=("Authorization: Basic ?",)), 401),
    Case("no padding", USERS, Client(tls=False, headers=("Authorization: Basic YWxpY2U6c2VzYW1lMQ",)), 401),
    Case("no users", "basic_auth_users: {}", Client(tls=False), 200),
    Case(
        "a password of more than 72 bytes",
        f"basic_auth_users: {{alice: '{hash_of('x' * 72)}'}}",
        Client(tls=False, login=f"alice:{'x' * 80}"),
        200,
    ),
    # Rate limit.
    Case("none left", "rate_limit: {interval: 1h, burst: 0}", Client(tls=False), 429),
    Case("one left", "rate_limit: {interval: 1h, burst: 1}", Client(tls=False), 200),
    Case("no interval", "rate_limit: {burst: 0}", Client(tls=False), 200),
    Case("interval below zero", "rate_limit: {interval: -1s, burst: 0}", Client(tls=False), 200),
    Case("limit before login", f"rate_limit: {{interval: 1h}}\n{USERS}", Client(tls=False), 429),
]
