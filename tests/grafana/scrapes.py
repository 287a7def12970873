"""Tests of rules, each with the rules that it is about, and with half of the scrapes."""

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


def slower(document):
    """Tests with a scrape every two minutes where there was one a minute."""
    for test in document["tests"]:
        if test["interval"] == "1m":
            test["interval"] = "2m"
            for series in test["input_series"]:
                series["values"] = every_second(series["values"])
    return document


def read(text):
    """A file of tests."""
    return yaml.load(text, _Loader)


def parted(document, rules, folder):
    """A file for each test, with no rules but those that the test is about."""
    groups = yaml.safe_load(rules)["groups"]
    for number, test in enumerate(document["tests"]):
        made = folder / f"{number}.rules.yml"
        made.write_text(yaml.safe_dump({"groups": concerned(test, groups)}, sort_keys=False))
        alone = folder / f"{number}.yml"
        one = document | {"rule_files": [str(made)], "tests": [test]}
        alone.write_text(yaml.safe_dump(one, sort_keys=False))
        yield alone


def concerned(test, groups):
    """The rules that a test names, those that these are made of, or all where it asks for whatever alert."""
    asked = [str([test.get("alert_rule_test"), test.get("promql_expr_test")])]
    if re.search(r'\bALERTS\w*(?!\w|{alertname=")', asked[0]):
        return groups
    rules = {rule.get("alert") or rule["record"]: rule for group in groups for rule in group["rules"]}
    named = set()
    while asked:
        text = asked.pop()
        found = {name for name in rules if re.search(rf"(?<![\w:]){name}(?![\w:])", text)} - named
        named |= found
        asked += [str(rules[name]) for name in found]
    kept = {id(rules[name]) for name in named}
    return [group | {"rules": [rule for rule in group["rules"] if id(rule) in kept]} for group in groups]
