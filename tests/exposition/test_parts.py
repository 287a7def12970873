"""The parts beside the whole: single entities, whole organizations, and the headers of every family."""

import re

import pytest
from hypothesis import given, settings
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from exporter.exposition import Format, answer, header, number, organization_sections
from exporter.exposition.exposition import entity_part
from exporter.families import FAMILIES, INSTRUMENTS, ORGANIZATION_FAMILIES, Family, Group, Type
from exporter.job import once_each
from exporter.model import (
    Discovery,
    NewsKind,
    OrganizationView,
    Policy,
    Report,
    ReportState,
    ServiceAccess,
    Standing,
    Subject,
)
from tests.exposition import reference
from tests.exposition.conftest import ALL, NOW, TARGETS, entity, plain, publication, served, texts, worlds
from tests.exposition.examples import SMALL, small
from tests.searching import examples

READERS = {Format.TEXT: read_text, Format.OPENMETRICS: read_openmetrics}
FORMATS = pytest.mark.parametrize("fmt", list(Format), ids=["text", "openmetrics"])
modest = settings(max_examples=examples(60))


def lines_of(body):
    return {line for line in body.split("\n") if line and not line.startswith("#")}


def alone(current, subject):
    unit = current.exposition.unit(("org", subject))
    part = entity_part([unit], current.names, ALL, Format.TEXT, NOW)
    return b"".join(answer([part], (), Format.TEXT).inflated()).decode()


@modest
@given(worlds())
def test_the_entities_one_by_one_make_the_whole(world):
    current = publication(*world).current
    apart = set().union(*(lines_of(alone(current, Subject(item.id))) for item in world[0]))
    assert apart == lines_of(served(current, Format.TEXT, packed=False))


def test_rows_that_aws_gave_twice_are_one_series():
    rows = (ServiceAccess("s3", "S3", "", "", 5.0, 1), ServiceAccess("s3", "Simple", "", "", 9.0, 2))
    item = entity(1)
    known = {item.id: Standing(Subject(item.id), Report(1.0, None, 1, 1, once_each(rows)))}
    body = served(publication((item,), known).current, Format.TEXT, packed=True)
    assert body == plain(
        (item,), {item.id: Standing(Subject(item.id), Report(1.0, None, 1, 1, rows[1:]))}, Format.TEXT
    )


def reported(number, *services):
    item = entity(number)
    return item, Standing(Subject(item.id), Report(NOW - 60, NOW, len(services), 0, services))


def lengthy(letter):
    """Services whose lines are compressed by themselves."""
    return tuple(ServiceAccess(f"{letter}{n:03}", "name", "", "", NOW - n, 1) for n in range(100))


@pytest.mark.parametrize(
    "services",
    [
        pytest.param([(ServiceAccess("50%d", "%s", "", "", NOW - 5, 1),)], id="a percent sign"),
        pytest.param([lengthy("a"), lengthy("b")], id="long"),
        pytest.param(
            [*[(ServiceAccess("s3", "S3", "", "", NOW - 5, 1),)] * 2, lengthy("a")] * 3, id="long among short"
        ),
    ],
)
@FORMATS
def test_what_is_put_together_is_what_is_written_at_once(fmt, services):
    made = [reported(number, *each) for number, each in enumerate(services, 1)]
    entities, known = tuple(item for item, _ in made), {item.id: standing for item, standing in made}
    assert served(publication(entities, known).current, fmt, packed=True) == plain(entities, known, fmt)


def test_a_row_is_told_as_far_as_it_goes():
    rows = (
        ServiceAccess("idle"),
        ServiceAccess("somewhere", "", "eu-west-1", "", NOW, 1),
        ServiceAccess("somebody", "", "", "o-org/r-exam/111111111111", NOW, 1),
        ServiceAccess("bare", "", "", "", NOW, 1),
    )
    item, standing = reported(1, *rows)
    body = served(publication((item,), {item.id: standing}).current, Format.TEXT, packed=True)
    told = re.findall(
        r'service_(authenticated_entities|last_access_info)\{.*?namespace="(\w+)".*\} (\d)', body
    )
    assert set(told) == {
        ("authenticated_entities", "idle", "0"),
        *(("authenticated_entities", name, "1") for name in ("somewhere", "somebody", "bare")),
        *(("last_access_info", name, "1") for name in ("somewhere", "somebody")),
    }


def test_names_and_series_are_those_of_what_is_shown():
    item, standing = reported(1, ServiceAccess("s3", "S3"))
    exposition = publication((item,), {item.id: standing}).current.exposition
    lines = lines_of(served(publication((item,), {item.id: standing}).current, Format.TEXT, packed=True))
    assert exposition.series == len(lines)
    old = exposition.whole(ALL, Format.TEXT)
    renamed = exposition.renamed({"s3": "S3", "ec2": "EC2"})
    assert renamed.series == exposition.series + 1
    assert renamed.whole(ALL, Format.TEXT) is not old


def test_a_whole_is_composed_once_for_each_choice_and_format():
    exposition = publication((entity(1),), {}).current.exposition
    wholes = [exposition.whole(ALL, fmt) for fmt in Format]
    assert all(exposition.whole(ALL, fmt) is whole for fmt, whole in zip(Format, wholes, strict=True))
    assert wholes[0] is not wholes[1]


