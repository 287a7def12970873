"""What a reload does to the organizations that run."""

import time

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from exporter.config import parse
from exporter.daemon.organizations import Organizations, Surroundings
from exporter.exposition import Format, answer
from exporter.families import Group
from exporter.publication import Publication
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments

ALL = frozenset(Group)


def configuration(*names, region="us-east-1"):
    items = ", ".join(f"{{name: {name}, region: {region}}}" for name in names)
    return parse(f"organizations: [{items}]", "test")


@pytest.fixture
def instruments():
    return Instruments(with_process=False)


@pytest.fixture
def organizations(instruments):
    around = Surroundings(
        Publication(time.time), MemoryStore(), instruments, BackgroundScheduler(timezone="UTC"), 10.0
    )
    made = Organizations(around)
    yield made
    made.stop()


def text_of(instruments):
    return b"".join(answer([], list(instruments.sections(ALL)), Format.TEXT).inflated()).decode()


def test_an_organization_that_is_taken_away_takes_its_own_series_along(organizations, instruments):
    organizations.arrange(configuration("prod", "gone"))
    assert 'organization="gone"' in text_of(instruments)
    organizations.arrange(configuration("prod"))
    assert 'organization="gone"' not in text_of(instruments)
    assert 'organization="prod"' in text_of(instruments)


def test_an_organization_that_is_configured_otherwise_keeps_its_counters(organizations, instruments):
    organizations.arrange(configuration("prod"))
    instruments.jobs_started.labels("prod").inc(7)
    organizations.arrange(configuration("prod", region="eu-west-1"))
    assert 'jobs_started_total{organization="prod"} 7' in text_of(instruments)
