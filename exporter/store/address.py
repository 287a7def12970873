"""``--state.url``: where a state is kept, read from its address."""

import os
from collections.abc import Mapping
from pathlib import Path

from exporter.errors import StateError

MEMORY = "memory:"
SQLITE = "sqlite:///"
SYSTEM = Path("/var/lib/org-access-exporter")

_FILE = "state.db"


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
