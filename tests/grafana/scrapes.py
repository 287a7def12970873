"""Tests of rules as they are where Prometheus scrapes half as often: the same series, every second sample."""

import re

import yaml

_RUN = re.compile(r"(?P<value>_|stale|-?[\d.]+)(?P<step>[+-][\d.]+)?(?:x(?P<times>\d+))?")
_INT = "tag:yaml.org,2002:int"


class _Loader(yaml.SafeLoader):
    """For promtool ``0x240`` is 241 zeros, for YAML 576."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != _INT]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_INT, re.compile(r"-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def samples(written):
    """The samples of promtool's notation."""
    for run in map(_RUN.fullmatch, str(written).split()):
        times = int(run["times"] or 0)
        if run["value"] == "_":
            yield from ["_"] * max(times, 1)
        else:
            steps = (float(run["step"] or 0) * place for place in range(times + 1))
            yield from (
                "stale" if run["value"] == "stale" else repr(float(run["value"]) + by) for by in steps
            )


def every_second(written):
    """A scrape that is left out may be the one at which the series was found to be gone."""
    told = list(samples(written))
    pairs = zip(told[::2], ["", *told[1::2]], strict=False)
    return " ".join("stale" if (now, before) == ("_", "stale") else now for now, before in pairs)


def slower(text, rules):
    """A file of tests, of ``rules``, with a scrape every two minutes where there was one a minute."""
    document = yaml.load(text, _Loader)
    document["rule_files"] = [str(rules)]
    for test in document["tests"]:
        if test["interval"] == "1m":
            test["interval"] = "2m"
            for series in test["input_series"]:
                series["values"] = every_second(series["values"])
    return yaml.safe_dump(document, sort_keys=False)
