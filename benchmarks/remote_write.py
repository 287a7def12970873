"""Samples for a Prometheus by remote write: its encoding, as far as a history needs it."""

import struct
import urllib.request
from collections.abc import Iterable, Mapping
from functools import lru_cache

STALE = struct.unpack("<d", bytes.fromhex("020000000000f07f"))[0]
"""The value by which Prometheus marks the end of a series."""


def labels(pairs: Mapping[str, str]) -> bytes:
    """The labels of a series, its name among them as ``__name__``."""
    return b"".join([_label(*pair) for pair in sorted(pairs.items()) if pair[1]])


@lru_cache(maxsize=65_536)
def _label(name: str, text: str) -> bytes:
    return field(b"\x0a", field(b"\x0a", name.encode()) + field(b"\x12", text.encode()))


def sample(value: bytes, milliseconds: int) -> bytes:
    """One sample; ``value`` is a double, little endian."""
    moment = _moment(milliseconds)
    return b"\x12" + bytes([9 + len(moment)]) + b"\x09" + value + moment


@lru_cache(maxsize=65_536)
def _moment(milliseconds: int) -> bytes:
    return b"\x10" + _varint(milliseconds)


def series(pairs: Mapping[str, str], samples: Iterable[tuple[float, float]]) -> bytes:
    """A series with its samples: (Unix seconds, value)."""
    taken = b"".join(sample(struct.pack("<d", value), round(at * 1000)) for at, value in samples)
    return field(b"\x0a", labels(pairs) + taken)


def field(tag: bytes, content: bytes) -> bytes:
    """A field of bytes in protobuf's encoding."""
    return tag + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def send(url: str, body: bytes) -> None:
    """One request with these series. Its compression is snappy's, of which literals alone are used."""
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    literals = b"".join(b"\xf4" + struct.pack("<H", len(piece) - 1) + piece for piece in pieces)
    headers = {"Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}
    request = urllib.request.Request(f"{url}/api/v1/write", _varint(len(body)) + literals, headers)
    with urllib.request.urlopen(request):
        pass