def view(name, policy_name):
    discovery = Discovery(
        "o-org", "999999999999", "aws", (entity(1),), (Policy("p-1", policy_name),), NOW, 0.25
    )
    states = dict.fromkeys(ReportState, 2)
    return OrganizationView(name, TARGETS, discovery, states=states, up=True, job_seconds=8.5)


@FORMATS
@modest
@given(policy_name=texts)
def test_any_name_of_an_organization_or_a_policy_can_be_read_back(fmt, policy_name):
    sections = organization_sections([view("one", policy_name), view('t"w\\o\n', policy_name)], ALL)
    body = b"".join(answer([], list(sections), fmt).inflated()).decode()
    names = [
        sample.labels["policy_name"]
        for family in READERS[fmt](body)
        for sample in family.samples
        if sample.name == "aws_org_access_policy_info"
    ]
    assert names == [reference.signed(policy_name)] * 2


def test_an_organization_that_was_never_discovered_has_no_invented_values():
    sections = dict(organization_sections([OrganizationView("one", TARGETS)], ALL))
    told = {family.name.removeprefix("aws_org_access_") for family, lines in sections.items() if lines}
    assert told == {"up", "refresh_interval_seconds", "exporter_lease_held", "news_total"}


@pytest.mark.parametrize("group", list(Group))
def test_a_group_has_only_its_own_families_of_organizations(group):
    named = [family for family, _ in organization_sections([view("one", "p")], frozenset({group}))]
    assert named == [family for family in ORGANIZATION_FAMILIES if family.group is group]


def test_no_two_families_share_a_name():
    names = [family.name for family in (*FAMILIES, *INSTRUMENTS)]
    assert len(set(names)) == len({*FAMILIES, *INSTRUMENTS})


def test_openmetrics_ends_with_its_mark_and_text_with_nothing():
    ends = [b"".join(answer([], (), fmt).inflated()) for fmt in Format]
    assert ends == [b"", b"# EOF\n"]


@FORMATS
@pytest.mark.parametrize("family", [family for family in FAMILIES if family.name.endswith("_info")])
def test_an_info_is_a_gauge_under_its_whole_name(fmt, family):
    assert f"# TYPE {family.name} gauge\n".encode() in header(family, fmt)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.5, "-0.5"),
        (1e21, "1000000000000000000000"),
        (-(10**20), "-100000000000000000000"),
        (0.1 + 0.2, "0.30000000000000004"),
        (float("nan"), "NaN"),
        (float("inf"), "+Inf"),
        (float("-inf"), "-Inf"),
    ],
)
def test_a_number_is_written_with_every_digit_it_needs(value, written):
    assert number(value) == written


def lines_about(name, views):
    sections = {family.name: lines.decode() for family, lines in organization_sections(views, ALL)}
    return sections[f"aws_org_access_{name}"].splitlines()


def test_news_that_there_never_was_is_counted_as_none():
    told = lines_about("news_total", [OrganizationView("one", TARGETS, tally={NewsKind.RETURNED: 2})])
    ends = {line.partition('kind="')[2] for line in told}
    assert {'returned"} 2', 'first_used"} 0'} <= ends


def test_entities_are_counted_by_their_type():
    found = Discovery("o-org", "9", "aws", (entity(1), entity(2)))
    counted = lines_about("entities", [OrganizationView("one", TARGETS, found)])
    assert 'aws_org_access_entities{organization="one",entity_type="ACCOUNT"} 2' in counted


def test_organizations_stand_one_below_the_other():
    one, two = view("one", "p"), view("two", "q")
    for family, lines in organization_sections([one, two], ALL):
        name = family.name.removeprefix("aws_org_access_")
        assert lines.decode().splitlines() == [*lines_about(name, [one]), *lines_about(name, [two])]


@pytest.mark.parametrize(
    ("fmt", "escaped"),
    [(Format.TEXT, 'a "b" \\\\c\\nd'), (Format.OPENMETRICS, 'a \\"b\\" \\\\c\\nd')],
    ids=["text", "openmetrics"],
)
def test_help_is_escaped_as_each_format_has_it(fmt, escaped):
    family = Family("x", Type.UNKNOWN, Group.INFO, (), 'a "b" \\c\nd')
    word = "untyped" if fmt is Format.TEXT else "unknown"
    header.cache_clear()  # it keeps what it has said before
    assert header(family, fmt).decode() == f"# HELP x {escaped}\n# TYPE x {word}\n"


def test_an_entity_alone_is_what_the_whole_says_of_it():
    current = small()
    whole = [line for line in served(current, Format.TEXT, packed=False).splitlines() if line[0] != "#"]
    first, second = (alone(current, Subject(item.id)) for item in SMALL)
    assert {*lines_of(first), *lines_of(second)} == set(whole)
    assert first.count("# HELP") > second.count("# HELP") > 0


def test_of_an_entity_alone_only_the_groups_asked_for_are_told():
    unit = small().exposition.unit(("org", Subject(SMALL[0].id)))
    part = entity_part([unit], {}, frozenset({Group.AGES}), Format.TEXT, NOW + 5)
    (line,) = lines_of(b"".join(answer([part], (), Format.TEXT).inflated()).decode())
    assert line.endswith(" 65")


def test_an_entity_alone_is_told_in_either_format():
    unit = small().exposition.unit(("org", Subject(SMALL[0].id)))
    part = entity_part([unit], {}, ALL, Format.OPENMETRICS, NOW)
    assert b"# UNIT " in b"".join(answer([part], (), Format.OPENMETRICS).inflated())
