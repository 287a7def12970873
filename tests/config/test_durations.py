import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.config.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0s", 0),
        ("324ms", 0.324),
        ("3s", 3),
        ("5m", 300),
        ("1h", 3600),
        ("4d", 4 * 86400),
        ("4d1h", 4 * 86400 + 3600),
        ("14d", 14 * 86400),
        ("3w2d1h", 3 * 604800 + 2 * 86400 + 3600),
        ("10y", 10 * 365 * 86400),
        ("0" * 19 + "1s", 1),
        ("9223372036854ms", 9223372036.854),
        ("1y2w3d4h5m6s7ms", 365 * 86400 + 14 * 86400 + 3 * 86400 + 4 * 3600 + 5 * 60 + 6.007),
    ],
)
def test_prometheus_spelling_of_a_duration_is_understood(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "00",
        "1 h",
        " 1h",
        "1h\n",
        "1H",
        "1.5h",
        "-1h",
        "+1h",
        "1h1h",
        "1m1h",
        "5s5y",
        "1ms1s",
        "h",
        "1us",
        "٣h",
    ],
)
def test_what_prometheus_does_not_take_for_a_duration_is_refused(text):
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["293y", "9223372036855ms", "0" * 20 + "1s", "9" * 5000 + "s"])
def test_a_duration_beyond_64_bits_of_nanoseconds_is_refused(text):
    with pytest.raises(ValueError, match="292 years"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.001, "1ms"),
        (5400, "1h30m"),
        (86400, "1d"),
        (8 * 86400, "8d"),
        (14 * 86400, "2w"),
        (90.5, "1m30s500ms"),
    ],
)
def test_a_duration_is_written_the_short_way(seconds, text):
    assert format_duration(seconds) == text


@given(st.integers(min_value=0, max_value=2**63 // 1_000_000 - 1))
def test_a_written_duration_reads_back_as_itself(milliseconds):
    assert round(parse_duration(format_duration(milliseconds / 1000)) * 1000) == milliseconds


@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert parse_duration(text) >= 0
