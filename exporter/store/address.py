"""``--state.url``: where a state is kept, read from its address."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from exporter.errors import StateError

MEMORY = "memory:"
SQLITE = "sqlite:///"
DYNAMODB = "dynamodb:"
SYSTEM = Path("/var/lib/org-access-exporter")

_FILE = "state.db"
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_KNOWN = ("region", "endpoint")


def default_url(environment: Mapping[str, str] = os.environ, system: Path = SYSTEM) -> str:
    """A file where this user's daemons keep their state.

    In systemd's StateDirectory; else in ``system`` where one may write there; else in the user's own, by the
    XDG Base Directory Specification.
    """
    given = environment.get("STATE_DIRECTORY", "").split(":")[0]
    return f"{SQLITE}{(Path(given) if given else _folder(environment, system)) / _FILE}"


def _folder(environment: Mapping[str, str], system: Path) -> Path:
    existing = next(each for each in (system, *system.parents) if each.exists())
    if os.access(existing, os.W_OK):
        return system
    states = environment.get("XDG_STATE_HOME", "")
    if not states.startswith("/"):
        states = f"{environment.get('HOME', '')}/.local/state"
    return Path(states, system.name)


def sqlite_path(url: str) -> Path:
    """The file of a ``sqlite:///PATH``, absolute; raises StateError where it names none."""
    path = url.removeprefix(SQLITE)
    if not path or path.endswith("/") or "\0" in path:
        raise StateError(f"--state.url {url!r}: it names no file, as sqlite:///{SYSTEM / _FILE} does")
    return Path(path).absolute()


@dataclass(frozen=True, slots=True)
class TableAddress:
    """``dynamodb://TABLE?region=REGION``; what is None, boto3 is to find as it always does."""

    table: str
    region: str | None = None
    endpoint: str | None = None

    @classmethod
    def parsed(cls, url: str) -> "TableAddress":
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
