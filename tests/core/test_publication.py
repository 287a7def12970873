"""The hand-over from those who learn to those who serve."""

from dataclasses import replace

import pytest

from exporter.exposition import ALL, Format, answer
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ReportState,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
)
from exporter.publication import Publication

NOW = 1_700_000_000.0
DAY = 86_400.0
TARGET = Target(enabled=True, refresh=DAY, services=Services.ALL)
OFF = Target(enabled=False, refresh=DAY, services=Services.ALL)
TARGETS = Targets(TARGET, TARGET, TARGET, TARGET, OFF)
ROOT = Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam")
UNITS = tuple(
    Entity(
        f"ou-exam-{i:02}",
        EntityType.ORGANIZATIONAL_UNIT,
        f"Unit {i}",
        f"o-org/r-exam/ou-exam-{i:02}",
        "r-exam",
    )
    for i in range(40)
)
FOUND = Discovery("o-org", "999999999999", "aws", (ROOT, *UNITS))


def standing(entity=ROOT, *, name="Amazon S3", age=0.0, used=NOW - 10, namespace="s3", **more):
    row = ServiceAccess(namespace, name, "eu-west-1", "", used, None if used is None else 1)
    return Standing(Subject(entity.id), Report(NOW - age, None, 1, 0, (row,)), **more)


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def published(clock):
    """One organization whose tree is known and of which no report is."""
    made = Publication(lambda: clock[0])
    made.configure([("org", TARGETS, ())])
    made.discovered("org", FOUND)
    return made


def text(published):
    parts = [published.current.exposition.whole(ALL, Format.TEXT)]
    return b"".join(answer(parts, (), Format.TEXT).inflated()).decode()


def states(published):
    return {state.value: count for state, count in published.current.organization("org").states.items()}


def test_nothing_is_served_before_anything_is_configured():
    assert text(Publication(lambda: NOW)) == ""


def test_an_organization_nobody_configured_is_unknown(published):
    with pytest.raises(KeyError, match="other"):
        published.current.organization("other")


def test_a_report_is_served_at_once(published):
    published.stood("org", standing())
    assert 'services_accessible{organization="org",entity_id="r-exam"} 1\n' in text(published)


def test_a_report_takes_the_place_of_one_that_was_served_before(published):
    served = []
    for used in (NOW - 10, NOW - 5):
        published.stood("org", standing(used=used))
        served.append(f'service_namespace="s3"}} {used:.0f}\n' in text(published))
    assert served == [True, True]


def test_a_service_name_takes_the_place_of_one_that_was_served_before(published):
    served = []
    for name in ("S3", "Amazon S3"):
        published.stood("org", standing(name=name))
        served.append(f'service_name="{name}"' in text(published))
    assert served == [True, True]


def test_what_a_reader_took_never_changes(published):
    taken = published.current
    before = b"".join(answer([taken.exposition.whole(ALL, Format.TEXT)], (), Format.TEXT).pieces)
    published.stood("org", standing())
    published.discovered("org", Discovery("o-org", "999999999999", "aws", ()))
    after = b"".join(answer([taken.exposition.whole(ALL, Format.TEXT)], (), Format.TEXT).pieces)
    assert after == before


def test_a_new_report_leaves_all_other_blocks_as_they_were(published):
    before = published.current.exposition.blocks
    published.stood("org", standing(UNITS[0]))
    after = published.current.exposition.blocks
    assert sum(old is not new for old, new in zip(before, after, strict=True)) == 1


def test_a_subject_that_is_not_in_scope_is_not_served(published):
    before = published.current
    published.stood("org", standing(Entity("ou-gone", EntityType.ORGANIZATIONAL_UNIT, "x", "o/r/ou-gone")))
    assert published.current is before


def test_a_discovery_drops_what_it_no_longer_has(published):
    published.stood("org", standing(UNITS[0]))
    published.discovered("org", Discovery("o-org", "999999999999", "aws", (ROOT, *UNITS[1:])))
    assert UNITS[0].id not in text(published)


def test_a_discovery_keeps_the_reports_of_what_stays(published):
    published.stood("org", standing(UNITS[0]))
    before = text(published)
    published.discovered("org", FOUND)
    assert text(published) == before


def test_a_renamed_entity_is_served_under_its_new_name(published):
    published.discovered(
        "org", Discovery("o-org", "9", "aws", (Entity("r-exam", EntityType.ROOT, "New", "o-org/r-exam"),))
    )
    assert 'entity_name="New"' in text(published)


def test_a_reload_keeps_what_is_known_of_the_organizations_that_stay(published):
    published.stood("org", standing())
    before = text(published)
    published.configure([("org", TARGETS, ()), ("second", TARGETS, ())])
    assert text(published) == before


def test_a_reload_drops_the_organizations_that_went(published):
    published.stood("org", standing())
    published.configure([("second", TARGETS, ())])
    assert text(published) == ""


