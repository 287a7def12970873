"""Certificates for tests: a client CA, clients that it vouches for, and servers that vouch for themselves."""

import datetime as dt
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_PEM = serialization.Encoding.PEM
_NAMES = (
    x509.DNSName("client.example.org"),
    x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    x509.RFC822Name("client@example.org"),
    x509.UniformResourceIdentifier("spiffe://example.org/prometheus"),
)


class Pair:
    """A certificate and its key; without an issuer it is its own."""

    def __init__(self, name, issuer=None, *, authority=False, names=_NAMES):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        by = issuer or self
        builder = x509.CertificateBuilder(
            by.subject, self.subject, self.key.public_key(), x509.random_serial_number()
        )
        builder = builder.not_valid_before(_START).not_valid_after(_START + dt.timedelta(days=36500))
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        self.certificate = builder.sign(by.key, hashes.SHA256())

    @property
    def certificate_pem(self):
        return self.certificate.public_bytes(_PEM)

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self):
        return self.key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    def write(self, folder, name):
        (folder / f"{name}.crt").write_bytes(self.certificate_pem)
        (folder / f"{name}.key").write_bytes(self.key_pem)
        return self


def write_all(folder):
    """``server``, ``ca``, ``trusted`` (vouched for by the CA), ``stranger`` (vouching for itself).

    ``damaged.crt`` has a certificate that is none, ``bundle.crt`` the CA's behind one like that.
    """
    Pair("localhost").write(folder, "server")
    authority = Pair("client CA", authority=True, names=()).write(folder, "ca")
    Pair("client", authority).write(folder, "trusted")
    Pair("client").write(folder, "stranger")
    damaged = b"# a CA\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    (folder / "damaged.crt").write_bytes(damaged)
    (folder / "bundle.crt").write_bytes(damaged + authority.certificate_pem)
