"""TLS that is as the files say when a connection begins."""

import ssl
from collections.abc import Callable
from typing import Any, Self


class Handshakes(ssl.SSLContext):
    """Given to a server as its context, it hands each connection the context of that moment.

    asyncio calls ``wrap_bio`` once per connection. ``ssl`` has a callback for the same purpose, but that one
    comes after the server has said whom it trusts, and can exchange certificates only.
    """

    _current: Callable[[], ssl.SSLContext]

    def __new__(cls, current: Callable[[], ssl.SSLContext]) -> Self:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        made._current = current
        return made

    def wrap_bio(self, *arguments: Any, **keywords: Any) -> ssl.SSLObject:
        """A connection's TLS."""
        return self._current().wrap_bio(*arguments, **keywords)
