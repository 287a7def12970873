"""Everything a scrape says of organizations, compared with the plain renderer."""

import gzip
import subprocess
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from exporter.exposition import Format, answer
from exporter.families import Group
from exporter.telemetry.instruments import Instruments
from tests.exposition import reference
from tests.exposition.conftest import NOW
from tests.exposition.examples import whole
from tests.exposition.organizations import body, publications, text
from tests.searching import examples

FORMATS = pytest.mark.parametrize("fmt", list(Format), ids=["text", "openmetrics"])
READERS = {Format.TEXT: read_text, Format.OPENMETRICS: read_openmetrics}
modest = settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])


def unpacked(answered):
    """What a client makes of the gzip member that it reads with zlib, a piece at a time."""
    reader = zlib.decompressobj(31)
    data = b"".join(map(reader.decompress, answered.pieces)) + reader.flush()
    assert (reader.eof, reader.unused_data) == (True, b"")
    return data


def identical(answered):
    return b"".join(answered.inflated())


def samples(content):
    return [line for line in content.split("\n") if line and not line.startswith("#")]


@FORMATS
@pytest.mark.parametrize("read", [unpacked, identical], ids=["gzip", "identity"])
@modest
@given(made=publications())
def test_each_way_of_serving_says_what_the_plain_renderer_says(made, read, fmt):
    expected = reference.plain(made.current.snapshot.organizations, fmt, NOW)
    assert read(body(made.current, fmt)).decode("utf-8") == expected


@modest
@given(made=publications())
def test_pythons_gzip_reads_the_body_in_one_go(made):
    answered = body(made.current, Format.TEXT)
    assert len(gzip.decompress(b"".join(answered.pieces))) == answered.length


@modest
@given(made=publications())
def test_no_series_comes_twice_whatever_the_organizations_share(made):
    series = [line.rpartition(" ")[0] for line in samples(text(made.current, Format.TEXT))]
    assert len(series) == len(set(series))


@modest
@given(made=publications())
def test_no_age_is_negative(made):
    ages = [line for line in samples(text(made.current, Format.TEXT)) if "_age_seconds{" in line]
    assert all(int(line.rpartition(" ")[2]) >= 0 for line in ages)


@FORMATS
@settings(modest, max_examples=6)  # prometheus-client's readers take their time
@given(made=publications())
def test_a_reader_finds_every_sample(made, fmt):
    content = text(made.current, fmt)
    assert sum(len(family.samples) for family in READERS[fmt](content)) == len(samples(content))


@modest
@given(made=publications())
def test_the_groups_part_the_families_among_them(made):
    apart = [
        line
        for group in Group
        for line in text(made.current, Format.TEXT, frozenset({group})).split("\n")
        if line
    ]
    whole = [line for line in text(made.current, Format.TEXT).split("\n") if line]
    assert sorted(apart) == sorted(whole)


@pytest.fixture
def example():
    return whole()


@pytest.fixture
def with_own(example):
    """``with_own(fmt)``: the example and all that the daemon says of itself."""
    instruments = Instruments()
    instruments.prepare("prod")
    labels = ("prod", "iam", "GetOrganizationsAccessReport")
    instruments.api_requests.labels(*labels).inc()
    instruments.api_failures.labels(*labels, 'a"b\\c\n').inc()
    instruments.api_duration.labels(*labels).observe(0.3)
    whole = frozenset(Group)

    def content(fmt):
        part = example.exposition.whole(whole, fmt)
        return b"".join(answer([part], list(instruments.sections(whole)), fmt).inflated()).decode()

    return content


@FORMATS
def test_a_reader_takes_it_with_the_daemons_own_families(with_own, fmt):
    content = with_own(fmt)
    assert sum(len(family.samples) for family in READERS[fmt](content)) == len(samples(content))


@pytest.mark.tool("promtool")
def test_promtool_has_nothing_to_say_of_an_organization_with_one_of_everything(example, tool):
    verify(tool, text(example, Format.TEXT))


@pytest.mark.tool("promtool")
def test_promtool_has_nothing_to_say_of_the_daemons_own_families(with_own, tool):
    verify(tool, with_own(Format.TEXT))


def verify(tool, content):
    checked = subprocess.run(
        [tool("promtool"), "check", "metrics"], input=content, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
