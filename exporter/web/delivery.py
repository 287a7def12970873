"""Answers on their way to the client: compressed or not, in slices, for as long as the client takes part.

A body exists once, compressed, and is shared by everybody who asked for it; a client costs a slice of it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import hdrs, web

from exporter.exposition import Body, Format, answer, deflate, encode
from exporter.web.negotiation import gzip_wanted

_SLICE = 1 << 18
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a client, in seconds: to take one slice, to take a whole answer, to ask the next.

    ``idle`` is also what the headers of a request may take. It is longer than the usual scrape interval, so
    that a scraper finds its connection open. After ``grace`` seconds a client that says nothing may have to
    give way to another one.
    """

    slice: float = 60.0
    whole: float = 600.0
    idle: float = 75.0
    grace: float = 1.0


PATIENCE = Patience()


def accepted(request: web.Request, name: str) -> str:
    """All headers of one name as the one list that they stand for."""
    return ",".join(request.headers.getall(name, ()))


def packed(text: str) -> Body:
    """A body that says ``text``."""
    return answer([deflate(encode(text))], [], Format.TEXT)


async def deliver(
    request: web.Request,
    body: Body,
    content_type: str,
    *,
    vary: str = hdrs.ACCEPT_ENCODING,
    headers: Mapping[str, str] = _NONE,
    patience: Patience,
) -> web.StreamResponse:
    """Answer with a body, as gzip if that is wanted.

    A client that has run out of our patience is cut off: nobody else hears of it.
    """
    compressed = gzip_wanted(accepted(request, hdrs.ACCEPT_ENCODING))
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: content_type, hdrs.VARY: vary, **headers})
    response.content_length = body.compressed_length if compressed else body.length
    if compressed:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    pieces = body.pieces if compressed else body.inflated()
    try:
        await response.prepare(request)
        if request.method != hdrs.METH_HEAD:
            await _send(response, pieces, patience)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        pass  # the client has gone; aiohttp finds that out by itself when it gets the response back
    return response


async def _send(response: web.StreamResponse, pieces: Iterable[bytes], patience: Patience) -> None:
    async with asyncio.timeout(patience.whole):
        for piece in _slices(pieces):
            async with asyncio.timeout(patience.slice):
                await response.write(piece)
            # A fast client never makes write() wait, and would have the loop for itself.
            await asyncio.sleep(0)
        await response.write_eof()


def _slices(pieces: Iterable[bytes]) -> Iterator[memoryview]:
    """The same bytes in pieces of at most one slice, none of them copied."""
    for piece in pieces:
        view = memoryview(piece)
        for start in range(0, len(view), _SLICE):
            yield view[start : start + _SLICE]
