"""Numbers at and beyond the ends of what a sample can hold."""

import math
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.exposition import Format, number
from exporter.model import Report, ServiceAccess, Standing, Subject
from tests.exposition.conftest import NOW, entity, publication, served

ITEM = entity(1)
HUGE = 10**400  # no double holds it, and Go's ParseFloat, which Prometheus reads with, refuses it


def body_with(count):
    report = Report(NOW, None, count, -count, (ServiceAccess("s3", "S3", "", "", NOW - 1, count),))
    return served(
        publication((ITEM,), {ITEM.id: Standing(Subject(ITEM.id), report)}).current, Format.TEXT, packed=True
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [(HUGE, "+Inf"), (-HUGE, "-Inf"), (10**5000, "+Inf"), (2**53 + 1, "9007199254740993")],
    ids=["1e400", "-1e400", "1e5000", "2^53+1"],
)
def test_a_whole_number_beyond_all_floats_is_infinite(value, written):
    assert number(value) == written


@given(st.one_of(st.integers(), st.floats(allow_nan=False)))
def test_a_number_is_read_back_as_it_was(value):
    assert float(number(value)) == float(value)


@given(st.floats())
def test_a_number_is_written_as_go_reads_it(value):
    allowed = {"+Inf", "-Inf"} if math.isinf(value) else {"NaN"} if math.isnan(value) else None
    written = number(value)
    assert written in allowed if allowed else set(written) <= set("0123456789.e+-")


@pytest.mark.tool("promtool")
@pytest.mark.parametrize("count", [-1, 2**64, -(10**20), HUGE], ids=["negative", "2^64", "-1e20", "1e400"])
def test_promtool_reads_any_count(count, tool):
    checked = subprocess.run(
        [tool("promtool"), "check", "metrics"],
        input=body_with(count),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
