"""What a new report shows that the one before it did not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import SKEW, News, NewsKind, Report, ServiceAccess, Standing, Subject
from exporter.news import DELAY, compared, merged, since
from exporter.order import newer

DAY = 86_400.0
NOW = 1_000 * DAY
DORMANT = 90 * DAY
ACCOUNT = "111122223333"
PATH = f"o-exampleorg/r-exam/{ACCOUNT}"
SUBJECT = Subject(ACCOUNT)
UNIT = Subject("ou-exam-00000001")
HIGH = (UNIT, Subject("r-exam"))


def report(created=NOW, **times):
    """A report with a row per namespace; None: accessible and not used."""
    rows = tuple(
        ServiceAccess(each, each.upper(), *(("eu-west-1", PATH, at) if at is not None else ()))
        for each, at in times.items()
    )
    return Report(created, created + 5, len(rows), 0, rows)


def stood(subject=SUBJECT, created=NOW - DAY, **times):
    return Standing(subject, report(created, **times))


def following(standing, after, now=NOW):
    """How the subject stands after a report."""
    shown = newer(standing.report, after, now)
    return Standing(standing.subject, shown, last_known=standing.known_beside(shown))


def dropped(standing):
    """How it stands once its report was too old."""
    known, listed = standing.known_beside(None), standing.accessible() or frozenset()
    return replace(
        standing, report=None, expired=True, last_known=known, listed=listed, listed_at=standing.made
    )


def told(before, after, **more):
    return compared(before, after, **{"dormant_after": DORMANT, "moved": False, "now": NOW, **more})


def kinds(before, after, **more):
    return [(piece.namespace, piece.kind.value) for piece in told(before, after, **more)]


def test_a_first_use_says_who_when_and_where():
    (piece,) = told(stood(s3=None), report(s3=NOW - 60))
    assert piece.kind is NewsKind.FIRST_USED
    assert (piece.subject, piece.namespace, piece.name) == (SUBJECT, "s3", "S3")
    assert (piece.at, piece.told, piece.after) == (NOW - 60, NOW, None)
    assert (piece.region, piece.account_id) == ("eu-west-1", ACCOUNT)


def test_a_return_says_how_long_the_service_had_not_been_used():
    (piece,) = told(stood(s3=NOW - 100 * DAY), report(s3=NOW - 60))
    assert (piece.kind, piece.at) == (NewsKind.RETURNED, NOW - 60)
    assert piece.after == 100 * DAY - 60


@pytest.mark.parametrize(
    ("silent", "news"), [(DORMANT, 1), (DORMANT - 1, 0), (1.0, 0), (0.0, 0), (-DORMANT, 0)]
)
def test_a_return_takes_as_long_as_configured(silent, news):
    assert len(told(stood(s3=NOW - 200 * DAY), report(s3=NOW - 200 * DAY + silent))) == news


def test_a_use_that_was_known_has_not_returned_however_short_a_silence_counts():
    assert not told(stood(s3=NOW - DAY), report(s3=NOW - DAY), dormant_after=0.0)


def test_a_first_report_is_no_news():
    assert not told(Standing(SUBJECT), report(s3=NOW))


def test_a_first_report_after_failures_is_no_news():
    assert not told(Standing(SUBJECT, failures=3), report(s3=NOW))


def test_what_became_accessible_says_of_whom_and_since_when():
    (piece,) = told(stood(), report(s3=None))
    assert piece == News(SUBJECT, NewsKind.NEWLY_ACCESSIBLE, "s3", NOW, NOW, name="S3")


def test_what_became_accessible_with_the_report_is_no_first_use():
    assert kinds(stood(ec2=None), report(ec2=None, s3=NOW)) == [("s3", "newly_accessible")]


def test_what_became_accessible_where_nothing_was_is_no_first_use():
    assert kinds(stood(), report(s3=NOW)) == [("s3", "newly_accessible")]


def test_what_became_accessible_again_has_not_returned():
    before = replace(stood(ec2=None), last_known={"s3": NOW - 500 * DAY})
    assert kinds(before, report(ec2=None, s3=NOW)) == [("s3", "newly_accessible")]


def test_what_is_no_longer_listed_is_no_longer_accessible():
    (piece,) = told(stood(s3=NOW - DAY, ec2=None), report(ec2=None))
    assert (piece.kind, piece.namespace, piece.name) == (NewsKind.NO_LONGER_ACCESSIBLE, "s3", "S3")
    assert (piece.at, piece.told, piece.after, piece.account_id) == (NOW, NOW, None, "")


def test_nobody_knows_the_name_of_what_only_a_dropped_report_listed():
    (piece,) = told(dropped(stood(s3=None, ec2=None)), report(ec2=None))
    assert (piece.namespace, piece.name) == ("s3", "")


def test_a_move_brings_no_first_use_and_no_word_of_what_is_accessible():
    assert not told(stood(s3=None, ec2=None), report(s3=NOW, iam=NOW), moved=True)


def test_a_return_is_one_though_the_account_moved():
    assert kinds(stood(s3=NOW - 100 * DAY), report(s3=NOW), moved=True) == [("s3", "returned")]


@pytest.mark.parametrize("subject", HIGH)
@pytest.mark.parametrize("known", [None, NOW - 300 * DAY])
@pytest.mark.parametrize(("late", "news"), [(30 * DAY, 0), (DELAY + 1, 0), (DELAY, 1), (0.0, 1), (-60.0, 1)])
def test_what_an_ous_former_report_would_have_shown_came_with_an_account(subject, known, late, news):
    assert len(told(stood(subject, s3=known), report(s3=NOW - DAY - late))) == news


@pytest.mark.parametrize("known", [None, NOW - 300 * DAY])
def test_of_an_account_what_aws_tells_late_is_news(known):
    assert len(told(stood(s3=known), report(s3=NOW - 10 * DAY))) == 1


@pytest.mark.parametrize(("at", "news"), [(NOW - 9 * DAY, 1), (NOW - 11 * DAY, 0)])
def test_where_a_report_was_dropped_its_own_time_says_what_it_would_have_shown(at, news):
    before = dropped(dropped(stood(UNIT, NOW - 10 * DAY, s3=NOW - 300 * DAY, ec2=None)))
    assert len(told(before, report(s3=at, ec2=None))) == news
    assert len(told(before, report(s3=None, ec2=at))) == news


def test_where_that_time_is_not_known_all_uses_are_told():
    before = replace(dropped(stood(UNIT, s3=NOW - 400 * DAY)), listed_at=0.0)
    assert kinds(before, report(s3=NOW - 100 * DAY)) == [("s3", "returned")]


def test_beyond_the_tracking_period_an_account_that_came_brings_no_return():
    before = replace(stood(UNIT, s3=None), last_known={"s3": NOW - 500 * DAY})
    assert not told(before, report(s3=NOW - 30 * DAY))
    assert kinds(before, report(s3=NOW)) == [("s3", "returned")]


def test_after_an_account_brought_its_uses_the_next_is_measured_against_them():
    came = following(stood(UNIT, NOW - 2 * DAY, s3=None), report(NOW - DAY, s3=NOW - 30 * DAY))
    assert not told(came, report(s3=NOW))


@pytest.mark.parametrize("created", [NOW - DAY, NOW - 2 * DAY])
def test_a_repeated_or_older_report_is_no_news(created):
    assert not told(stood(s3=None), report(created, s3=created))


@pytest.mark.parametrize("created", [NOW + SKEW + 1, NOW + 400 * DAY])
def test_a_report_from_the_future_is_no_news(created):
    assert not told(stood(s3=None), report(created, s3=NOW - 60))


def test_what_two_clocks_explain_is_news():
    assert len(told(stood(s3=None), report(NOW + SKEW, s3=NOW + SKEW))) == 1
    assert len(told(stood(s3=None), report(NOW, s3=NOW + SKEW))) == 1


def test_nothing_is_compared_with_a_report_from_the_future():
    assert not told(stood(created=NOW + DAY, s3=None), report(s3=NOW - 60))


def test_a_use_in_the_future_is_no_news():
    assert not told(stood(s3=NOW - 400 * DAY, ec2=None), report(s3=NOW + DAY, ec2=NOW + DAY))


def test_a_use_later_than_its_report_is_no_news():
    assert not told(stood(s3=None), report(NOW - DAY / 2, s3=NOW))


def test_after_a_use_in_the_future_one_in_the_past_is_no_news():
    assert not told(stood(s3=NOW + 100 * DAY), report(s3=NOW))


def test_a_use_in_the_future_does_not_silence_a_service_for_ever():
    before = following(stood(s3=NOW + 1_000 * DAY), report(s3=NOW - 100 * DAY))
    assert kinds(before, report(NOW + 1, s3=NOW)) == [("s3", "returned")]


def test_a_return_beyond_the_tracking_period_is_told_from_what_was_known():
    first = stood(created=NOW - 410 * DAY, s3=NOW - 410 * DAY)
    aged = following(first, report(NOW - DAY, s3=None))
    (piece,) = told(aged, report(s3=NOW))
    assert (piece.kind, piece.after) == (NewsKind.RETURNED, 410 * DAY)


def test_a_report_that_was_dropped_is_compared_with():
    before = dropped(stood(s3=NOW - 100 * DAY, ec2=None, iam=NOW - 2 * DAY, sqs=None))
    after = report(s3=NOW, ec2=NOW, iam=NOW, sns=NOW)
    assert kinds(before, after) == [
        ("s3", "returned"),
        ("ec2", "first_used"),
        ("sns", "newly_accessible"),
        ("sqs", "no_longer_accessible"),
    ]


def test_where_it_is_not_known_what_a_dropped_report_listed_only_returns_are_told():
    before = replace(dropped(stood(s3=NOW - 100 * DAY, ec2=None)), listed=frozenset())
    assert kinds(before, report(s3=NOW, ec2=NOW, sns=NOW)) == [("s3", "returned")]


def test_an_scp_has_no_news():
    assert not told(stood(Subject(ACCOUNT, "p-12345678"), s3=None), report(s3=NOW))


def test_a_time_that_moves_back_and_forth_is_told_once():
    standing, found = stood(created=NOW - 10 * DAY, s3=NOW - 300 * DAY), []
    for day, at in enumerate([5, 200, 5, None, 5, 200, 5], start=1):
        after = report(NOW - (10 - day) * 3600, s3=None if at is None else NOW - at * DAY)
        found += told(standing, after)
        standing = following(standing, after)
    assert [(piece.kind, piece.at) for piece in found] == [(NewsKind.RETURNED, NOW - 5 * DAY)]


def piece(**more):
    kept = {"subject": SUBJECT, "kind": NewsKind.RETURNED, "namespace": "s3", "at": NOW, "told": NOW}
    return News(**{**kept, **more})


LATEST = piece(told=NOW + 2)
ORDERED = (
    LATEST,
    piece(at=NOW + 1),
    piece(subject=Subject("1")),
    piece(namespace="ec2"),
    piece(kind=NewsKind.FIRST_USED),
    piece(),
    piece(after=2.0),
    piece(name="S3"),
    piece(account_id=ACCOUNT, after=1.0),
    piece(region="eu-west-1"),
)


def test_news_is_newest_first_in_one_order_wherever_it_comes_from():
    assert merged(ORDERED[5:], reversed(ORDERED), ORDERED) == ORDERED


def test_news_that_is_recent_enough_is_left_as_it_is():
    news = {SUBJECT: (LATEST, piece()), UNIT: (piece(),)}
    assert since(news, NOW) is news


def test_news_that_was_told_before_is_left_out():
    news = {SUBJECT: (LATEST, piece()), UNIT: (piece(),), Subject("2"): (LATEST,)}
    assert since(news, NOW + 2) == {SUBJECT: (LATEST,), Subject("2"): (LATEST,)}
    assert since(news, NOW + 2)[Subject("2")] is news[Subject("2")]
    assert since(news, NOW + 3) == {}


TIMES = st.none() | st.floats(min_value=0, max_value=1_500).map(lambda days: days * DAY)
ROWS = st.dictionaries(st.sampled_from(["s3", "ec2", "iam", "sqs"]), TIMES)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "repeat", "drop", "move", "fail"]),
        ROWS,
        st.floats(min_value=-10, max_value=50),  # days that pass at AWS
        st.floats(min_value=-400, max_value=400),  # days that our clock is off
    ),
    max_size=12,
)


def _lived(steps, subject=SUBJECT):
    """Each step's standing, report and clock, with what was told."""
    standing, created, after = Standing(subject), 500 * DAY, None
    for step, rows, days, off in steps:
        created += days * DAY
        now = created + off * DAY
        if step == "drop" and standing.report:
            standing = dropped(standing)
        elif step == "fail":
            standing = replace(standing, failures=standing.failures + 1)
        elif step != "drop":
            after = after if after and step == "repeat" else report(created, **rows)
            yield standing, after, now, told(standing, after, moved=step == "move", now=now)
            standing = following(standing, after, now)


