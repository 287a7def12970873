"""Groups of services are patterns: what they take, and that none takes what is another's."""

import re

from exporter.services import service_names
from grafana.groups import GROUPS


def groups_of(namespace):
    return [name for name, pattern in GROUPS.items() if re.fullmatch(pattern, namespace)]


def test_no_service_is_in_two_groups():
    assert {namespace: found for namespace in service_names() if len(found := groups_of(namespace)) > 1} == {}


def test_most_services_are_in_one():
    others = [namespace for namespace in service_names() if not groups_of(namespace)]
    assert len(others) < len(service_names()) / 4


def test_every_pattern_fits_a_service():
    patterns = [one for pattern in GROUPS.values() for one in pattern.split("|")]
    assert [one for one in patterns if not any(re.fullmatch(one, name) for name in service_names())] == []
