"""Where serving departs from a web configuration, it is told."""

from dataclasses import replace

import pytest

from exporter.config.departures import departures
from exporter.config.secret import Secret
from exporter.config.web import TlsConfig, WebConfig

TLS = TlsConfig("c", Secret("k"), "", None, None, None, "NoClientCert", None, "TLS12", "TLS13", (), (), True)
ANY = "would take any certificate; here it has to be one of"
SYSTEM = "a CA that this system trusts"
SEVERAL = "curve_preferences: of several curves none is preferred; OpenSSL offers those it has"


@pytest.mark.parametrize(
    ("tls", "line"),
    [
        (
            {"client_auth_type": "RequireAnyClientCert"},
            f"client_auth_type: RequireAnyClientCert {ANY} {SYSTEM}",
        ),
        (
            {"client_auth_type": "RequireAnyClientCert", "client_ca": "x"},
            f"client_auth_type: RequireAnyClientCert {ANY} the client CA",
        ),
        (
            {"client_auth_type": "RequestClientCert", "client_allowed_sans": ("a",)},
            f"client_auth_type: RequestClientCert {ANY} {SYSTEM}",
        ),
        (
            {"client_allowed_sans": ()},
            "client_allowed_sans: no client is asked for a certificate, so no name is checked",
        ),
        ({"curve_preferences": ("CurveP256", "X25519")}, SEVERAL),
        ({"curve_preferences": ("CurveP256", "CurveP384", "X25519")}, SEVERAL),
    ],
)
def test_what_the_file_says_and_serving_does_not_is_told(tls, line):
    assert departures(WebConfig(replace(TLS, **tls))) == (f"tls_server_config.{line}",)


@pytest.mark.parametrize(
    "tls",
    [
        {},
        {"client_auth_type": "RequestClientCert"},
        {"client_auth_type": "RequireAndVerifyClientCert", "client_allowed_sans": ("a",)},
        {"curve_preferences": ("CurveP256",)},
    ],
)
def test_what_is_served_as_the_file_says_is_not_told(tls):
    assert departures(WebConfig(replace(TLS, **tls))) == ()


def test_without_tls_nothing_departs():
    assert departures(WebConfig()) == ()
