"""Answers on their way to the client: compressed or not, in slices, for as long as the client takes part.

A body exists once, compressed, and is shared by everybody who asked for it; a client costs a slice of it.
Pages for people go out with headers of their own.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import hdrs, web

from exporter.exposition import Body, Format, answer, deflate, encode, gzipped
from exporter.web.bench import Bench
from exporter.web.landing import POLICY, render_error
from exporter.web.negotiation import choices, gzip_wanted
from exporter.web.places import Places

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
_Pieces = AsyncGenerator[bytes, None]


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
    inflated: Callable[[Body], Iterator[bytes]] = Body.inflated,
) -> web.StreamResponse:
    """Answer with a body, as gzip if that is wanted, else as ``inflated`` makes it."""
    compressed = gzip_wanted(accepted(request, hdrs.ACCEPT_ENCODING))
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: content_type, hdrs.VARY: vary, **headers})
    response.content_length = body.compressed_length if compressed else body.length
    if compressed:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    pieces = body.pieces if compressed else inflated(body)
    await _answer(request, response, _ready(pieces), patience)
    return response


async def stream(
    request: web.Request,
    texts: Iterator[str],
    bench: Bench,
    content_type: str,
    *,
    headers: Mapping[str, str] = _NONE,
    patience: Patience,
) -> web.StreamResponse:
    """Answer with texts that are made on the bench as the client takes them: nobody holds all of it."""
    compressed = gzip_wanted(accepted(request, hdrs.ACCEPT_ENCODING))
    response = web.StreamResponse(
        headers={hdrs.CONTENT_TYPE: content_type, hdrs.VARY: hdrs.ACCEPT_ENCODING, **headers}
    )
    if compressed:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    encoded = map(encode, texts)
    pieces = gzipped(encoded) if compressed else encoded
    await _answer(request, response, _made(pieces, bench), patience)
    return response


async def _ready(pieces: Iterable[bytes]) -> _Pieces:
    for piece in _batches(pieces):
        yield piece


def _batches(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes with short ones put together, since each sending costs something; long ones uncopied."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        if size and size + len(piece) > _SLICE:
            yield b"".join(held)
            held, size = [], 0
        held.append(piece)
        size += len(piece)
    yield b"".join(held)


async def _made(pieces: Iterator[bytes], bench: Bench) -> _Pieces:
    while (piece := await bench.run(lambda: next(pieces, None))) is not None:
        yield piece


async def _answer(
    request: web.Request,
    response: web.StreamResponse,
    pieces: _Pieces,
    patience: Patience,
) -> None:
    """A client that has run out of our patience is cut off: nobody else hears of it."""
    try:
        await response.prepare(request)
        if request.method != hdrs.METH_HEAD:
            await _send(response, pieces, patience)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        pass  # the client has gone; aiohttp finds that out by itself when it gets the response back


async def _send(response: web.StreamResponse, pieces: _Pieces, patience: Patience) -> None:
    async with asyncio.timeout(patience.whole), aclosing(pieces):
        async for piece in pieces:
            for part in _slices(piece):
                async with asyncio.timeout(patience.slice):
                    await response.write(part)
                # A fast client never makes write() wait, and would have the loop for itself.
                await asyncio.sleep(0)
        await response.write_eof()


def _slices(piece: bytes) -> Iterator[memoryview]:
    """The same bytes in pieces of at most one slice, none of them copied."""
    view = memoryview(piece)
    for start in range(0, len(view), _SLICE):
        yield view[start : start + _SLICE]


HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    hdrs.CACHE_CONTROL: "no-cache",
}
_ERROR: Mapping[str, str] = {**HEADERS, hdrs.VARY: hdrs.ACCEPT}
KIND = "text/html; charset=utf-8"


async def deliver_page(request: web.Request, body: Body, patience: Patience) -> web.StreamResponse:
    return await deliver(request, body, KIND, headers=HEADERS, patience=patience)


def error_page(where: Places, status: int, said: str) -> web.Response:
    """A page that says what is wrong, with ways on from it."""
    text = render_error(where, said)
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=_ERROR)


def is_browser(request: web.Request) -> bool:
    """Whether whoever asks would rather have a page than a line of text."""
    weights = {each.range: each.weight for each in choices(accepted(request, hdrs.ACCEPT))}
    return weights.get("text/html", 0.0) > weights.get("text/plain", 0.0)
