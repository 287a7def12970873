"""The services that AWS's access reports know: namespace and name, as of one day.

A namespace is the prefix of a service's actions in policies. AWS adds services every month: what is not
listed here may exist all the same.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

AS_OF = "2026-09-27"
"""The day of the report (of the root, under FullAWSAccess) that listed exactly these services."""


@cache
def service_names() -> Mapping[str, str]:
    """Namespace → name, in the order of AWS's report."""
    lines = files(__name__).joinpath("services.tsv").read_text(encoding="utf-8").splitlines()
    return MappingProxyType(dict(line.split("\t", 1) for line in lines))


def meant(namespace: str, known: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Up to three namespaces that somebody who wrote this one may have meant, the likeliest first."""
    return tuple(get_close_matches(namespace.lower(), tuple(known or service_names()), n=3, cutoff=0.6))
