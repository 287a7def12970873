"""How a piece of somebody's file is shown."""

import pytest

from exporter.config.quoting import describe, escape, quote


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a b", '"a b"'),
        ("x" * 60, f'"{"x" * 60}"'),
        ("x" * 61, f'"{"x" * 60}…"'),
        ("a\nb\x1b\u2028", '"a\\nb\\x1b\\u2028"'),
    ],
)
def test_text_is_quoted_on_one_line_and_cut(text, quoted):
    assert quote(text) == quoted


def test_what_prints_is_left_as_it_is():
    assert escape("Größe 🏢") == "Größe 🏢"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a", '"a"'),
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        ([], "a list"),
        ({}, "a mapping"),
        (None, "null"),
    ],
)
def test_of_what_is_no_text_the_kind_is_told(value, told):
    assert describe(value) == told
