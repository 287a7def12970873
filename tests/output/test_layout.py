"""Tables and paragraphs at any width: nothing is lost, and no key is cut."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from exporter.output import Prose
from exporter.output.table import Sheet, Table

WIDTHS = [60, 80, 120, 200]
HEADS = ("ID", "NAME", "REGION", "WHY")
keys = st.text(st.characters(exclude_categories=("C", "Z")), max_size=90)
prose = st.text(max_size=200)
rows = st.lists(st.tuples(keys, prose, keys, prose), min_size=1, max_size=6)


def shown(renderable, width):
    out = io.StringIO()
    Sheet(file=out, width=width).print(renderable)
    return out.getvalue()


def table(given_rows):
    found = Table(*HEADS, prose=("WHY",))
    for row in given_rows:
        found.add_row(*row)
    return found


def letters(text):
    return sorted(letter for letter in text if letter.isprintable() and not letter.isspace())


@given(rows, st.integers(10, 220))
def test_every_key_is_whole_on_a_line_and_nothing_is_lost(given_rows, width):
    text = shown(table(given_rows), width)
    lines = text.split("\n")
    for row in given_rows:
        assert all(any(key in line for line in lines) for key in (row[0], row[2]))
    written = letters(text)
    for letter in letters("".join("".join(row) for row in given_rows)):
        written.remove(letter)


@given(rows, st.integers(60, 220))
def test_only_a_key_that_is_wider_than_the_line_goes_beyond_it(given_rows, width):
    words = [word for row in given_rows for word in (row[0], row[2], *row[3].split())]
    widest = max(map(cell_len, words), default=0)
    for line in shown(table(given_rows), width).split("\n"):
        assert cell_len(line) <= max(width, widest + len("  ID REGION "))


@given(st.text(st.characters(exclude_categories=("C",)), max_size=300), st.integers(1, 100))
def test_a_paragraph_keeps_all_of_its_words_whole(text, width):
    assert shown(Prose(text, indent=2, hanging=3), width).split() == text.split()


def test_with_room_for_everything_rows_are_lines():
    text = shown(table([("r-ab12", "Root", "us-east-1", "because")]), 80)
    assert text == "  ID      NAME  REGION     WHY\n  r-ab12  Root  us-east-1  because\n"


def test_prose_becomes_narrower_first():
    text = shown(table([("r-ab12", "Root", "us-east-1", "because of this and that")]), 42)
    assert text.splitlines()[1:] == [
        "  r-ab12  Root  us-east-1  because of this",
        "                           and that",
    ]


def test_then_it_goes_below_its_row():
    text = shown(table([("ou-ab12-c3d4e5f6", "Payments", "us-gov-east-1", "unused")]), 38)
    assert text.splitlines() == [
        "  ID                REGION",
        "  ou-ab12-c3d4e5f6  us-gov-east-1",
        "      NAME Payments",
        "      WHY unused",
    ]


def test_then_the_keys_of_a_row_fold():
    text = shown(table([("ou-ab12-c3d4e5f6", "Payments", "us-gov-east-1", "unused")]), 26)
    assert text.splitlines() == [
        "  ou-ab12-c3d4e5f6",
        "      REGION us-gov-east-1",
        "      NAME Payments",
        "      WHY unused",
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_first_key_that_is_long_costs_the_others_nothing(width):
    long = "p-" + "x" * 128
    found = Table("POLICY", "ENTITY")
    for key in ("p-short", long):
        found.add_row(key, "111122223333")
    lines = shown(found, width).splitlines()
    assert any(line.split() == ["p-short", "111122223333"] for line in lines)
    assert any(long in line for line in lines)


def test_what_others_named_commands_no_terminal():
    text = shown(table([("a", "\x1b[2Jred\u202e", "b", "c\nd")]), 80)
    assert len(text.splitlines()) == 2
    assert all(line.isprintable() for line in text.splitlines())
