"""The shape of ``--web.config.file``: exporter-toolkit's format, key by key.

Scalars arrive as ``Text``, since go-yaml takes any scalar for a string and null for a key left out.
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from exporter.config.quoting import describe, quote
from exporter.config.scalars import Text

CLIENT_AUTH_TYPES = (
    "NoClientCert",
    "RequestClientCert",
    "RequireAnyClientCert",
    "RequireClientCert",
    "VerifyClientCertIfGiven",
    "RequireAndVerifyClientCert",
)
TLS_VERSIONS = ("TLS10", "TLS11", "TLS12", "TLS13")
CURVES = ("CurveP256", "CurveP384", "CurveP521", "X25519")
# crypto/tls.CipherSuites(): those without known weaknesses.
CIPHER_SUITES = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
    "Content-Security-Policy": (),
}
# time.ParseDuration's units, in nanoseconds; both signs for micro are in use.
_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_GO_DURATION = re.compile(rf"([-+]?)((?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:{'|'.join(_NANOSECONDS)}))+)")
_GO_PART = re.compile(r"([0-9.]+)([^0-9.]+)")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _Section(_Strict):
    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, data: object) -> object:
        """A key with nothing behind it is a key left out, as long as it is a key at all."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


def _string(value: object) -> object:
    return "" if value is None else value


def _boolean(value: object) -> object:
    if isinstance(value, Text) and value.truth is not None:
        return value.truth
    raise ValueError(f"must be true or false, not {describe(value)}")


def _integer(value: object) -> int:
    if isinstance(value, Text) and value.number is not None:
        return value.number
    raise ValueError(f"must be a whole number, not {describe(value)}")


def _interval(value: object) -> float:
    """Seconds of a Go duration, or of a plain number, which Go takes for nanoseconds."""
    if isinstance(value, Text) and value.number is not None:
        return value.number / 1e9
    text = value if isinstance(value, str) else ""
    match = _GO_DURATION.fullmatch(text)
    if text in {"0", "+0", "-0"}:
        return 0.0
    if match is None or len(text) > 100:
        raise ValueError(f"{describe(value)} is not a duration such as 1s, 200ms or 1m30s")
    total = sum(float(number) * _NANOSECONDS[unit] for number, unit in _GO_PART.findall(match[2])) / 1e9
    return -total if match[1] == "-" else total


def _items(value: object) -> object:
    return [item for item in value if item is not None] if isinstance(value, list) else value


def _one_of(*words: str) -> BeforeValidator:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"must be one of {', '.join(filter(None, words))}, not {describe(value)}")
        return str(value)

    return BeforeValidator(check)


def _cipher_suite(value: object) -> object:
    if isinstance(value, str) and value not in CIPHER_SUITES:
        raise ValueError(f"{quote(value)} is not a cipher suite that Go calls secure")
    return value


def _header(name: str) -> BeforeValidator:
    def check(value: object) -> object:
        text = "" if value is None else value
        if HEADERS[name] and isinstance(text, str) and text not in HEADERS[name]:
            raise ValueError(f"must be {' or '.join(HEADERS[name])}, not {quote(text)}")
        return text

    return BeforeValidator(check)


def _bcrypt(value: object) -> object:
    """What Go's ``bcrypt.Cost`` checks, and no more; the message does not repeat the hash."""
    text = "" if value is None else value
    if isinstance(text, str) and (complaint := _not_bcrypt(text.encode())):
        raise ValueError(f"not a bcrypt hash: {complaint}")
    return text


def _not_bcrypt(hashed: bytes) -> str:
    if len(hashed) < 59:
        return "it is too short"
    if hashed[:1] != b"$" or hashed[1:2] > b"2":
        return "it does not begin with $2"
    start = 3 if hashed[2:3] == b"$" else 4
    cost = hashed[start : start + 2]
    if not re.fullmatch(rb"[-+]?[0-9]+", cost) or not 4 <= int(cost) <= 31:
        return "its cost is not a number from 4 to 31"
    return ""


String = Annotated[str, BeforeValidator(_string)]
Boolean = Annotated[bool, BeforeValidator(_boolean)]
Version = Annotated[str, _one_of(*TLS_VERSIONS)]
CipherSuite = Annotated[str, BeforeValidator(_cipher_suite)]
Curve = Annotated[str, _one_of(*CURVES)]


class Tls(_Section):
    """``tls_server_config``."""

    cert: String = ""
    key: String = ""
    client_ca: String = ""
    cert_file: String = ""
    key_file: String = ""
    client_ca_file: String = ""
    client_auth_type: Annotated[str, _one_of("", *CLIENT_AUTH_TYPES), BeforeValidator(_string)] = ""
    client_allowed_sans: list[String] | None = None
    min_version: Version = "TLS12"
    max_version: Version = "TLS13"
    cipher_suites: Annotated[list[CipherSuite], BeforeValidator(_items)] = []
    curve_preferences: Annotated[list[Curve], BeforeValidator(_items)] = []
    prefer_server_cipher_suites: Boolean = True


class Headers(_Strict):
    """``http_server_config.headers``: these five, and no other."""

    strict_transport_security: Annotated[str | None, _header("Strict-Transport-Security")] = Field(
        default=None, alias="Strict-Transport-Security"
    )
    x_content_type_options: Annotated[str | None, _header("X-Content-Type-Options")] = Field(
        default=None, alias="X-Content-Type-Options"
    )
    x_frame_options: Annotated[str | None, _header("X-Frame-Options")] = Field(
        default=None, alias="X-Frame-Options"
    )
    x_xss_protection: Annotated[str | None, _header("X-XSS-Protection")] = Field(
        default=None, alias="X-XSS-Protection"
    )
    content_security_policy: Annotated[str | None, _header("Content-Security-Policy")] = Field(
        default=None, alias="Content-Security-Policy"
    )


class Http(_Section):
    """``http_server_config``."""

    http2: Boolean = True
    headers: Headers = Headers()


class RateLimit(_Section):
    """``rate_limit``: a token bucket; no limit without an interval."""

    interval: Annotated[float, BeforeValidator(_interval)] = 0.0
    burst: Annotated[int, BeforeValidator(_integer)] = 0


class WebFile(_Section):
    """The whole file."""

    tls_server_config: Tls = Tls()
    http_server_config: Http = Http()
    basic_auth_users: dict[str, Annotated[str, BeforeValidator(_bcrypt)]] = {}
    rate_limit: RateLimit = RateLimit()
