"""What readers take for a line."""

import re

import pytest

from exporter.exposition import Format
from tests.exposition import reference
from tests.exposition.conftest import entity, publication, served

EVERY_CHARACTER = "".join(map(chr, range(0x110000)))
SEPARATORS = [line[-1] for line in EVERY_CHARACTER.splitlines(keepends=True)[:-1]]


@pytest.mark.parametrize("fmt", Format, ids=["text", "openmetrics"])
@pytest.mark.parametrize("separator", SEPARATORS, ids=lambda one: f"U+{ord(one):04X}")
def test_no_name_ends_a_line_for_a_reader_of_lines(fmt, separator):
    item = entity(1, f"# one{separator}two 2")
    text = served(publication((item,), {}).current, fmt, packed=False)
    assert text.splitlines() == text.rstrip("\n").split("\n")
    assert re.search(r'entity_name="# one.{1,2}two 2"', text)


def test_the_signs_of_separators_differ():
    assert len(set(reference.SIGNS.values())) == len(reference.SIGNS)
