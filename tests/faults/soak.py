"""``python -m tests.faults.soak [DAYS]``: a collection's simulated month, in minutes; a line of JSON a day.

500 accounts and 20 OUs; one call in a hundred is lost, twice a week AWS is away for three hours, every day
accounts move, and the page is scraped with every discovery.
"""

import json
import os
import sys
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from random import Random

from exporter.errors import TransitError
from exporter.exposition import ALL, Format, answer
from exporter.model import Entity, EntityType, ServiceAccess, Services, Target, Targets
from exporter.telemetry import logging
from tests.faults.life import HOUR, ROOT, TOP, Life

DAY = 24 * HOUR
ACCOUNTS, UNITS, SERVICES = 500, 20, 455
UNUSED = tuple(ServiceAccess(f"s{i}", f"Service {i}", authenticated_entities=0) for i in range(SERVICES))
_BROAD, _NARROW = Target(True, 6 * HOUR, Services.ALL), Target(True, DAY, Services.ACCESSED)
TARGETS = Targets(_BROAD, _BROAD, _NARROW, _NARROW, replace(_NARROW, enabled=False))
_AWAY = (3 * HOUR, 3.5 * DAY)  # s: how long, and how often
_DISCOVERY = 4 * HOUR


def _account(number, unit):
    account_id, above = f"{number:012}", f"ou-unit-{unit}"
    path = f"{TOP}/{above}/{account_id}"
    return Entity(account_id, EntityType.ACCOUNT, f"account {number}", path, above, "ACTIVE")


def _unit(number):
    unit_id = f"ou-unit-{number}"
    return Entity(unit_id, EntityType.ORGANIZATIONAL_UNIT, f"unit {number}", f"{TOP}/{unit_id}", ROOT.id)


class Month:
    """One organization over many days."""

    def __init__(self, seed=7):
        self.random = Random(seed)
        self.accounts = {number: number % UNITS for number in range(ACCOUNTS)}
        self.life = Life(self._tree(), max_report_age=7 * DAY, targets=TARGETS)
        self.began = self.life.pace.now()
        self.looked_at = self.away_until = float("-inf")
        self.reports = self.late = 0
        self._lose_some()

    def _tree(self):
        accounts = [_account(number, unit) for number, unit in self.accounts.items()]
        return (ROOT, *map(_unit, range(UNITS)), *accounts)

    def _lose_some(self):
        """One call in a hundred, and all of them while AWS is away."""
        aws, call = self.life.aws, self.life.aws._call

        def lossy(name):
            away = (self.life.pace.now() - self.began) % _AWAY[1] > _AWAY[1] - _AWAY[0]
            if away:
                self.away_until = self.life.pace.now()
            # One error raised again and again would keep every frame that it ever passed.
            if away or self.random.random() < 0.01:
                aws.troubles[name] = deque([TransitError("Any", "ReadTimeout", "no answer")])
            call(name)

        aws._call = lossy

    def day(self):
        """Live on for a day."""
        until = self.life.pace.now() + DAY
        self._move_accounts()
        while self.life.pace.now() < until:
            if self.life.pace.now() >= self.looked_at:
                self._look()
            self.life.aws.rows = self._rows()
            wait = self.life.collector.step()
            self.life.pace.pause(max(0.0, min(wait, self.looked_at - self.life.pace.now())))

    def _look(self):
        retry = self.life.collector.discover()
        self.looked_at = self.life.pace.now() + (_DISCOVERY if retry is None else retry)
        self.life.collector.expire()
        self.life.publication.tick()
        for form in Format:
            answer([self.life.publication.current.exposition.whole(ALL, form)], (), form)
        self.late += sum(map(self._is_late, self.life.view.work))

    def _is_late(self, item):
        """Older than two intervals, and AWS was there for one of them."""
        standing = self.life.view.standings.get(item.subject)
        if standing is None or standing.report is None:
            return False
        allowed = max(standing.report.created, self.away_until) + 2 * item.target.refresh
        return self.life.pace.now() > allowed

    def _move_accounts(self):
        for _ in range(5):
            self.accounts[self.random.randrange(ACCOUNTS)] = self.random.randrange(UNITS)
        gone = self.random.choice(list(self.accounts))
        del self.accounts[gone]
        self.accounts[gone] = self.random.randrange(UNITS)
        self.life.aws.entities = self._tree()

    def _rows(self):
        """A report of which a tenth was used, lately."""
        now, rows = self.life.pace.now(), list(UNUSED)
        for i in range(3, SERVICES, 10):
            rows[i] = ServiceAccess(f"s{i}", f"Service {i}", "eu-west-1", TOP, round(now - i * HOUR), 1)
        return tuple(rows)

    def told(self, day):
        """What a day left behind."""
        view = self.life.view
        return {
            "day": day,
            "rss_mib": round(_resident() / 2**20, 1),
            "fds": len(list(Path("/proc/self/fd").iterdir())),
            "threads": threading.active_count(),
            "jobs": len(self.life.aws.calls),
            "late": self.late,
            "states": {state.value: count for state, count in view.states.items()},
        }


def _resident():
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def main(days):
    """Print a line per day."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        logging.configure(stream=nowhere)
        month = Month()
        for day in range(1, days + 1):
            month.day()
            print(json.dumps(month.told(day)), flush=True)
            month.life.aws.forget()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
