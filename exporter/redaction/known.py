"""The secrets at hand, found in any text: whole, in another writing, broken over lines, or in pieces."""

import base64
import html
import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from urllib.parse import quote, quote_plus, unquote_plus

from exporter.redaction.patterns import MASK

_MOST = (
    1024  # secrets: those of two hundred organizations, with room for some hours of sessions that are over
)
_BLOCK = 12  # characters: any piece of twice that holds a whole block of the secret
_LONG = 2 * _BLOCK
_STRONG = 16  # characters from which a value is looked for within words
_LEAST = 4  # characters
_ORDINARY = {"org-access-exporter"}

Span = tuple[int, int]
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_WHOLE = 8  # characters: shorter ones have no encoded forms worth finding


class Secrets:
    """Safe to use from several threads.

    What ordinary text may hold by chance is not replaced: values of less than four characters, digits alone
    (an account's id as an external id), and shorter words of letters alone.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._blocks: dict[str, list[tuple[str, int]]] = {}
        self._short: dict[str, re.Pattern[str]] = {}

    def add(self, value: str) -> None:
        """Remember a secret; the oldest are forgotten for it when there are too many."""
        value = value.strip()
        if not telling(value):
            return
        with self._lock:
            if value in self._known:
                self._known.move_to_end(value)
                return
            self._known[value] = forms(value)
            for form in self._known[value]:
                self._index(form)
            if len(self._known) > _MOST:
                for form in self._known.popitem(last=False)[1]:
                    self._drop(form)

    def taken_out(self, text: str) -> str:
        """``text`` with :data:`MASK` in the place of each."""
        with self._lock:
            short = [pattern for form, pattern in self._short.items() if form in text]
            blocks = bool(self._blocks)
        for pattern in short:
            text = pattern.sub(MASK, text)
        if blocks and len(text) >= _LONG:
            spans = list(self._spans(text))
            for start, end in reversed(spans):
                text = f"{text[:start]}{MASK}{text[end:]}"
        return text

    def _index(self, form: str) -> None:
        squeezed = "".join(form.split())
        if len(squeezed) < _LONG:
            self._short[form] = _whole(form)
            return
        for at in range(0, len(squeezed) - _BLOCK + 1, _BLOCK):
            self._blocks.setdefault(squeezed[at : at + _BLOCK], []).append((squeezed, at))

    def _drop(self, form: str) -> None:
        self._short.pop(form, None)
        squeezed = "".join(form.split())
        for at in range(0, len(squeezed) - _BLOCK + 1, _BLOCK):
            block = squeezed[at : at + _BLOCK]
            left = [place for place in self._blocks.get(block, ()) if place[0] != squeezed]
            self._blocks |= {block: left}
            if not left:
                del self._blocks[block]

    def _spans(self, text: str) -> Iterator[Span]:
        """Where pieces of secrets are, whatever white space is strewn in."""
        squeezed = "".join(text.split())
        windows = {squeezed[at : at + _BLOCK] for at in range(len(squeezed) - _BLOCK + 1)}
        if windows.isdisjoint(self._blocks):
            return
        places = [at for at, letter in enumerate(text) if not letter.isspace()]
        at = 0
        while at <= len(squeezed) - _BLOCK:
            places_of = self._blocks.get(squeezed[at : at + _BLOCK], ())
            pieces = (_extended(squeezed, at, *place) for place in places_of)
            start, end = max(pieces, key=lambda piece: piece[1] - piece[0], default=(at, at))
            if end - start < _LONG:
                at += 1
                continue
            yield places[start], places[end - 1] + 1
            at = end


def telling(value: str) -> bool:
    """Whether a value is one that ordinary text does not hold by chance."""
    if value in _ORDINARY or len(value) < _LEAST:
        return False
    if len(value) >= _STRONG:
        return True
    return not value.isdigit() and not value.isalpha()


def _whole(form: str) -> re.Pattern[str]:
    """Short ones stand alone, long ones wherever they are."""
    escaped = re.escape(form)
    return re.compile(escaped if len(form) >= _STRONG else rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])")


def _extended(text: str, at: int, secret: str, offset: int) -> Span:
    """The piece of ``secret`` around the block of it that stands at ``at``."""
    start, begin = at, offset
    while start and begin and text[start - 1] == secret[begin - 1]:
        start, begin = start - 1, begin - 1
    end, stop = at + _BLOCK, offset + _BLOCK
    while end < len(text) and stop < len(secret) and text[end] == secret[stop]:
        end, stop = end + 1, stop + 1
    return start, end


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
