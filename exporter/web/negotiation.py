"""Which of our representations a client wants: RFC 9110, sections 12.4.2, 12.5.1 and 12.5.3.

Pure functions that take any text: what cannot be read is passed over, and where nothing we have is
acceptable the client gets the plainest, as the RFC allows. A scraper that is shown text it did not ask for
still scrapes; one that is shown a 406 does not.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from exporter.exposition import Format

# Separators within a quoted string mean nothing; one that is never closed goes on to the end. At no place can
# this fail and try again, so a hostile header costs no more than its length.
_PIECE = r'(?:"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[^"{0}])+'
_ELEMENT = re.compile(_PIECE.format(","), re.DOTALL)
_PARAMETER = re.compile(_PIECE.format(";"), re.DOTALL)
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class Choice(NamedTuple):
    """One element of a list of preferences: a range in lower case, its parameters, and its weight."""

    range: str
    parameters: dict[str, str]
    weight: float


class _Offer(NamedTuple):
    format: Format
    type: str
    version: str


# Where a client likes both the same, the first is served: every reader of metrics knows it.
_OFFERS = (
    _Offer(Format.TEXT, "text/plain", "0.0.4"),
    _Offer(Format.OPENMETRICS, "application/openmetrics-text", "1.0.0"),
)


def choices(header: str) -> Iterator[Choice]:
    """The elements of an Accept or Accept-Encoding header; those with an unreadable weight are left out."""
    for element in _ELEMENT.findall(header):
        name, *rest = _PARAMETER.findall(element) or [""]
        parameters = dict(_parameter(text) for text in rest if "=" in text)
        weight = parameters.pop("q", "1")
        if name.strip() and _WEIGHT.fullmatch(weight):
            yield Choice(name.strip().lower(), parameters, float(weight))


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"')


@lru_cache(maxsize=256)
def format_for(accept: str) -> Format:
    """The format for an Accept header (several joined by commas; empty: none was sent)."""
    wanted = list(choices(accept))
    return max(_OFFERS, key=lambda offer: _weight(offer, wanted)).format


def _weight(offer: _Offer, wanted: list[Choice]) -> float:
    """The weight of the most specific range that matches; 0 where none does."""
    matches = [(_specificity(offer, choice), choice.weight) for choice in wanted]
    specificity, weight = max(matches, default=(0, 0.0))
    return weight if specificity else 0.0


def _specificity(offer: _Offer, choice: Choice) -> int:
    """How closely a range names the offer, from 1; 0 where it does not."""
    version = choice.parameters.get("version")
    if version not in {None, offer.version}:
        return 0
    kind = offer.type.partition("/")[0]
    named = {"*/*": 1, f"{kind}/*": 2, offer.type: 3}.get(choice.range, 0)
    return named + 1 if named == 3 and version else named


@lru_cache(maxsize=256)
def gzip_wanted(accept_encoding: str) -> bool:
    """Whether gzip suits the client at least as well as no compression."""
    weights: dict[str, float] = {}
    for choice in choices(accept_encoding):
        name = "gzip" if choice.range == "x-gzip" else choice.range
        weights[name] = max(choice.weight, weights.get(name, 0.0))
    compressed = weights.get("gzip", weights.get("*", 0.0))
    return compressed > 0 and compressed >= weights.get("identity", 0.0)