@given(STEPS)
def test_no_use_is_ever_told_twice(steps):
    found = [piece for *_, pieces in _lived(steps) for piece in pieces]
    uses = [(piece.namespace, piece.at) for piece in found if piece.account_id]
    assert len(uses) == len(set(uses))


@given(STEPS)
def test_a_service_is_used_for_the_first_time_once(steps):
    found = [piece for *_, pieces in _lived(steps) for piece in pieces]
    first = [piece.namespace for piece in found if piece.kind is NewsKind.FIRST_USED]
    assert len(first) == len(set(first))


@given(STEPS)
def test_all_that_is_told_is_so_and_lies_in_no_future(steps):
    for before, after, now, pieces in _lived(steps):
        rows = {row.namespace: row for row in after.services}
        for piece in pieces:
            assert piece.told == after.created <= now + SKEW
            assert piece.at <= after.created + SKEW
            assert before.report or before.expired
            if piece.kind is NewsKind.NO_LONGER_ACCESSIBLE:
                assert piece.namespace not in rows
            elif piece.kind is NewsKind.RETURNED:
                known = before.uses()[piece.namespace]
                assert piece.at - known == piece.after >= DORMANT
            elif piece.kind is NewsKind.FIRST_USED:
                assert piece.namespace not in before.uses()
                assert rows[piece.namespace].last_authenticated == piece.at


