"""What is served is what is known, however hostile, however it came about."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from exporter.exposition import Format
from exporter.families import Group
from exporter.model import Standing, Subject
from tests.exposition.conftest import (
    NOW,
    jobs,
    plain,
    publication,
    reports,
    served,
    worlds,
)
from tests.exposition.examples import small
from tests.searching import examples

FORMATS = list(Format)
READERS = {Format.TEXT: read_text, Format.OPENMETRICS: read_openmetrics}
modest = settings(max_examples=examples(60))


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "identity"])
@pytest.mark.parametrize("fmt", FORMATS)
@modest
@given(world=worlds())
def test_it_is_what_the_plain_renderer_says(world, fmt, packed):
    entities, known = world
    body = served(publication(entities, known).current, fmt, packed=packed)
    assert body == plain(entities, known, fmt)


@modest
@given(worlds(), st.data())
def test_it_does_not_matter_in_which_steps_it_became_known(world, data):
    entities, known = world
    step_by_step = publication(entities, {})
    for _ in range(data.draw(st.integers(0, 6))):
        item = data.draw(st.sampled_from(entities))
        standing = Standing(Subject(item.id), data.draw(reports), data.draw(jobs))
        known = {**known, item.id: standing}
        step_by_step.stood("org", standing)
    for standing in known.values():
        step_by_step.stood("org", standing)
    body = served(step_by_step.current, Format.TEXT, packed=True)
    assert body == plain(entities, known, Format.TEXT)


@modest
@given(worlds(), st.floats(0, 1e6))
def test_ages_grow_with_the_clock_and_nothing_else_changes(world, seconds):
    entities, known = world
    clock = [NOW]
    made = publication(entities, known, lambda: clock[0])
    clock[0] += seconds
    made.tick()
    assert served(made.current, Format.TEXT, packed=True) == plain(
        entities, known, Format.TEXT, NOW + seconds
    )


@modest
@given(worlds())
def test_the_groups_share_the_families_out(world):
    current = publication(*world).current
    apart = [
        line
        for group in Group
        for line in served(current, Format.TEXT, packed=True, groups=frozenset({group})).splitlines()
    ]
    whole = served(current, Format.TEXT, packed=True).splitlines()
    assert sorted(apart) == sorted(whole)


@pytest.mark.parametrize("fmt", FORMATS)
@modest
@given(world=worlds())
def test_no_series_comes_twice(world, fmt):
    lines = served(publication(*world).current, fmt, packed=True).split("\n")
    series = [line.rpartition(" ")[0] for line in lines if line and not line.startswith("#")]
    assert len(series) == len(set(series))


@pytest.mark.parametrize("fmt", FORMATS)
@modest
@given(world=worlds())
def test_prometheus_clients_own_reader_takes_it(world, fmt):
    body = served(publication(*world).current, fmt, packed=False)
    lines = [line for line in body.split("\n") if line and not line.startswith("#")]
    assert sum(len(family.samples) for family in READERS[fmt](body)) == len(lines)


@modest
@given(worlds())
def test_as_many_series_are_counted_as_are_served(world):
    exposition = publication(*world).current.exposition
    body = served(publication(*world).current, Format.TEXT, packed=True)
    assert exposition.series == sum(1 for line in body.split("\n") if line and not line.startswith("#"))


@pytest.mark.tool("promtool")
def test_promtool_has_nothing_to_say(tool):
    body = served(small(), Format.TEXT, packed=True)
    checked = subprocess.run(
        [tool("promtool"), "check", "metrics"], input=body, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
