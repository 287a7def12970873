"""The services that AWS's access reports know: namespace and name, as of one day.

It never decides whether a service exists.

A namespace is the prefix of a service's actions in policies. AWS adds services every month: what is not
listed here may exist all the same.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from exporter.errors import UserError

AS_OF = "2026-09-27"
"""The day of the report (of the root, under FullAWSAccess) that listed exactly these services."""

_MISTYPED = 0.85  # how alike two words are of which one is the other, mistyped


@cache
def service_names() -> Mapping[str, str]:
    """Namespace → name, in the order of AWS's report."""
    lines = files(__name__).joinpath("services.tsv").read_text(encoding="utf-8").splitlines()
    return MappingProxyType(dict(line.split("\t", 1) for line in lines))


def meant(namespace: str, known: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Up to three namespaces that somebody who wrote this one may have meant, the likeliest first."""
    return tuple(get_close_matches(namespace.lower(), tuple(known or service_names()), n=3, cutoff=0.6))


def called(text: str, known: Mapping[str, str] | None = None) -> str:
    """The namespace of a service called by it or by its name, in any capitals; raises UserError for none."""
    known = known or service_names()
    plain = " ".join(text.split()).casefold()
    if plain in known:
        return plain
    named = next((namespace for namespace, name in known.items() if name.casefold() == plain), "")
    if not named:
        raise _no_service(text, plain, known)
    return named


def check_spelling(text: str) -> None:
    """Raise UserError for what is a letter or two from a service of ``AS_OF``; others may be newer."""
    try:
        called(text)
    except UserError:
        near = get_close_matches(text.lower(), tuple(service_names()), n=1, cutoff=_MISTYPED)
        if near or ":" in text:
            raise


def _no_service(text: str, plain: str, known: Mapping[str, str]) -> UserError:
    before = plain.partition(":")[0]
    inside = [namespace for namespace, name in known.items() if len(plain) > 2 and plain in name.casefold()]
    near = (before,) if before in known else meant(plain, known) or tuple(inside[:3])
    told = f"no service has the namespace {text!r}"
    if near:
        return UserError(f"{told}; did you mean {' or '.join(near)}?")
    return UserError(f"{told}: it is what the service's actions begin with, as s3 in s3:GetObject")
