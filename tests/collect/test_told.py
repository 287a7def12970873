"""What a collector tells of its reports: published, kept and logged, each piece once."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from exporter.errors import StateUnavailableError
from exporter.model import NewsKind, ServiceAccess, Subject
from tests.collect.conftest import ACCOUNT, HOUR, ROOT, Bench, every

DAY = 24 * HOUR
USED = ServiceAccess("s3", "Amazon S3", "eu-west-1", ACCOUNT.path, 1.6e9, 1)
UNUSED = ServiceAccess("ec2", "Amazon EC2")
FULL = StateUnavailableError("database or disk is full")


def used(bench, namespace="ec2", ago=60.0):
    """The service is used from now on."""
    bench.aws.rows = (
        USED,
        ServiceAccess(namespace, "Amazon EC2", "eu-west-1", ACCOUNT.path, bench.pace.moment - ago, 1),
    )


def told(bench):
    return {subject.entity_id: pieces for subject, pieces in bench.view.news.items()}


def kept(bench):
    return dict(bench.store.recall("org").news)


def lines(logs, event="service.first_used"):
    return [line for line in logs if line["event"] == event]


@pytest.fixture
def first(bench):
    """Everything has had its first report, in which nobody used EC2."""
    bench.aws.rows = (USED, UNUSED)
    bench.sweep()
    bench.pace.moment += 2 * HOUR
    return bench


def test_a_first_report_tells_nothing(bench):
    with capture_logs() as logs:
        bench.sweep()
    assert (told(bench), kept(bench), lines(logs)) == ({}, {}, [])


def test_a_first_use_is_published_kept_and_logged_for_each_entity(first):
    used(first)
    with capture_logs() as logs:
        first.sweep()
    assert {entity_id: piece.kind for entity_id, (piece,) in told(first).items()} == dict.fromkeys(
        (ROOT.id, "ou-unit", ACCOUNT.id), NewsKind.FIRST_USED
    )
    assert kept(first) == dict(first.view.news)
    assert [line["entity_id"] for line in lines(logs)] == [ROOT.id, "ou-unit", ACCOUNT.id]


def test_the_line_names_entity_account_service_and_region(first):
    used(first)
    with capture_logs() as logs:
        first.collector.step()
    (line,) = lines(logs)
    assert line == {
        "event": "service.first_used",
        "log_level": "info",
        "organization": "org",
        "entity_id": ROOT.id,
        "entity_name": "Root",
        "service_namespace": "ec2",
        "service_name": "Amazon EC2",
        "account_id": ACCOUNT.id,
        "account_name": "One",
        "region": "eu-west-1",
        "used": line["used"],
        "told": line["told"],
    }


def test_a_return_says_for_how_long_the_service_was_not_used(first):
    used(first, "s3", ago=0.0)
    first.aws.rows = (first.aws.rows[1], UNUSED)
    with capture_logs() as logs:
        first.collector.step()
    (line,) = lines(logs, "service.returned")
    assert line["unused_for"].startswith("1157 d")
    assert line["unused_seconds"] == pytest.approx(1e8, rel=0.01)


def test_what_is_used_all_the_time_is_in_no_line(first):
    used(first)
    first.sweep()
    first.pace.moment += 2 * HOUR
    used(first)
    with capture_logs() as logs:
        first.sweep()
    assert lines(logs) == lines(logs, "service.returned") == []


def test_what_may_be_used_now_is_counted_in_one_line(first):
    first.aws.rows = (*first.aws.rows, ServiceAccess("iam"), ServiceAccess("sqs"))
    with capture_logs() as logs:
        first.collector.step()
    (line,) = lines(logs, "access.changed")
    assert (line["newly_accessible"], line["no_longer_accessible"]) == (2, 0)


def test_the_tally_counts_every_piece_and_is_kept(first):
    used(first)
    first.sweep()
    assert first.view.tally[NewsKind.FIRST_USED] == 3
    assert first.store.recall("org").tally == first.view.tally


def test_a_move_brings_no_first_use(first):
    moved = replace(ACCOUNT, path=f"o-org/r-root/{ACCOUNT.id}", parent_id=ROOT.id)
    first.aws.entities = (ROOT, moved)
    first.collector.discover()
    used(first)
    first.sweep()
    assert set(told(first)) == {ROOT.id}


def test_a_use_after_the_move_is_one(first):
    first.aws.entities = (ROOT, replace(ACCOUNT, path=f"o-org/r-root/{ACCOUNT.id}", parent_id=ROOT.id))
    first.collector.discover()
    first.sweep()
    first.pace.moment += 2 * HOUR
    used(first)
    first.sweep()
    assert set(told(first)) == {ROOT.id, ACCOUNT.id}


def test_a_use_while_the_report_was_dropped_is_told(first):
    first.pace.moment += 8 * DAY
    first.collector.expire()
    used(first)
    first.sweep()
    assert [piece.kind for piece in told(first)[ACCOUNT.id]] == [NewsKind.FIRST_USED]


def test_news_is_over_after_a_while_and_stays_counted(first):
    first.publication.configure([("org", first.view.targets, ())], 7 * DAY)
    used(first)
    first.sweep()
    first.pace.moment += 7 * DAY + HOUR
    first.publication.tick()
    first.sweep()
    first.collector.expire()
    assert (told(first), kept(first)) == ({}, {})
    assert first.store.recall("org").tally[NewsKind.FIRST_USED] == 3


def test_a_clock_that_is_ahead_deletes_no_news(first):
    used(first)
    first.sweep()
    first.pace.moment += 400 * DAY
    first.collector.expire()
    assert len(kept(first)) == 3


class Unwilling:
    """A store that takes nothing for a while."""

    def __init__(self, store, refusals):
        self._keep, self.refusals = store.keep, refusals
        store.keep = self

    def __call__(self, *found):
        if self.refusals:
            self.refusals -= 1
            raise FULL
        self._keep(*found)


def test_news_is_logged_once_it_is_kept(first):
    Unwilling(first.store, 1)
    used(first)
    with capture_logs() as logs:
        first.collector.step()
    assert len(told(first)) == 1
    assert (lines(logs), kept(first)) == ([], {})
    with capture_logs() as logs:
        first.collector.keep()
        first.collector.keep()
    assert len(lines(logs)) == 1
    assert kept(first) == dict(first.view.news)


def test_news_of_several_reports_waits_for_the_state(first):
    Unwilling(first.store, 10)
    used(first)
    first.sweep()
    first.pace.moment += 100 * DAY
    used(first)
    first.sweep()
    with capture_logs() as logs:
        for _ in range(5):
            first.collector.keep()
    assert {piece.kind for piece in kept(first)[Subject(ACCOUNT.id)]} == {
        NewsKind.FIRST_USED,
        NewsKind.RETURNED,
    }
    assert len(lines(logs)) == len(lines(logs, "service.returned")) == 3
    assert first.store.recall("org").tally == first.view.tally


def test_a_program_that_ends_before_its_news_was_kept_tells_it_after_its_return(first):
    refusing = Unwilling(first.store, 100)
    used(first)
    with capture_logs() as logs:
        first.sweep()
    refusing.refusals = 0
    after = Bench(pace=first.pace)
    found = first.store.recall("org")
    after.store, after.desk._store = first.store, first.store
    after.publication.restored("org", found.discovery, found.standings, found.news)
    after.aws.rows = first.aws.rows
    with capture_logs() as later:
        after.sweep()
    assert (len(lines(logs)), len(lines(later))) == (0, 3)
    assert after.view.tally[NewsKind.FIRST_USED] == 3


class KilledError(BaseException):
    """The program ended here."""


def killed(*_):
    raise KilledError


def heard(logs):
    return [(line["entity_id"], line["service_namespace"]) for line in lines(logs)]


@pytest.mark.parametrize(
    ("instant", "then"),
    [("keep", (0, 0, 0)), ("news", (1, 0, 1)), ("logged", (1, 1, 1)), (None, (1, 1, 0))],
)
def test_killed_at_any_instant_its_news_is_kept_or_will_be_told_and_never_only_logged(
    first, monkeypatch, instant, then
):
    used(first)
    if instant:
        monkeypatch.setattr(first.desk._observer if instant == "news" else first.store, instant, killed)
    with capture_logs() as logs:
        try:
            first.collector.step()
        except KilledError:
            assert instant
    found = first.store.recall("org")
    assert (len(found.news), len(heard(logs)), len(found.unlogged)) == then


def test_where_the_state_cannot_learn_what_was_logged_it_is_told_so_later(first, monkeypatch):
    used(first)
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(first.store, "logged", raising(FULL))
        first.collector.step()
    assert len(first.store.recall("org").unlogged) == len(heard(logs)) == 1
    with capture_logs() as later:
        first.collector.keep()
    assert (first.store.recall("org").unlogged, heard(later)) == ((), [])


def raising(error):
    def attempt(*_):
        raise error

    return attempt


def restarted(bench):
    """Another program on the same state, on the same clock and AWS."""
    found = bench.store.recall("org")
    after = Bench(targets=bench.view.targets, pace=bench.pace)
    after.aws, after.store = bench.aws, bench.store
    after.desk._store, after.collector._aws = bench.store, bench.aws
    after.publication.restored("org", found.discovery, found.standings, found.news)
    return after


@pytest.mark.parametrize("outage", [0, 30])
def test_over_four_hundred_and_thirty_days_a_return_after_four_hundred_and_ten_is_news(outage):
    """A report a day, a restart a month; AWS forgets after 400; it is away for ``outage`` days."""
    bench = Bench(targets=every(DAY))
    began, found = bench.pace.moment, []
    for day in range(430):
        now = began + day * DAY
        at = began - 60 if day < 410 else began + 410 * DAY - 60
        known = at > now - 400 * DAY
        row = ServiceAccess("ec2", "Amazon EC2", *(("eu-west-1", ACCOUNT.path, at, 1) if known else ()))
        bench.aws.rows = (USED._replace(last_authenticated=now - 60), row)
        bench.pace.moment = now
        bench = restarted(bench) if day % 30 == 29 else bench
        bench.collector.expire()
        if day % 30 == 0:
            bench.collector.discover()
        if not 200 <= day < 200 + outage:
            bench.sweep()
        found.append({piece for pieces in bench.view.news.values() for piece in pieces})
    assert not any(found[:410])
    assert {(piece.subject.entity_id, piece.kind, piece.after) for piece in set().union(*found)} == {
        (entity.id, NewsKind.RETURNED, 410 * DAY) for entity in bench.aws.entities
    }
