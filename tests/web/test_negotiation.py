import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.exposition import Format
from exporter.web.negotiation import choices, format_for, gzip_wanted

TEXT, OPENMETRICS = Format.TEXT, Format.OPENMETRICS
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_3_TEXT_FIRST = (
    "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "*/*;q=0.4"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", TEXT),
        ("*/*", TEXT),
        (BROWSER, TEXT),
        (PROMETHEUS_2, OPENMETRICS),
        (PROMETHEUS_3, OPENMETRICS),
        (PROMETHEUS_3_TEXT_FIRST, TEXT),
        ("application/openmetrics-text", OPENMETRICS),
        ("APPLICATION/OpenMetrics-Text; Version=1.0.0", OPENMETRICS),
        ('application/openmetrics-text; version="1.0.0"; charset=utf-8', OPENMETRICS),
        ("application/openmetrics-text;version=0.0.1", TEXT),
        ("application/openmetrics-text;version=2.0.0, text/plain;q=0.1", TEXT),
        ("application/openmetrics-text;q=0", TEXT),
        ("application/openmetrics-text;q=0.4,text/plain;q=0.5", TEXT),
        ("application/openmetrics-text;q=0.5,text/plain;q=0.4", OPENMETRICS),
        ("application/*;q=0.9,text/*;q=0.3", OPENMETRICS),
        ("*/*;q=0.9,text/plain;q=0.1", OPENMETRICS),
        ("*/*,application/openmetrics-text;q=0", TEXT),
        ("image/png", TEXT),
        ('text/plain;note="a,application/openmetrics-text",*/*;q=0.1', TEXT),
        ("application/openmetrics-text;q=nonsense", TEXT),
        ("application/openmetrics-text;q=1.5", TEXT),
    ],
)
def test_the_format_is_the_one_the_client_likes_best(accept, expected):
    assert format_for(accept) is expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("deflate, br", False),
        ("identity", False),
        ("identity;q=0.5, gzip;q=0.4", False),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("identity;q=0, gzip;q=0.1", True),
        ("gzip;q=many", False),
        ("not-gzip", False),
    ],
)
def test_gzip_is_sent_where_it_suits_at_least_as_well_as_nothing(accept_encoding, expected):
    assert gzip_wanted(accept_encoding) is expected


headers = st.text() | st.text(alphabet='gzip*/;,=q01." \\', max_size=60)


@given(headers)
def test_any_accept_header_has_a_format(accept):
    assert format_for(accept) in Format


@given(headers)
def test_any_accept_encoding_header_has_an_answer(accept_encoding):
    assert gzip_wanted(accept_encoding) in {True, False}


tokens = st.text(alphabet="abcdefghijklmnopqrstuvwxyz-", min_size=1)


@given(st.lists(st.tuples(tokens, st.integers(0, 1000)), max_size=8))
def test_every_well_formed_element_is_read(elements):
    header = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in elements)
    assert [(each.range, each.weight) for each in choices(header)] == [
        (name, weight / 1000) for name, weight in elements
    ]


@pytest.mark.parametrize("piece", ['"', '\\"', '";', ',"', "a;", '"\\'])
def test_a_hostile_header_of_eight_kilobytes_takes_no_time(piece):
    started = time.thread_time()
    format_for(piece * (8190 // len(piece)))
    assert time.thread_time() - started < 0.2
