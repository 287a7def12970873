"""Where serving departs from a web configuration, because Python's ssl cannot do what the file says.

Each departure is one line that begins with the key. None lets in whom the file keeps out.
"""

from collections.abc import Iterator

from exporter.config.curves import can_be_alone
from exporter.config.web import TlsConfig, WebConfig


def departures(config: WebConfig) -> tuple[str, ...]:
    """The lines for a whole configuration."""
    return tuple(f"tls_server_config.{line}" for line in _of_tls(config.tls)) if config.tls else ()


def _of_tls(tls: TlsConfig) -> Iterator[str]:
    asks, names = tls.client_auth_type, tls.client_allowed_sans is not None
    if asks == "RequireAnyClientCert" or (asks == "RequestClientCert" and names):
        ca = "the client CA" if tls.client_ca or tls.client_ca_file else "a CA that this system trusts"
        yield f"client_auth_type: {asks} would take any certificate; here it has to be one of {ca}"
    if asks == "NoClientCert" and names:
        yield "client_allowed_sans: no client is asked for a certificate, so no name is checked"
    if len(tls.curve_preferences) == 1 and not can_be_alone(*tls.curve_preferences):
        yield "curve_preferences: this Python cannot have X25519 alone; OpenSSL offers those it has"
    if len(tls.curve_preferences) > 1:
        yield "curve_preferences: of several curves none is preferred; OpenSSL offers those it has"
