import datetime as dt
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

WEB_TESTDATA = Path(__file__).parent / "testdata" / "web"
PEM = serialization.Encoding.PEM


def private_key_file(path, key, encryption):
    path.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, encryption))


def certificate_file(path, key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(start + dt.timedelta(days=36500))
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(PEM))


@pytest.fixture(scope="session")
def web_files(tmp_path_factory):
    """A directory with the web testdata and the certificates and keys that it names."""
    directory = tmp_path_factory.mktemp("web")
    shutil.copytree(WEB_TESTDATA, directory, dirs_exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate_file(directory / "server.crt", key)
    private_key_file(directory / "server.key", key, serialization.NoEncryption())
    private_key_file(directory / "encrypted.key", key, serialization.BestAvailableEncryption(b"hunter2"))
    private_key_file(
        directory / "other.key", ec.generate_private_key(ec.SECP256R1()), serialization.NoEncryption()
    )
    return directory
