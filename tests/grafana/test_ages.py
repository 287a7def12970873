"""Ages may be left out of scrapes: nothing that is shipped reads them."""

from exporter.families import FAMILIES, Group
from grafana.files import generated

AGES = [family.name for family in FAMILIES if family.group is Group.AGES]


def test_no_dashboard_and_no_rule_reads_an_age():
    assert AGES
    assert not [path.name for path, text in generated().items() if any(name in text for name in AGES)]
