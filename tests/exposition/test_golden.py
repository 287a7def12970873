"""The pages that people have read: what a scrape says is what they say, to the letter."""

from pathlib import Path

import pytest

from exporter.families import ORGANIZATION_FAMILIES, SERVICE_INFO, SUBJECT_FAMILIES
from tests.exposition.examples import GOLDEN, golden

TESTDATA = Path(__file__).parent / "testdata"


@pytest.mark.parametrize("name", GOLDEN)
def test_an_example_looks_like_this(name):
    assert golden(name) == (TESTDATA / name).read_text(encoding="utf-8")


def test_there_is_no_file_that_nobody_reads():
    assert {path.name for path in TESTDATA.iterdir()} == set(GOLDEN)


@pytest.mark.parametrize(
    "family", [*SUBJECT_FAMILIES, *ORGANIZATION_FAMILIES, SERVICE_INFO], ids=lambda family: family.name
)
def test_every_family_is_shown_with_a_value(family):
    assert f"\n{family.name}{{" in (TESTDATA / "whole.text").read_text(encoding="utf-8")
