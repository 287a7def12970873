"""The fault matrix as data: what goes wrong, where and when, and what is then to be seen."""

from tests.faults.report_cases import report_cases
from tests.faults.tree_cases import tree_cases
from tests.faults.wire_cases import wire_cases

CASES = (*wire_cases(), *report_cases(), *tree_cases())
