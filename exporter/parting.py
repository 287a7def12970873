"""A SIGTERM that comes while the program is still being read from disk.

That takes up to a second, and nobody hears a signal then: the first process of a container is not even ended
by it. Importing this module is to listen, so it comes before all that takes time.
"""

import os
import signal
import sys
from types import FrameType

_DAEMONS = {"demo", "serve", "simulate"}
_TERMINATED = 128 + signal.SIGTERM


def listen(arguments: list[str]) -> None:
    """Leave on SIGTERM, with 0 from what runs until it is told to end. Nothing was begun yet."""

    def leave(_: int, __: FrameType | None) -> None:
        if _DAEMONS & set(arguments[1:]):
            os._exit(0)
        sys.exit(_TERMINATED)

    signal.signal(signal.SIGTERM, leave)


if sys.argv[0].endswith(("org-access-exporter", "exporter/__main__.py")):
    listen(sys.argv)
