"""The daemon's own counters and histograms: prometheus-client counts, our renderer writes.

Names, labels and help come from ``exporter.families``; this module only binds them to instruments. The
registry is one of its own, made per daemon, so that tests and two daemons in one process do not meet.
"""

import platform
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    gc_collector,
    platform_collector,
    process_collector,
)
from prometheus_client.core import Metric

from exporter import __version__, families
from exporter.exposition import encode, sample_lines
from exporter.families import Family, Group, Instrument, Type

disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client left it untyped


class Instruments:
    """Every family of ``families.INSTRUMENTS``, and with ``with_process`` those of the process itself."""

    def __init__(self, *, with_process: bool = True) -> None:
        registry = self.registry = CollectorRegistry()
        self.jobs_started = _counter(families.JOBS_STARTED, registry)
        self.jobs_failed = _counter(families.JOBS_FAILED, registry)
        self.slot_conflicts = _counter(families.SLOT_CONFLICTS, registry)
        self.reports_expired = _counter(families.REPORTS_EXPIRED, registry)
        self.job_duration = _histogram(families.JOB_DURATION, registry)
        self.api_requests = _counter(families.API_REQUESTS, registry)
        self.api_failures = _counter(families.API_FAILURES, registry)
        self.api_duration = _histogram(families.API_DURATION, registry)
        self.reload_successful = _gauge(families.RELOAD_SUCCESSFUL, registry)
        self.reload_timestamp = _gauge(families.RELOAD_TIMESTAMP, registry)
        self.series = _gauge(families.SERIES, registry)
        self.exposition_bytes = _gauge(families.EXPOSITION_BYTES, registry)
        self.state_available = _gauge(families.STATE_AVAILABLE, registry)
        self.state_failures = _counter(families.STATE_FAILURES, registry)
        self.web_config_failures = _counter(families.WEB_CONFIG_FAILURES, registry)
        _build_info(registry)
        if with_process:
            process_collector.ProcessCollector(registry=registry)
            platform_collector.PlatformCollector(registry=registry)
            gc_collector.GCCollector(registry=registry)

    def prepare(self, organization: str) -> None:
        """Let an organization's counters begin at 0 instead of being absent until something happens."""
        for counter in (
            self.jobs_started,
            self.jobs_failed,
            self.slot_conflicts,
            self.reports_expired,
            self.state_failures,
        ):
            counter.labels(organization)
        self.job_duration.labels(organization)
        self.state_available.labels(organization).set(1)

    def forget(self, organization: str) -> None:
        for instrument in vars(self).values():
            if isinstance(instrument, Counter | Gauge | Histogram):
                with suppress(ValueError):  # one that has no such label
                    instrument.remove_by_labels({"organization": organization})

    def sections(self, groups: frozenset[Group]) -> Iterator[tuple[Family, bytes]]:
        """Per family of ``groups`` its lines as of now, without headers."""
        if not groups & {Group.COLLECTION, Group.EXPORTER}:
            return
        for metric in self.registry.collect():
            family = _DECLARED.get(metric.name) or _foreign(metric)
            if family.group in groups and metric.samples:
                yield family, _lines(metric)


_DECLARED = {family.name.removesuffix("_total"): family for family in families.INSTRUMENTS}


def _counter(family: Instrument, registry: CollectorRegistry) -> Counter:
    return Counter(family.name, family.help, family.labels, registry=registry)


def _gauge(family: Instrument, registry: CollectorRegistry) -> Gauge:
    return Gauge(family.name, family.help, family.labels, registry=registry)


def _histogram(family: Instrument, registry: CollectorRegistry) -> Histogram:
    return Histogram(family.name, family.help, family.labels, buckets=family.buckets, registry=registry)


def _build_info(registry: CollectorRegistry) -> None:
    _gauge(families.BUILD_INFO, registry).labels(__version__, platform.python_version()).set(1)


def _foreign(metric: Metric) -> Family:
    """The declaration of a family that prometheus-client brings along."""
    suffix = {"counter": "_total", "info": "_info"}.get(metric.type, "")
    kind = Type.GAUGE if metric.type == "info" else Type(metric.type)
    return Family(f"{metric.name}{suffix}", kind, Group.EXPORTER, (), metric.documentation or metric.name)


def _lines(metric: Metric) -> bytes:
    rows = []
    for (name, *labels), samples in groupby(metric.samples, lambda sample: (sample.name, *sample.labels)):
        family = Family(name, Type.GAUGE, Group.EXPORTER, tuple(labels), "")
        rows.append(sample_lines(family, "", [(tuple(each.labels.values()), each.value) for each in samples]))
    return encode("".join(rows))
