"""Compressed parts put together."""

import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.exposition.deflate import EMPTY, Part, body, deflate, gzipped, inflate, join

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


NOISE = random.Random(1).randbytes(1 << 16)  # which no compression makes shorter


@pytest.mark.parametrize("pieces", [[], [b""], [b"one"], [b"one", b"", b"two"], [NOISE, b"end"]])
def test_an_answer_is_the_same_compressed_beforehand_and_as_it_goes(pieces):
    made, text = body(map(deflate, pieces)), b"".join(pieces)
    assert gzip.decompress(b"".join(made.pieces)) == gzip.decompress(b"".join(gzipped(pieces))) == text
    assert (b"".join(made.inflated()), made.length) == (text, len(text))


def test_a_long_part_is_inflated_a_piece_at_a_time():
    pieces = list(body([deflate(NOISE)]).inflated())
    assert (b"".join(pieces), len(pieces) > 2) == (NOISE, True)


def test_an_answer_names_the_parts_that_a_part_was_put_together_from():
    one, two = deflate(b"one"), deflate(b"two")
    assert body([join([one, two])._replace(of=(one, two)), one]).parts == (one, two, one)


def test_the_length_in_a_trailer_wraps_at_four_gibibytes_as_gzip_has_it():
    whole = body([Part(b"", 0x01020304, (1 << 32) + 5)])
    assert whole.pieces[-1][-8:] == bytes([4, 3, 2, 1, 5, 0, 0, 0])
