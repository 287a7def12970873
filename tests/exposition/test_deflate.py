"""Compressed parts put together."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from exporter.exposition.deflate import EMPTY, body, deflate, inflate, join

texts = st.lists(st.binary(max_size=200), max_size=8)


@given(st.binary())
def test_a_part_holds_its_text(text):
    part = deflate(text)
    assert (inflate(part), part.length, part.crc) == (text, len(text), zlib.crc32(text))


@given(texts)
def test_joined_parts_hold_their_texts_one_after_the_other(pieces):
    joined = join(map(deflate, pieces))
    text = b"".join(pieces)
    assert (inflate(joined), joined.length, joined.crc) == (text, len(text), zlib.crc32(text))


@given(texts)
def test_a_body_is_one_gzip_member(pieces):
    packed = b"".join(body(map(deflate, pieces)).pieces)
    reader = zlib.decompressobj(31)
    assert reader.decompress(packed) == b"".join(pieces)
    assert (reader.eof, reader.unused_data) == (True, b"")


@given(texts)
def test_a_body_says_how_long_it_is(pieces):
    made = body(map(deflate, pieces))
    packed = b"".join(made.pieces)
    assert (made.compressed_length, made.length) == (len(packed), len(gzip.decompress(packed)))


@given(texts)
def test_a_body_can_be_had_inflated(pieces):
    assert b"".join(body(map(deflate, pieces)).inflated()) == b"".join(pieces)


def test_nothing_is_the_empty_part():
    assert deflate(b"") is EMPTY
