"""The ways in which one secret can be written."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote_plus

_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_WHOLE = 8  # characters: shorter ones have no encoded forms worth finding


def forms(value: str) -> frozenset[str]:
    """``value`` as it is, in URLs, in quotes, in XML, in base64 (wherever in it), in hexadecimal digits."""
    if len(value) < _WHOLE:
        return frozenset({value})
    return frozenset(filter(None, {value, value.strip(), unquote_plus(value), *_written(value)}))


def _written(value: str) -> Iterator[str]:
    raw = value.encode("utf-8", "surrogatepass")
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield encoded
        yield _ESCAPE.sub(lambda found: found[0].lower(), encoded)
        yield quote(encoded, safe="")
    yield repr(value)[1:-1]
    yield repr(raw)[2:-1]
    yield json.dumps(value)[1:-1]
    yield html.escape(value)
    yield raw.hex()
    yield raw.hex().upper()
    yield from _base64(raw)


def _base64(raw: bytes) -> Iterator[str]:
    """What does not depend on the bytes before and behind, for each of the three places in a group."""
    for before in range(3):
        padded = b"\0" * before + raw
        first = (before * 8 + 5) // 6
        last = len(padded) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(padded).decode()[first:last]
