"""Which metrics and which records there are, and which an expression asks for."""

import re

import yaml

from exporter.families import FAMILIES, Type
from grafana.files import RULES

ENDINGS = {Type.HISTOGRAM: ("_bucket", "_count", "_sum")}
KNOWN = {family.name + end for family in FAMILIES for end in ENDINGS.get(family.type, ("",))}
EVERY_RULE = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in EVERY_RULE if "alert" in rule]
RECORDS = {rule["record"] for rule in EVERY_RULE if "record" in rule}


def metrics(expression):
    return set(re.findall(r"(?<![\w:])aws_org_access_\w+", expression))


def records(expression):
    return set(re.findall(r"\w+:aws_org_access_\w+:\w+", expression))
