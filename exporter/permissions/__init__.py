"""Which permissions a configuration needs: IAM policies and trust policies, without I/O.

It never reaches out, and never prints a wildcard where a name does.
"""

from exporter.permissions.principals import Table, dispensable, needed, policies
from exporter.permissions.statements import GENERATE, GET
from exporter.permissions.trust import TrustKind, Workload, trust_policy

__all__ = [
    "GENERATE",
    "GET",
    "Table",
    "TrustKind",
    "Workload",
    "dispensable",
    "needed",
    "policies",
    "trust_policy",
]