@given(STEPS)
def test_what_was_told_is_known_from_then_on(steps):
    for before, after, now, pieces in _lived(steps):
        known = following(before, after, now).uses()
        for piece in pieces:
            if piece.account_id:
                assert known[piece.namespace] >= piece.at


@given(STEPS)
def test_an_ou_is_told_of_no_use_that_its_former_report_would_have_shown(steps):
    for before, *_, pieces in _lived(steps, UNIT):
        assert all(piece.at >= before.made - DELAY for piece in pieces if piece.kind.is_use)


@given(STEPS)
def test_an_ou_is_told_of_nothing_that_an_account_would_not_be(steps):
    for before, after, now, pieces in _lived(steps, UNIT):
        as_one = told(replace(before, subject=SUBJECT), after, now=now)
        assert {(each.namespace, each.kind, each.at) for each in pieces} <= {
            (each.namespace, each.kind, each.at) for each in as_one
        }


HOURS = st.integers(min_value=0, max_value=60 * 24)
LIVES = st.lists(st.tuples(st.lists(HOURS, max_size=4), HOURS, HOURS), min_size=1, max_size=5)


@given(LIVES, st.lists(HOURS, min_size=2, max_size=20, unique=True))
def test_whoever_comes_and_goes_a_unit_is_told_of_what_was_done_in_it_and_of_that_at_once(lives, looks):
    """Accounts with uses of their own, each in the OU from one time to another; and reports on the OU."""
    start = NOW - 1000 * 3600
    standing = following(Standing(UNIT), report(start - 1, s3=None), start)
    for look in (start + hour * 3600.0 for hour in sorted(looks)):
        inside = [uses for uses, came, left in lives if start + came * 3600 <= look < start + left * 3600]
        done = [at for uses in inside for at in (start + use * 3600.0 for use in uses) if at <= look]
        after = report(look, s3=max(done, default=None))
        pieces = told(standing, after, now=look)
        new = [at for at in done if at > standing.made]
        assert all(piece.at >= standing.made - DELAY for piece in pieces)
        assert bool(pieces) >= (bool(new) and not standing.uses())
        standing = following(standing, after, look)