def test_a_reload_changes_which_rows_are_shown(published):
    published.stood("org", standing(used=None))
    accessed = Target(enabled=True, refresh=DAY, services=Services.ACCESSED)
    published.configure([("org", Targets(accessed, TARGET, TARGET, TARGET, OFF), ())])
    assert 'service_namespace="s3"' not in text(published)


def test_an_entity_that_is_not_collected_still_has_its_info(published):
    published.configure([("org", Targets(TARGET, OFF, TARGET, TARGET, OFF), ())])
    assert text(published).count("\naws_org_access_entity_info{") == 1 + len(UNITS)


def test_two_organizations_with_the_same_ids_are_two_sets_of_series(published):
    published.configure([("org", TARGETS, ()), ("second", TARGETS, ())])
    published.discovered("second", FOUND)
    series = [line.rpartition(" ")[0] for line in text(published).splitlines() if not line.startswith("#")]
    assert len(series) == len(set(series)) == 2 * (1 + len(UNITS))


def test_a_service_with_two_names_has_the_first_in_the_alphabet(published):
    published.stood("org", standing(ROOT, name="S3, renamed"))
    published.stood("org", standing(UNITS[0], name="Amazon S3"))
    assert published.current.names == {"s3": "Amazon S3"}


def test_a_service_name_goes_with_the_last_report_that_shows_it(published):
    published.stood("org", standing(namespace="s3"))
    published.stood("org", standing(namespace="ec2"))
    assert set(published.current.names) == {"ec2"}


def test_a_service_name_goes_with_the_entity_whose_report_showed_it(published):
    published.stood("org", standing(UNITS[-1], namespace="s3"))
    published.stood("org", standing(namespace="ec2"))
    published.discovered("org", replace(FOUND, entities=(ROOT, *UNITS[:-1])))
    assert set(published.current.names) == {"ec2"}


def test_what_a_discovery_finds_as_it_was_is_not_compressed_again(published):
    before = published.current.exposition.blocks
    published.discovered(
        "org", replace(FOUND, entities=(*FOUND.entities[:-1], replace(UNITS[-1], name="New")))
    )
    after = published.current.exposition.blocks
    assert [new is old for new, old in zip(after, before, strict=True)] == [True, True, False]


def test_what_a_discovery_finds_as_it_was_has_the_ages_that_it_had(published, clock):
    published.stood("org", standing(used=NOW - 10))
    clock[0] += 60
    published.discovered("org", FOUND)
    assert 'service_namespace="s3"} 10\n' in text(published)
    assert published.current.exposition.aged_at == NOW


def test_time_alone_makes_ages_grow(published, clock):
    published.stood("org", standing(used=NOW - 10))
    assert 'service_namespace="s3"} 10\n' in text(published)
    clock[0] += 60
    published.tick()
    assert 'age_seconds{organization="org",entity_id="r-exam",service_namespace="s3"} 70\n' in text(published)


def test_of_ages_that_grew_the_time_and_the_length_are_known(published, clock):
    published.stood("org", standing(used=NOW - 9))
    before = published.current.exposition
    clock[0] += 60
    published.tick()
    after = published.current.exposition
    assert (before.aged_at, after.aged_at, after.length - before.length) == (NOW, NOW + 60, 1)


def test_time_alone_changes_nothing_but_ages(published, clock):
    for entity in UNITS:
        published.stood("org", standing(entity, used=NOW - 10))
    before = text(published)
    clock[0] += 60
    published.tick()
    assert text(published) == before.replace('service_namespace="s3"} 10\n', 'service_namespace="s3"} 70\n')


def test_time_alone_makes_a_report_stale(published, clock):
    published.stood("org", standing())
    clock[0] += DAY
    published.tick()
    assert states(published) == {"fresh": 0, "stale": 1, "failed": 0, "pending": len(UNITS)}


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (standing(), ReportState.FRESH),
        (standing(age=2 * DAY), ReportState.STALE),
        (standing(failures=1), ReportState.FAILED),
        (Standing(Subject(ROOT.id), job=JobView(JobStatus.IN_PROGRESS)), ReportState.PENDING),
    ],
)
def test_a_subject_is_counted_by_how_it_stands(published, known, state):
    published.stood("org", standing())
    published.stood("org", known)
    expected = dict.fromkeys(ReportState, 0) | {ReportState.PENDING: len(UNITS)}
    expected[state] += 1
    assert dict(published.current.organization("org").states) == expected


def test_a_change_that_is_no_report_leaves_the_exposition_alone(published):
    before = published.current.exposition
    published.changed("org", up=True)
    assert (published.current.organization("org").up, published.current.exposition) == (True, before)


def test_a_foreign_job_is_served_without_a_discovery():
    made = Publication(lambda: NOW)
    made.configure([("org", TARGETS, ("job-1",))])
    made.stood("org", Standing(Subject("job-1"), standing().report))
    assert 'services_accessible{organization="org",entity_id="job-1"} 1\n' in text(made)
