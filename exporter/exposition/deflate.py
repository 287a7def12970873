"""Compressed parts that can be put together into one gzip stream without compressing again.

A part is a run of deflate blocks that refers to nothing before it and ends on a byte boundary (zlib's
"full flush"), together with the CRC and length of its text. Parts laid end to end between a gzip header
and a trailer are one ordinary gzip member, because CRCs of parts can be combined into the CRC of the whole.

Whole members could be concatenated too, and Prometheus reads that; but browsers, httpx and aiohttp's client
stop after the first member, and would show a piece of the metrics as if it were all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from isal import isal_zlib

_LEVEL = 1  # isal's: as small as zlib's 6 on these texts, at a tenth of its time
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_SLICE = 1 << 14  # compressed bytes inflated at once: some hundred KiB of text


class Part(NamedTuple):
    """Deflated text: the compressed bytes, and CRC-32 and length of the text.

    ``of`` are the parts that it was put together from, where they are there anyway.
    """

    data: bytes
    crc: int
    length: int
    of: tuple["Part", ...] = ()


def deflate(text: bytes) -> Part:
    """Compress ``text`` into a part."""
    if not text:
        return EMPTY
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -15)
    data = compressor.compress(text) + compressor.flush(isal_zlib.Z_FULL_FLUSH)
    return Part(data, isal_zlib.crc32(text), len(text))


def inflate(part: Part) -> bytes:
    """The text of a part."""
    return isal_zlib.decompressobj(-15).decompress(part.data)


def join(parts: Iterable[Part]) -> Part:
    """One part that holds the text of all, in their order."""
    data, crc, length = [], 0, 0
    for part in parts:
        data.append(part.data)
        crc = isal_zlib.crc32_combine(crc, part.crc, part.length)
        length += part.length
    return Part(b"".join(data), crc, length)


EMPTY = Part(b"", 0, 0)


@dataclass(frozen=True, slots=True)
class Body:
    """A whole answer, kept compressed: ``pieces`` in order are a gzip member of ``length`` bytes of text.

    ``parts`` are the runs of text in it.
    """

    pieces: tuple[bytes, ...]
    length: int
    parts: tuple[Part, ...]

    @property
    def compressed_length(self) -> int:
        """Bytes of the gzip member."""
        return sum(map(len, self.pieces))

    def inflated(self) -> Iterator[bytes]:
        """The text, a piece at a time, so that nobody has to hold all of it."""
        for part in self.parts:
            decompressor = isal_zlib.decompressobj(-15)
            for start in range(0, len(part.data), _SLICE):
                if text := decompressor.decompress(part.data[start : start + _SLICE]):
                    yield text


def body(parts: Iterable[Part]) -> Body:
    """The answer that consists of ``parts``."""
    pieces, crc, length = [_HEADER], 0, 0
    runs: list[Part] = []
    for part in parts:
        pieces.append(part.data)
        runs += part.of or (part,)
        crc = isal_zlib.crc32_combine(crc, part.crc, part.length)
        length += part.length
    trailer = crc.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")
    return Body((*pieces, _LAST_BLOCK + trailer), length, tuple(runs))


def gzipped(texts: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip member of these texts, in pieces: for what is too large to be kept."""
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, 31)
    for text in texts:
        if piece := compressor.compress(text):
            yield piece
    yield compressor.flush()
