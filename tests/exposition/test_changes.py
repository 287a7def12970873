"""However it came about, what is served is what building it from scratch would serve."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from exporter.exposition import ALL, Format
from exporter.model import Subject
from exporter.order import plan
from exporter.publication import Publication
from tests.exposition import reference
from tests.exposition.conftest import NOW
from tests.exposition.organizations import (
    JOB_ID,
    KEEP,
    discoveries,
    knowledge,
    news,
    standing,
    targets,
    text,
    told,
)
from tests.searching import examples

NAMES = ("one", "two")
organizations = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(targets, st.sampled_from([(), (JOB_ID,)])), min_size=1
)


class Changes(RuleBasedStateMachine):
    """Anything that may happen to a publication, beside a list of what is known."""

    def __init__(self):
        super().__init__()
        self.now = NOW
        self.published = Publication(lambda: self.now)
        self.known = {}
        self.news = {}
        self.found = {}
        self.settings = {}
        self.late = False

    @initialize(settings=organizations)
    def begin(self, settings):
        self.configure(settings)

    @rule(settings=organizations)
    def configure(self, settings):
        self.published.configure([(name, *its) for name, its in settings.items()], KEEP)
        self.settings = settings
        self.known = {name: self.known.get(name, {}) for name in settings}
        self.news = {name: self.news.get(name, {}) for name in settings}
        self.found = {name: self.found.get(name) for name in settings}
        for name in settings:
            self.drop_what_is_out_of_scope(name)

    @rule(data=st.data(), discovery=discoveries)
    def discover(self, data, discovery):
        name = data.draw(st.sampled_from(list(self.settings)))
        self.published.discovered(name, discovery)
        self.found[name] = discovery
        self.drop_what_is_out_of_scope(name)

    @rule(data=st.data(), known=knowledge, pieces=news)
    def stand(self, data, known, pieces):
        name = data.draw(st.sampled_from(list(self.settings)))
        subjects = [*self.subjects(name), Subject("000000000777")]
        subject = subjects[data.draw(st.integers(0, len(subjects) - 1))]
        stands, pieces = standing(subject, known), told(subject, pieces)
        taken = self.published.stood(name, stands, pieces)
        assert taken == (subject in subjects[:-1])
        if taken:
            self.known[name][subject] = stands
            self.news[name][subject] = (*pieces, *self.news[name].get(subject, ()))
            self.late |= any(piece.told < self.now - KEEP for piece in pieces)

    @rule(seconds=st.floats(0.0, 200_000.0))
    def let_time_pass(self, seconds):
        self.now += seconds
        self.late = True

    @rule()
    def tick(self):
        self.published.tick()
        self.late = False

    @invariant()
    def every_line_is_what_the_plain_renderer_says(self):
        current = self.published.current
        views, aged_at = current.snapshot.organizations, current.exposition.aged_at
        then = reference.plain(views, Format.TEXT, aged_at).split("\n")
        now = reference.plain(views, Format.TEXT, self.now).split("\n")
        served = text(current, Format.TEXT).split("\n")
        assert all(between(*lines) for lines in zip(then, served, now, strict=True))
        assert self.late or served == now

    @invariant()
    def it_is_what_is_built_from_scratch(self):
        built = Publication(lambda: self.now)
        built.configure([(name, *its) for name, its in self.settings.items()], KEEP)
        for name in self.settings:
            built.restored(name, self.found[name], self.known[name], self.news[name])
        current, expected = self.published.current, built.current
        if not self.late:
            assert (current.names, current.exposition.series) == (expected.names, expected.exposition.series)
            assert current.snapshot == expected.snapshot
            assert current.exposition.length == expected.exposition.length
            assert current.exposition.whole(ALL, Format.TEXT).crc == (
                expected.exposition.whole(ALL, Format.TEXT).crc
            )

    def subjects(self, name):
        return [item.subject for item in plan(self.found[name], *self.settings[name])]

    def drop_what_is_out_of_scope(self, name):
        kept = set(self.subjects(name))
        for known in (self.known[name], self.news[name]):
            for subject in known.keys() - kept:
                del known[subject]


def between(then, served, now):
    """The same line, or an age between what it was at the last tick and what it is."""
    if "_age_seconds{" not in served:
        return then == served == now
    (old, least), (series, age), (new, most) = (line.rsplit(" ", 1) for line in (then, served, now))
    return old == series == new and int(least) <= int(age) <= int(most)


TestChanges = Changes.TestCase
TestChanges.settings = settings(
    max_examples=examples(40), stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow]
)
