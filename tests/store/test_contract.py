"""What every store promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from exporter.errors import StateError
from exporter.model import (
    NO_NEWS,
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    News,
    NewsKind,
    Report,
    ServiceAccess,
    Standing,
    StartedJob,
    Subject,
    tallied,
)
from exporter.store import Pulse, open_store

ROOT = Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam")
UNIT = Entity(
    "ou-exam-1", EntityType.ORGANIZATIONAL_UNIT, 'a "quoted"\nname', "o-org/r-exam/ou-exam-1", "r-exam"
)
DISCOVERY = Discovery("o-org", "999999999999", "aws", (ROOT, UNIT), at=5.0, duration=0.25)
ROWS = (ServiceAccess("s3", "Amazon S3", "eu-west-1", "o-org/r-exam/1", 17.25, 3), ServiceAccess("iam"))


def standing(entity=ROOT, policy_id="", **more):
    report = Report(1.5, 9.5, 2, 1, ROWS)
    job = more.pop("job", JobView(JobStatus.COMPLETED, 1.5, 9.5))
    return Standing(Subject(entity.id, policy_id), report, job, **more)


@pytest.fixture(
    params=["memory", "sqlite", "moto", pytest.param("local", marks=pytest.mark.tool("dynamodb-local"))]
)
def store(request):
    opened = open_store(request.getfixturevalue(f"{request.param}_url"), create=True)
    yield opened
    opened.close()


@pytest.fixture
def lease(store):
    return store.acquire("org")


def test_nothing_kept_is_nothing_recalled(store):
    found = store.recall("org")
    assert (found.discovery, dict(found.standings)) == (None, {})


def test_what_was_kept_is_recalled(store, lease):
    kept = standing(
        failures=2,
        retry_at=77.0,
        expired=True,
        path=ROOT.path,
        listed=frozenset({"s3"}),
        listed_at=42.5,
        asked="o/r",
        followed={"s3": 1.5},
    )
    store.keep(lease, kept)
    assert store.recall("org").standings == {kept.subject: kept}


def test_what_is_kept_later_takes_the_place_of_the_former(store, lease):
    store.keep(lease, standing())
    store.keep(lease, standing(failures=1))
    assert store.recall("org").standings[Subject(ROOT.id)].failures == 1


def test_a_discovery_is_recalled(store, lease):
    store.discovered(lease, DISCOVERY)
    assert store.recall("org").discovery == DISCOVERY


def test_what_a_discovery_no_longer_has_is_forgotten(store, lease):
    store.keep(lease, standing(ROOT))
    store.keep(lease, standing(UNIT, "p-1"))
    store.discovered(lease, Discovery("o-org", "999999999999", "aws", (ROOT,)))
    assert set(store.recall("org").standings) == {Subject(ROOT.id)}


def test_a_report_made_elsewhere_is_of_no_entity_and_outlives_every_discovery(store, lease):
    made_elsewhere = Standing(Subject("2a3b4c5d-0000-4111-8222-333344445555"), Report(1.5, 9.5, 2, 1, ROWS))
    store.keep(lease, made_elsewhere)
    store.discovered(lease, DISCOVERY)
    assert store.recall("org").standings == {made_elsewhere.subject: made_elsewhere}


def test_organizations_do_not_see_each_other(store):
    store.keep(store.acquire("one"), standing())
    assert dict(store.recall("two").standings) == {}


def test_an_address_that_no_store_answers_to_is_refused():
    with pytest.raises(StateError, match="redis"):
        open_store("redis://localhost")


def test_a_discovery_changes_nothing_of_what_stays(store, lease):
    kept = standing(UNIT, "p-1", failures=1)
    store.keep(lease, kept)
    store.discovered(lease, DISCOVERY)
    assert store.recall("org").standings == {kept.subject: kept}


def test_a_discovery_of_one_organization_leaves_the_others_alone(store):
    store.keep(store.acquire("two"), standing(UNIT))
    store.discovered(store.acquire("one"), Discovery("o-org", "999999999999", "aws", (ROOT,)))
    assert set(store.recall("two").standings) == {Subject(UNIT.id)}


def test_an_entity_and_the_same_entity_seen_through_a_policy_are_two_subjects(store, lease):
    store.keep(lease, standing(ROOT))
    store.keep(lease, standing(ROOT, "p-1"))
    assert set(store.recall("org").standings) == {Subject(ROOT.id), Subject(ROOT.id, "p-1")}


def test_what_was_recalled_does_not_change_with_what_is_kept_later(store, lease):
    found = store.recall("org")
    store.keep(lease, standing())
    assert dict(found.standings) == {}


def test_a_subject_of_which_little_is_known_is_recalled_as_it_was(store, lease):
    little = Standing(Subject(ROOT.id), job=JobView(JobStatus.FAILED, error_code="NO", error_message="a\nb"))
    store.keep(lease, little)
    assert store.recall("org").standings == {little.subject: little}


@pytest.mark.parametrize("count", [-(10**20), -1, 0, 2**63, None])
def test_counts_of_any_size_are_recalled(store, lease, count):
    report = Report(1.5, None, count, count, (ServiceAccess("s3", "\N{ROCKET}", "", "", None, count),))
    store.keep(lease, Standing(Subject(ROOT.id), report))
    assert store.recall("org").standings[Subject(ROOT.id)].report == report


STARTED = StartedJob(Subject(ROOT.id), "2a3b4c5d-0000-4111-8222-333344445555", "principal", 1.5, ROOT.path)


def test_a_job_that_was_started_is_recalled(store, lease):
    store.started(lease, STARTED)
    assert store.recall("org").started == STARTED


def test_a_job_is_forgotten_with_the_next_that_starts(store, lease):
    store.started(lease, replace(STARTED, job_id="former"))
    store.started(lease, STARTED)
    assert store.recall("org").started == STARTED


def test_a_job_is_forgotten_once_its_subject_is_kept(store, lease):
    store.started(lease, STARTED)
    store.keep(lease, standing(UNIT))
    store.keep(lease, standing(ROOT, "p-1"))
    assert store.recall("org").started == STARTED
    store.keep(lease, standing(ROOT))
    assert store.recall("org").started is None


def test_strings_of_any_kind_are_recalled(store):
    odd, name = "\ud800 \0 \N{ROCKET} '; --", "\N{ROCKET} '; --"
    lease = store.acquire(name)
    job = replace(STARTED, job_id=odd)
    kept = standing(job=JobView(JobStatus.FAILED, error_message=odd), last_known={odd: 1.0})
    found = Discovery(odd, odd, odd, (replace(ROOT, name=odd),))
    store.keep(lease, kept)
    store.started(lease, job)
    store.discovered(lease, found)
    recalled = store.recall(name)
    assert (recalled.standings, recalled.started, recalled.discovery) == ({kept.subject: kept}, job, found)


def test_nothing_kept_by_several_threads_at_once_is_lost(store, lease):
    subjects = [Subject(f"{i:012}") for i in range(64)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda subject: store.keep(lease, Standing(subject)), subjects))
    assert set(store.recall("org").standings) == set(subjects)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "sqlite",
        "sqlite:",
        "sqlite:state.db",
        "sqlite://state.db",
        "sqlite:///",
        "file:///x",
        "dynamodb+x://y",
    ],
)
def test_no_address_is_guessed_at(url):
    with pytest.raises(StateError, match=r"--state\.url"):
        open_store(url)


def test_the_lease_is_granted_to_the_first_who_asks(store):
    assert store.acquire("org").organization == "org"


def test_a_lease_that_was_renewed_is_still_good_for_writing(store, lease):
    store.renew(lease, Pulse(up=True, job_seconds=7.5))
    store.keep(lease, standing())
    assert set(store.recall("org").standings) == {Subject(ROOT.id)}


def test_a_lease_that_was_released_can_be_had_again_at_once(store, lease):
    store.release(lease)
    store.keep(store.acquire("org"), standing())
    assert set(store.recall("org").standings) == {Subject(ROOT.id)}


def test_a_lease_can_be_released_twice(store, lease):
    store.release(lease)
    store.release(lease)
    assert store.acquire("org")


def test_nothing_changes_while_nobody_writes(store, lease):
    store.keep(lease, standing())
    position = store.recall("org").position
    found = store.changes("org", position)
    assert (found.discovery, dict(found.standings), found.position) == (None, {}, position)


def news(told=1.5, *kinds, entity=ROOT, namespace="s3"):
    """What a report of that time told of an entity."""
    used = (17.25, told, 9e6, "eu-west-1", "111111111111", "Amazon S3")
    return tuple(News(Subject(entity.id), kind, namespace, *used) for kind in kinds or (NewsKind.RETURNED,))


def test_news_is_recalled_with_how_much_there_ever_was(store, lease):
    told = news(1.5, NewsKind.RETURNED, NewsKind.FIRST_USED)
    store.keep(lease, standing(), told, tallied(NO_NEWS, told))
    found = store.recall("org")
    assert set(found.news[Subject(ROOT.id)]) == set(told)
    assert found.tally == {**NO_NEWS, NewsKind.RETURNED: 1, NewsKind.FIRST_USED: 1}


def test_no_news_is_nothing_recalled(store, lease):
    store.keep(lease, standing())
    found = store.recall("org")
    assert (dict(found.news), found.tally) == ({}, None)


def test_a_report_without_news_leaves_what_was_told(store, lease):
    store.keep(lease, standing(), news(), tallied(NO_NEWS, news()))
    store.keep(lease, standing(failures=1))
    found = store.recall("org")
    assert found.news == {Subject(ROOT.id): news()}
    assert found.tally == tallied(NO_NEWS, news())


def test_what_several_reports_told_is_recalled(store, lease):
    store.keep(lease, standing(), (*news(1.5), *news(2.5)), NO_NEWS)
    store.keep(lease, standing(), news(3.5), NO_NEWS)
    assert {piece.told for piece in store.recall("org").news[Subject(ROOT.id)]} == {1.5, 2.5, 3.5}


def test_news_that_is_kept_once_more_is_kept_once(store, lease):
    for _ in range(2):
        store.keep(lease, standing(), news(), tallied(NO_NEWS, news()))
    found = store.recall("org")
    assert found.news == {Subject(ROOT.id): news()}
    assert found.tally == tallied(NO_NEWS, news())


def test_news_is_in_no_log_until_it_is_said_to_be(store, lease):
    told = (*news(1.5), *news(2.5, NewsKind.FIRST_USED))
    store.keep(lease, standing(), told, tallied(NO_NEWS, told))
    assert set(store.recall("org").unlogged) == set(told)
    store.logged(lease, tallied(NO_NEWS, told))
    found = store.recall("org")
    assert (found.unlogged, found.tally) == ((), tallied(NO_NEWS, told))
    assert set(found.news[Subject(ROOT.id)]) == set(told)


def test_only_the_news_that_came_last_may_be_in_no_log(store, lease):
    store.keep(lease, standing(), news(1.5), NO_NEWS)
    store.keep(lease, standing(), news(2.5), NO_NEWS)
    store.keep(lease, standing(failures=1))
    assert store.recall("org").unlogged == news(2.5)


def test_old_news_is_forgotten_and_the_tally_is_not(store, lease):
    told = (*news(1.5), *news(2.5))
    store.keep(lease, standing(), told, tallied(NO_NEWS, told))
    store.keep(lease, standing(UNIT), news(1.5, entity=UNIT), tallied(tallied(NO_NEWS, told), news()))
    store.forget_news(lease, 2.5)
    found = store.recall("org")
    assert found.news == {Subject(ROOT.id): news(2.5)}
    assert found.tally[NewsKind.RETURNED] == 3
    assert set(found.standings) == {Subject(ROOT.id), Subject(UNIT.id)}


def test_old_news_of_one_organization_leaves_the_others_alone(store, lease):
    store.keep(lease, standing(), news(), NO_NEWS)
    store.forget_news(store.acquire("two"), 1e9)
    assert store.recall("org").news == {Subject(ROOT.id): news()}


def test_where_there_is_no_old_news_nothing_is_forgotten(store, lease):
    store.forget_news(lease, 1e9)
    store.keep(lease, standing(), news(), NO_NEWS)
    store.forget_news(lease, 1.5)
    assert store.recall("org").news == {Subject(ROOT.id): news()}


def test_an_entity_that_is_gone_takes_its_news_along(store, lease):
    store.keep(lease, standing(), news(), NO_NEWS)
    store.keep(lease, standing(UNIT), (*news(1.5, entity=UNIT), *news(2.5, entity=UNIT)), NO_NEWS)
    store.discovered(lease, Discovery("o-org", "999999999999", "aws", (ROOT,)))
    assert set(store.recall("org").news) == {Subject(ROOT.id)}


def test_a_job_is_forgotten_once_its_subject_is_kept_with_news(store, lease):
    store.started(lease, STARTED)
    store.keep(lease, standing(), news(), NO_NEWS)
    assert store.recall("org").started is None


def test_news_of_strings_of_any_kind_is_recalled(store, lease):
    odd = "\ud800 \0 \N{ROCKET} '; --"
    told = (News(Subject(ROOT.id), NewsKind.FIRST_USED, odd, 1.25, 1.5, None, odd, odd, odd),)
    store.keep(lease, standing(), told, NO_NEWS)
    assert store.recall("org").news == {Subject(ROOT.id): told}
