"""The state that version 0.1.0 wrote: opened, brought up to date, and compared with; refused where damaged.

``testdata/state.v0.1.0.db`` was made by the code of that release, with a report of each kind, one that
a failed job follows, one that was dropped, one through an SCP, and a job that was left running.
"""

import contextlib
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exporter.errors import StateError
from exporter.model import NewsKind, Report, ServiceAccess, Subject
from exporter.news import compared
from exporter.publication import Publication
from exporter.store.file import open_file
from exporter.store.schema import STEPS, version_of
from exporter.store.sqlite import SqliteStore
from tests.collect.conftest import every
from tests.searching import examples

MADE = Path(__file__).parent / "testdata" / "state.v0.1.0.db"
T, DAY = 1_793_000_000.0, 86_400.0
ROOT, UNIT, ACCOUNT, GONE = "r-exam", "ou-exam-11111111", "111122223333", "444455556666"


@pytest.fixture
def path(tmp_path):
    return shutil.copy(MADE, tmp_path / "state.db")


def recalled(path):
    with contextlib.closing(SqliteStore(path)) as store:
        return store.recall("org")


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """What is in the file, as this program reads it."""
    return recalled(shutil.copy(MADE, tmp_path_factory.mktemp("sound") / "state.db"))


def test_it_is_brought_to_the_newest_version_and_opens_again(path):
    first = recalled(path)
    with contextlib.closing(open_file(path)) as connection:
        assert version_of(connection) == len(STEPS)
    assert recalled(path) == first


def test_all_that_was_known_is_known(content):
    standings = content.standings
    assert {(*subject,) for subject in standings} == {
        (ROOT, ""),
        (UNIT, ""),
        (ACCOUNT, ""),
        (GONE, ""),
        (ROOT, "p-FullAWSAccess"),
    }
    assert standings[Subject(ROOT)].uses() == {"s3": T - 60, "ec2": T - 40 * DAY}
    assert standings[Subject(UNIT)].uses() == {"s3": T - 60, "ec2": T - 395 * DAY}
    account, gone = standings[Subject(ACCOUNT)], standings[Subject(GONE)]
    assert (account.failures, account.job.error_code, account.report.created) == (2, "INTERNAL_ERROR", T + 40)
    assert (gone.expired, gone.report, gone.uses(), gone.made) == (True, None, {"s3": T - 200 * DAY}, 0.0)
    assert [entity.name for entity in content.discovery.entities][2] == "Payments €"
    assert content.started.subject == Subject("999999999999")
    assert (dict(content.news), content.tally, content.unlogged) == ({}, None, ())


def test_it_is_served(content):
    publication = Publication(lambda: T + 600)
    publication.configure([("org", every(policies=True), ())])
    publication.restored("org", content.discovery, content.standings, content.news)
    view = publication.current.organization("org")
    assert set(view.standings) == set(content.standings)
    assert all(publication.current.exposition.unit(("org", subject)) for subject in content.standings)


def test_what_came_since_is_news_measured_against_what_was_known_then(content):
    after = Report(
        T + DAY,
        T + DAY + 9,
        3,
        0,
        tuple(
            ServiceAccess(each, each.upper(), "eu-west-1", "", T + DAY - 60, 1)
            for each in ("ec2", "s3", "sagemaker")
        ),
    )

    def told(entity_id):
        standing = content.standings[Subject(entity_id)]
        found = compared(standing, after, dormant_after=90 * DAY, moved=False, now=T + DAY)
        return [(piece.namespace, piece.kind) for piece in found]

    assert told(ROOT) == [("sagemaker", NewsKind.FIRST_USED)]
    assert told(UNIT) == [("ec2", NewsKind.RETURNED), ("sagemaker", NewsKind.FIRST_USED)]
    assert told(ACCOUNT) == [("ec2", NewsKind.RETURNED), ("sagemaker", NewsKind.NEWLY_ACCESSIBLE)]
    # What a report that was dropped listed, that release did not keep: of it only returns can be told.
    assert told(GONE) == [("s3", NewsKind.RETURNED)]


@settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.integers(0, 2**20), st.integers(1, 255))
@example(118661, 64)  # a column has another name, which is seen before the file is brought up to date
def test_no_damaged_byte_changes_what_is_recalled_and_what_is_refused_stays_as_it_is(
    tmp_path, content, place, change
):
    damaged = bytearray(MADE.read_bytes())
    damaged[place % len(damaged)] ^= change
    path = tmp_path / "state.db"
    path.write_bytes(damaged)
    try:
        assert recalled(path) == content
    except StateError:
        assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
            ("state.db", bytes(damaged))
        ]
