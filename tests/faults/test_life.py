"""Anything that may happen to one organization's collection, in any order: what has to hold all the same.

Time is simulated and AWS is a few lines, so that a thousand lives take a minute or two.
"""

import re
from collections import deque
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from prometheus_client.parser import text_string_to_metric_families

from exporter.exposition import Format
from exporter.leads import Leads
from exporter.model import SKEW, EntityType, JobStatus
from exporter.order import RETRY
from tests.exposition.organizations import text
from tests.faults.life import ERRORS, HOUR, PAGES, USED, Life, entities

AGE = 48 * HOUR
CALLS = ("discover", "open_session", "generate", "get")


@lru_cache(10_000)
def family_of(part):
    """The name of the one family in a part of a page, which is valid. Most parts stood on the page before."""
    (family,) = text_string_to_metric_families(part)
    series = [(sample.name, frozenset(sample.labels.items())) for sample in family.samples]
    assert len(set(series)) == len(series)
    return family.name


class Lives(RuleBasedStateMachine):
    """One organization, its AWS and its clock."""

    @initialize(found=entities)
    def begin(self, found):
        self.life = Life(found, max_report_age=AGE)
        self.shown = {}
        self.valid = None

    @rule()
    def discover(self):
        before = self.life.view
        retry = self.life.collector.discover()
        after = self.life.view
        if retry is not None:
            assert (after.work, after.standings) == (before.work, before.standings)

    @rule()
    def step(self):
        aws = self.life.aws
        calls, jobs, lost = len(aws.calls), aws.jobs, aws.lost
        self.life.step()
        assert len(aws.calls) - calls < 150, "calls for one report"
        assert aws.jobs - jobs <= 1 + aws.lost - lost, "a second job without need"

    @rule(seconds=st.sampled_from([1.0, 30.0, 600.0, HOUR, 5 * HOUR, 30 * HOUR]))
    def pass_time(self, seconds):
        self.life.pace.pass_time(seconds)
        self.life.publication.tick()

    @rule(seconds=st.sampled_from([-30 * HOUR, -HOUR, -10.0, 10.0, HOUR, 30 * HOUR]))
    def set_the_clock(self, seconds):
        self.life.pace.offset += seconds

    @rule(
        call=st.sampled_from(["discover", "open_session", "generate", "get"]),
        errors=st.lists(ERRORS, max_size=40),
    )
    def trouble(self, call, errors):
        self.life.aws.troubles[call] = deque(errors)

    @rule(pages=st.lists(PAGES, min_size=1, max_size=3))
    def answer_oddly(self, pages):
        self.life.aws.pages = deque(pages)

    @rule(found=entities)
    def change_the_tree(self, found):
        self.life.aws.entities = found

    @rule(seconds=st.sampled_from([0.0, 2.0, 9.0, 200.0, float("inf")]))
    def change_the_speed(self, seconds):
        self.life.aws.seconds = seconds

    @rule(seconds=st.sampled_from([20.0, 400.0]))
    def take_the_slot(self, seconds):
        self.life.aws.taken_until = self.life.pace.monotonic() + seconds

    @rule(data=st.data(), namespace=st.sampled_from(USED), reticent=st.booleans())
    def use_a_service(self, data, namespace, reticent):
        """An account uses what it may never have used; its own report may keep that to itself."""
        accounts = [entity.path for entity in self.life.aws.entities if entity.type is EntityType.ACCOUNT]
        if accounts:
            path = data.draw(st.sampled_from(accounts))
            self.life.aws.uses[path, namespace] = self.life.pace.monotonic()
        self.life.aws.reticent = reticent

    @rule()
    def expire(self):
        self.life.collector.expire()

    @rule()
    def restart(self):
        self.life.restart()

    @precondition(lambda self: hasattr(self, "life"))
    @rule()
    def calm_down(self):
        """Once AWS and the clock are right again, everything is fetched, however it came to stand."""
        self.life.aws.heal()
        self.life.pace.offset = 0.0
        assert self.life.collector.discover() is None
        self.life.sweep()
        now = self.life.pace.now()
        for item in self.life.view.work:
            standing = self.life.view.standings[item.subject]
            assert (standing.failures, standing.job.status) == (0, JobStatus.COMPLETED)
            assert now - standing.report.created < item.target.refresh
        assert self.life.view.up
        self.follow_all_leads()

    def follow_all_leads(self):
        """However AWS contradicts itself, leads come to an end."""
        for _ in range(50):
            wait = self.life.collector.step()
            if wait > RETRY:
                break
            self.life.pace.pause(wait)
        view = self.life.view
        assert not Leads(90 * 24 * HOUR).subjects(view.work, view.standings)

    @invariant()
    def no_report_goes_or_grows_older(self):
        now, view = self.life.pace.now(), self.life.view
        scope = {item.subject for item in view.work}
        for subject, created in self.shown.items():
            standing = view.standings.get(subject)
            if subject not in scope or created > now + SKEW or (standing and standing.expired):
                continue
            assert standing is not None
            assert standing.report.created >= created
        self.shown = {
            subject: standing.report.created
            for subject, standing in view.standings.items()
            if standing.report
        }

    @invariant()
    def the_page_is_valid(self):
        current = self.life.publication.current
        if current is self.valid:
            return
        self.valid = current
        page = text(current, Format.TEXT)
        families = [family_of(part) for part in re.split("^(?=# HELP )", page, flags=re.MULTILINE) if part]
        assert len(set(families)) == len(families)

    @invariant()
    def every_subject_is_counted_once(self):
        assert sum(self.life.view.states.values()) == len(self.life.view.work)

    def teardown(self):
        if hasattr(self, "life"):
            self.calm_down()


def lives(examples):
    case = type("Lives", (Lives,), {}).TestCase
    case.settings = settings(
        max_examples=examples,
        stateful_step_count=50,
        suppress_health_check=list(HealthCheck),
    )
    return case


TestSomeLives = lives(25)


@pytest.mark.slow
class TestAThousandLives(lives(1000)):
    pass
