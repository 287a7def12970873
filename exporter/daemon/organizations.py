"""The organizations that run now, brought in line with a configuration."""

import random
from dataclasses import dataclass

from apscheduler.schedulers.base import BaseScheduler

from exporter.aws import configured
from exporter.collect import Collector, Limits, Runner, ThreadPace
from exporter.config import CollectionConfig, Config, OrganizationConfig
from exporter.publication import Publication
from exporter.store import Store
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all organizations of a daemon share."""

    publication: Publication
    store: Store
    instruments: Instruments
    scheduler: BaseScheduler


Key = tuple[OrganizationConfig, CollectionConfig]
"""An organization whose key stays the same over a reload goes on undisturbed."""


class Organizations:
    """Starts, keeps and stops a runner per configured organization."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._running: dict[str, tuple[Key, Runner]] = {}

    def apply(self, config: Config) -> None:
        """Run exactly the organizations of ``config``; what is known of those that stay is kept."""
        wanted = {item.name: (item, config.collection) for item in config.organizations}
        for name, (key, runner) in list(self._running.items()):
            if wanted.get(name) != key:
                runner.stop()
                del self._running[name]
        self._around.publication.configure(
            [(item.name, item.targets, item.job_ids) for item in config.organizations]
        )
        for name, key in wanted.items():
            if name not in self._running:
                runner = _runner(key, self._around)
                self._running[name] = (key, runner)
                runner.start()

    def stop(self) -> None:
        """Stop all."""
        for _, runner in self._running.values():
            runner.stop()


def _runner(key: Key, around: Surroundings) -> Runner:
    config, collection = key
    observer = Observer(config.name, around.instruments)
    pace = ThreadPace()
    collector = Collector(
        config.name,
        configured.organization(config, observer.called),
        publication=around.publication,
        store=around.store,
        observer=observer,
        pace=pace,
        limits=Limits(collection.job_timeout, collection.max_report_age),
        jitter=random.uniform,
    )
    collector.recall()
    return Runner(collector, observer, pace, around.scheduler, collection.discovery_interval)
