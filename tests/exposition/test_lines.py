"""What readers take for a line."""

import re

import pytest

from exporter.exposition import Format
from tests.exposition import reference
from tests.exposition.conftest import entity, publication, served

SEPARATORS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"


@pytest.mark.parametrize("fmt", Format, ids=["text", "openmetrics"])
@pytest.mark.parametrize("separator", SEPARATORS, ids=lambda one: f"U+{ord(one):04X}")
def test_no_name_ends_a_line_for_a_reader_of_lines(fmt, separator):
    item = entity(1, f"# one{separator}two 2")
    text = served(publication((item,), {}).current, fmt, packed=False)
    assert text.splitlines() == text.rstrip("\n").split("\n")
    assert re.search(r'entity_name="# one.{1,2}two 2"', text)


def test_nothing_else_is_the_end_of_a_line():
    others = "".join(one for one in map(chr, range(0x110000)) if one not in SEPARATORS)
    assert others.splitlines() == [others]


def test_the_signs_of_separators_differ():
    assert len(set(reference.SIGNS.values())) == len(reference.SIGNS)
