"""The curves of a web configuration, as OpenSSL calls them."""

import ssl
from functools import cache

OPENSSL_NAMES = {
    "CurveP256": "prime256v1",
    "CurveP384": "secp384r1",
    "CurveP521": "secp521r1",
    "X25519": "X25519",
}


@cache
def can_be_alone(curve: str) -> bool:
    """Whether Python can make this the only curve; that of Debian 12 cannot with X25519."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ecdh_curve(OPENSSL_NAMES[curve])
    except (ssl.SSLError, ValueError):
        return False
    return True
