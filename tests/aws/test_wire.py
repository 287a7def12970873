"""Times are read as botocore reads them, and what is no time stays the text that it is."""

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from exporter.aws.wire import read_times


class Session:
    """A session of botocore's, as far as it is told how to read times."""

    def get_component(self, name):
        assert name == "response_parser_factory"
        return self

    def set_parser_defaults(self, timestamp_parser):
        self.read = timestamp_parser


@pytest.fixture(params=[False, True], ids=["as a date", "as it is written"])
def read(request):
    session = Session()
    read_times(session, as_wired=request.param)
    return session.read


def of_botocore(written):
    try:
        return parse_timestamp(written)
    except ValueError:
        return written


def same(one, other):
    return (one, str(one)) == (other, str(other))


@pytest.mark.parametrize(
    "written",
    [
        "2019-09-30T06:53:36.187Z",
        "2019-09-30T06:53:36Z",
        "2019-09-30T06:53:36+02:00",
        "2019-09-30T06:53:36",
        "2019-09-30T24:00:00Z",
        "2019-09-30T06:53:60Z",
        "2019-02-29T06:53:36Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "Mon, 30 Sep 2019 06:53:36 GMT",
        "1569826416",
        1569826416.187,
        "yesterday",
        "",
    ],
)
def test_a_time_is_the_one_that_botocore_reads(read, written):
    assert same(read(written), of_botocore(written))


@given(moment=st.datetimes(), digits=st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_any_time_is_the_one_that_botocore_reads(moment, digits):
    session = Session()
    read_times(session, as_wired=False)
    written = f"{moment.isoformat(timespec=digits)}Z"
    assert same(session.read(written), of_botocore(written))
