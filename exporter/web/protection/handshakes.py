"""TLS that is as the files say when a connection begins, and a word for who comes without it."""

import ssl
from collections.abc import Callable
from typing import Any, Self

_TEXT = b"400: Client sent an HTTP request to an HTTPS server.\n"
_WITHOUT_TLS = (
    b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b" % (len(_TEXT), _TEXT)
)


class Handshake(ssl.SSLObject):
    """One connection's TLS. Who begins with a letter speaks HTTP: TLS begins with a byte that is none.

    That one is told so in plain text, and to the server it looks like a client that left at once.
    """

    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO
    _begun = False
    _plain = False

    def do_handshake(self) -> None:
        """Called again and again, as more is received."""
        if not self._begun and self.incoming.pending:
            self._begun, self._plain = True, self._begins_with_a_letter()
            if self._plain:
                self.outgoing.write(_WITHOUT_TLS)
        if not self._plain:
            self.agree()

    def agree(self) -> None:
        """The handshake of one who does speak TLS."""
        super().do_handshake()

    def _begins_with_a_letter(self) -> bool:
        received = self.incoming.read()
        self.incoming.write(received)
        return received[:1].isalpha()

    def read(self, *arguments: Any) -> Any:
        """What was received; nothing more of one without TLS."""
        return b"" if self._plain else super().read(*arguments)

    def getpeercert(self, *arguments: Any, **keywords: Any) -> Any:
        """The client's certificate."""
        return None if self._plain else super().getpeercert(*arguments, **keywords)

    def unwrap(self) -> None:
        """The end of TLS, where there was any."""
        if not self._plain:
            super().unwrap()


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

    def wrap_bio(
        self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *arguments: Any, **keywords: Any
    ) -> ssl.SSLObject:
        """A connection's TLS."""
        made = self._current().wrap_bio(incoming, outgoing, *arguments, **keywords)
        if isinstance(made, Handshake):
            made.incoming, made.outgoing = incoming, outgoing
        return made
