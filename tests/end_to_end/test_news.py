"""No piece of news is lost, and none told twice, whenever the program is killed: with the program itself."""

import contextlib
import os
import random
import shlex
import signal
import time
from collections import Counter

import pytest

from exporter.model import NewsKind
from exporter.simulator import SimulationOptions, start
from exporter.store.sqlite import SqliteStore
from exporter.times import rfc3339
from tests.end_to_end.conftest import configuration, organization

KILLS = int(os.environ.get("KILLS", "4"))
# Reports are renewed all the time: the services that come into use meanwhile are news at once.
RESTLESS = (
    "{root: {refresh: 1s}, ous: {refresh: 1s}, management_account: {refresh: 1s}, accounts: {refresh: 1s}}"
)


def kept(path):
    with contextlib.closing(SqliteStore(path)) as store:
        return store.recall("mine")


def uses(pieces):
    """Each use that was told of, with the time of the report that told."""
    return {
        (piece.subject.entity_id, rfc3339(int(piece.told)), piece.namespace, f"service.{piece.kind}")
        for piece in pieces
        if piece.kind.is_use
    }


def lines(program):
    """The same from a log, in its order."""
    told = [line for line in program.log if "event=service." in line]
    found = [dict(field.split("=", 1) for field in shlex.split(line)) for line in told]
    return [(line["entity_id"], line["told"], line["service_namespace"], line["event"]) for line in found]


def expected(aws, first, last):
    """What came into use between two reports of each entity, by AWS's own knowledge."""
    paths = {key: entity.path for key, entity in aws.simulation.organization.entities.items()}
    for subject, standing in last.items():
        created = first.get(subject)
        if created is None or standing.report is None:
            continue
        before, after = (
            aws.simulation.truth(paths[subject.entity_id], at=at) for at in (created, standing.report.created)
        )
        unused = {row.namespace for row in before.rows if row.last_authenticated is None}
        yield from (
            (subject, row.namespace)
            for row in after.rows
            if row.namespace in unused and row.last_authenticated is not None
        )


@pytest.mark.slow
def test_kill_9_at_any_instant_loses_no_news_and_none_of_its_lines(serving, tmp_path):
    path = tmp_path / "state.db"
    chance = random.Random(11)
    first, programs, news = {}, [], set()
    with start(SimulationOptions(accounts=8, ous=3, speed=500)) as aws:
        text = configuration(organization("mine", aws.url, targets=RESTLESS))
        for number in range(KILLS + 1):
            programs.append(serving(text, f"--state.url=sqlite:///{path}"))
            time.sleep(chance.uniform(0.0, 2.5))
            programs[-1].stop(signal.SIGTERM if number == KILLS else signal.SIGKILL)
            found = kept(path)
            before, news = news, {piece for pieces in found.news.values() for piece in pieces}
            assert before <= news
            for subject, standing in found.standings.items():
                if standing.report:
                    first.setdefault(subject, standing.report.created)
        told = {(piece.subject, piece.namespace) for piece in news if piece.kind is NewsKind.FIRST_USED}
        assert set(expected(aws, first, found.standings)) <= told
    logged = [lines(program) for program in programs]
    assert news
    assert {line for each in logged for line in each} | uses(found.unlogged) == uses(news)
    # Only what was written in the moment of a kill may be written once more, by the next.
    in_a_moment = {each[-1][:2] for each in logged[:-1] if each}
    counts = Counter(line for each in logged for line in each)
    assert {line[:2] for line, count in counts.items() if count > 1} <= in_a_moment
    assert all(count == 1 for each in logged for count in Counter(each).values())
