"""Two threads write, and a reload may take away what one of them is working on."""

import pytest

from exporter.model import Discovery, Entity, EntityType, Report, Services, Standing, Subject, Target, Targets
from exporter.publication import Publication

NOW = 1_700_000_000.0
TARGET = Target(enabled=True, refresh=86_400.0, services=Services.ALL)
TARGETS = Targets(TARGET, TARGET, TARGET, TARGET, TARGET)
ROOT = Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam")
FOUND = Discovery("o-org", "999999999999", "aws", (ROOT,))
STANDING = Standing(Subject(ROOT.id), Report(NOW, None, 3, 2))


class Overtaken:
    """A lock in front of which somebody else is served first, once."""

    def __init__(self, lock, somebody_else):
        self._lock = lock
        self._somebody_else = somebody_else

    def __enter__(self):
        overtakes, self._somebody_else = self._somebody_else, None
        if overtakes:
            overtakes()
        return self._lock.__enter__()

    def __exit__(self, *error):
        return self._lock.__exit__(*error)


@pytest.fixture
def published():
    made = Publication(lambda: NOW)
    made.configure([("org", TARGETS, ())])
    made.discovered("org", FOUND)
    return made


def test_a_report_that_comes_while_a_discovery_waits_for_its_turn_is_kept(published):
    published._lock = Overtaken(published._lock, lambda: published.stood("org", STANDING))
    published.discovered("org", FOUND)
    assert published.current.organization("org").standings == {STANDING.subject: STANDING}


def test_a_reload_that_comes_while_a_discovery_waits_for_its_turn_is_kept(published):
    other = Targets(TARGET, TARGET, TARGET, TARGET, Target(False, 60.0, Services.NONE))
    published._lock = Overtaken(published._lock, lambda: published.configure([("org", other, ())]))
    published.discovered("org", FOUND)
    assert published.current.organization("org").targets is other


def test_what_is_told_of_an_organization_that_a_reload_took_away_is_left_out(published):
    published.configure([("other", TARGETS, ())])
    before = published.current
    published.stood("org", STANDING)
    published.changed("org", running=None)
    assert published.current is before
