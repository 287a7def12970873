"""Work that would hold up the event loop, done in threads, and not twice at the same time."""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Bench:
    """A few threads of its own: what is asked of it can fill these, and no others."""

    def __init__(self, workers: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._running: dict[Hashable, asyncio.Future[Any]] = {}

    async def run(self, make: Callable[[], T]) -> T:
        """What ``make`` gives, from a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, make)

    async def share(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same, and everybody who asks for ``key`` while it is being made gets that one."""
        running = self._running.get(key)
        if running is None or running.done():
            # Since Python 3.14 what is made at once is done before its callbacks have been called.
            running = self._running[key] = asyncio.get_running_loop().run_in_executor(self._executor, make)
            running.add_done_callback(lambda done: self._forget(key, done))
        # Shielded: one client that leaves must not take the answer away from the others.
        result: T = await asyncio.shield(running)
        return result

    def _forget(self, key: Hashable, done: asyncio.Future[Any]) -> None:
        if self._running.get(key) is done:
            del self._running[key]

    def making(self, key: Hashable) -> bool:
        """Whether ``key`` is being made, so that to share it costs nothing."""
        return key in self._running

    @property
    def busy(self) -> int:
        """How many different things are being made, or wait for it."""
        return len(self._running)

    def close(self) -> None:
        """Take nothing more; what has begun ends by itself."""
        self._executor.shutdown(wait=False, cancel_futures=True)
