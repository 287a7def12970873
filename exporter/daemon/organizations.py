"""The organizations that run now, brought in line with a configuration."""

import random
import time
from dataclasses import dataclass
from typing import NamedTuple

from apscheduler.schedulers.base import BaseScheduler

from exporter.aws import configured
from exporter.collect import Collector, Desk, Hold, Limits, Replica, Runner, ThreadPace
from exporter.config import CollectionConfig, Config, NewsConfig, OrganizationConfig
from exporter.model import StartedJob
from exporter.publication import Publication
from exporter.store import Store
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer

_RELEASE = 3.0  # s at the end for all leases together


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all organizations share. ``poll_interval``: seconds between looks at a shared state."""

    publication: Publication
    store: Store
    instruments: Instruments
    scheduler: BaseScheduler
    poll_interval: float


Key = tuple[OrganizationConfig, CollectionConfig, NewsConfig]
"""An organization whose key stays the same over a reload goes on undisturbed."""


class _Running(NamedTuple):
    key: Key
    replica: Replica
    observer: Observer


class Organizations:
    """Starts, keeps and stops a replica per configured organization."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._running: dict[str, _Running] = {}
        self._waiting: list[Replica] = []
        self._stopped = False

    def apply(self, config: Config) -> None:
        """Run exactly the organizations of ``config``; what is known of those that stay is kept.

        Those that go on and are in trouble try again at once: a reload often follows on its cause's end.
        """
        going_on = [running.replica for running in self._running.values()]
        self.arrange(config)
        self.start()
        for running in self._running.values():
            if running.replica in going_on:
                running.replica.hurry()

    def arrange(self, config: Config) -> None:
        """Publish what is known of exactly these, and start none that is new; raises StateError."""
        wanted = {item.name: (item, config.collection, config.news) for item in config.organizations}
        gone = []
        for name, running in list(self._running.items()):
            if wanted.get(name) != running.key:
                running.replica.stop()
                gone.append(self._running.pop(name))
        self._around.publication.configure(
            [(item.name, item.targets, item.job_ids) for item in config.organizations], config.news.keep
        )
        for running in gone:
            if running.replica.name not in wanted:
                running.observer.retire()
        for name, key in wanted.items():
            if name not in self._running:
                running = _running(key, self._around)
                running.replica.recall()
                self._running[name] = running
                self._waiting.append(running.replica)

    def start(self) -> None:
        """Run those that are new, unless stopped meanwhile: a thread takes its time where hundreds run."""
        waiting, self._waiting = self._waiting, []
        for replica in waiting:
            if self._stopped:
                return
            replica.start()

    def stop(self) -> None:
        """Stop all, and give them a moment to release their leases."""
        self._stopped = True
        replicas = [running.replica for running in list(self._running.values())]
        for replica in replicas:
            replica.leave()
        deadline = time.monotonic() + _RELEASE
        for replica in replicas:
            replica.join(max(0.0, deadline - time.monotonic()))


def _running(key: Key, around: Surroundings) -> _Running:
    observer = Observer(key[0].name, around.instruments)
    replica = Replica(
        key[0].name,
        store=around.store,
        publication=around.publication,
        observer=observer,
        pace=ThreadPace(),
        poll_interval=around.poll_interval,
        collecting=lambda hold, unread: _runner(key, around, observer, hold, unread),
    )
    return _Running(key, replica, observer)


def _runner(
    key: Key, around: Surroundings, observer: Observer, hold: Hold, unread: StartedJob | None
) -> Runner:
    config, collection, news = key
    pace = ThreadPace()
    collector = Collector(
        Desk(around.publication, around.store, hold, observer),
        configured.organization(config, observer.called, hold.check, attachments=True),
        observer=observer,
        pace=pace,
        limits=Limits(
            collection.job_timeout,
            collection.max_report_age,
            follow_leads=collection.follow_leads,
            slot_share=collection.slot_share,
            dormant_after=news.dormant_after,
            keep_news=news.keep,
        ),
        jitter=random.uniform,
        unread=unread,
    )
    return Runner(collector, observer, pace, around.scheduler, collection.discovery_interval)
