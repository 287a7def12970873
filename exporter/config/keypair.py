"""Whether a certificate and a private key are ones, and belong together: asked of OpenSSL."""

import ssl
import tempfile
from pathlib import Path


def complaint(certificate: bytes, key: bytes) -> str:
    """What is wrong with a pair in PEM, empty if it can serve TLS."""
    # OpenSSL reads a pair from files only; the directory is ours alone and gone at once.
    with tempfile.TemporaryDirectory() as directory:
        certificate_file, key_file = Path(directory, "cert.pem"), Path(directory, "key.pem")
        certificate_file.write_bytes(certificate)
        key_file.touch(mode=0o600)
        key_file.write_bytes(key)
        return _load(certificate_file, key_file)


def _load(certificate_file: Path, key_file: Path) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A password, even an empty one, keeps OpenSSL from asking for one on the terminal.
        context.load_cert_chain(certificate_file, key_file, password="")
    except ssl.SSLError as error:
        return _reason(error)
    return ""


def _reason(error: ssl.SSLError) -> str:
    known = {
        "KEY_VALUES_MISMATCH": "the certificate and the private key do not belong together",
        "NO_START_LINE": "no certificate or no private key in PEM was found",
    }
    name = error.reason or ""
    return known.get(name, name.lower().replace("_", " ") or "no PEM, or a key with a password")
