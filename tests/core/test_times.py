import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.times import from_rfc3339, rfc3339, spoken


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, None),
        (0, "1970-01-01T00:00:00Z"),
        (1_700_000_000.25, "2023-11-14T22:13:20.250000Z"),
        (1e20, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_times_are_rfc_3339_or_nothing(seconds, text):
    assert rfc3339(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (119, "1 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (86399, "23 h 59 min"),
        (86400, "1 d"),
        (86400 + 3600, "1 d 1 h"),
        (7 * 86400 + 3 * 3600 + 5, "7 d 3 h"),
        (float("inf"), "for ever"),
    ],
)
def test_lengths_of_time_are_told_roughly(seconds, text):
    assert spoken(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("1970-01-01T02:00:00+01:00", 3600.0),
        ("1970-01-02", 86400.0),
        ("1970-01-02T00:00:00", None),
        ("yesterday", None),
    ],
)
def test_a_time_is_read_with_its_offset_and_a_date_from_its_beginning_in_utc(text, seconds):
    assert from_rfc3339(text) == seconds


@pytest.fixture
def auckland(monkeypatch):
    """Wherever the machine is said to be: here, twelve hours east."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XXX-12")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("auckland")
def test_a_date_begins_in_utc_wherever_the_machine_is():
    assert from_rfc3339("1970-01-02") == 86400.0


@given(st.floats())
def test_any_number_can_be_told(seconds):
    assert rfc3339(seconds) is None or rfc3339(seconds).endswith("Z")
    assert spoken(seconds)
