"""Reads an exporter's page as Datadog's agent does: a line of JSON per sample that it would send on.

Names and labels are those of the page again: of counters the agent makes ``.count``, of histograms
``.bucket`` with ``upper_bound``, ``.count`` and ``.sum``.
"""

import json
import sys
from importlib.metadata import version

from datadog_checks.base import OpenMetricsBaseCheckV2
from datadog_checks.base.stubs import aggregator

_NAMESPACE = "page"


class _Check(OpenMetricsBaseCheckV2):
    __NAMESPACE__ = _NAMESPACE


def _scrape(url):
    instance = {"openmetrics_endpoint": url, "metrics": [".+"], "max_returned_metrics": 10**6}
    failure = _Check(_NAMESPACE, {}, [instance]).run()
    if failure:
        sys.exit(failure)
    names = set(aggregator.metric_names)
    for name in names:
        for found in aggregator.metrics(name):
            yield _name(name, names), _labels(found.tags), found.value


def _name(name, names):
    base, _, ending = name.removeprefix(f"{_NAMESPACE}.").partition(".")
    histogram = f"{_NAMESPACE}.{base}.bucket" in names
    if ending == "count" and not histogram:
        return f"{base}_total"
    return f"{base}_{ending}" if ending else base


def _labels(tags):
    labels = dict(tag.split(":", 1) for tag in tags)
    del labels["endpoint"]
    if "upper_bound" in labels:
        labels["le"] = labels.pop("upper_bound")
    return labels


def _main():
    if len(sys.argv) == 1:
        print(version("datadog-checks-base"))
        return
    for name, labels, value in _scrape(sys.argv[1]):
        print(json.dumps({"name": name, "labels": labels, "value": repr(value)}))


_main()
