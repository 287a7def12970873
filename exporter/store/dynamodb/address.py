"""``dynamodb://TABLE?region=REGION``: which table, and where."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from exporter.errors import StateError

SCHEME = "dynamodb"
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_KNOWN = ("region", "endpoint")


@dataclass(frozen=True, slots=True)
class Address:
    """A table. ``region`` and ``endpoint`` are None where boto3 is to find them as it always does."""

    table: str
    region: str | None = None
    endpoint: str | None = None

    @classmethod
    def parsed(cls, url: str) -> "Address":
        """The address in a ``--state.url``; StateError says what is wrong with it."""
        parts = urlsplit(url)
        if parts.path not in {"", "/"} or parts.fragment or not _TABLE.fullmatch(parts.netloc):
            raise _refused(url, "a table is dynamodb://TABLE?region=REGION")
        try:
            given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError:
            raise _refused(url, f"{parts.query!r} is not made of NAME=VALUE") from None
        settings = dict(given)
        if len(settings) < len(given):
            raise _refused(url, "a parameter stands there twice")
        for name, value in given:
            if name not in _KNOWN:
                raise _refused(url, f"unknown parameter {name!r}; there are {' and '.join(_KNOWN)}")
            if not value:
                raise _refused(url, f"{name} is empty")
        return cls(parts.netloc, **settings)


def _refused(url: str, why: str) -> StateError:
    return StateError(f"--state.url {url!r}: {why}")
