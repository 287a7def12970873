"""What holds for every answer: errors as a line of text, and the headers that all carry."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

_log = structlog.get_logger()
EVERY = {"X-Content-Type-Options": "nosniff", hdrs.SERVER: "org-access-exporter"}
"""The headers that every answer has."""

_KEPT = (hdrs.ALLOW, hdrs.LOCATION, hdrs.RETRY_AFTER, hdrs.WWW_AUTHENTICATE)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


Page = Callable[[web.Request, int, str], web.Response | None]
"""The page that a client gets for an error with this status and line of text; None: the line alone."""


def answer_errors(json_below: str, page: Page) -> Middleware:
    """Answer every error with a line of text; below the path ``json_below`` with the line in an object.

    What one finds by following or mistyping an address, 400 and 404, is a ``page`` for those who want one.
    Of an error of our own making the client is told no more than that it is one.
    """

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _answer(request, error, page, as_json=request.path.startswith(json_below))
        except Exception:
            _log.exception("request.crashed", path=request.path)
            if request.writer.output_size:
                raise  # half an answer must not look like a whole one
            return web.Response(status=500, text="500: this is a bug; the log has more about it\n")

    return answer


def _answer(request: web.Request, error: web.HTTPException, page: Page, *, as_json: bool) -> web.Response:
    headers = {name: error.headers[name] for name in _KEPT if name in error.headers}
    text = _text(request, error)
    if not as_json and error.status in {400, 404} and (made := page(request, error.status, text)):
        return made
    if not as_json:
        return web.Response(status=error.status, text=text, headers=headers)
    record = {"status": "error", "error": text.rstrip()}
    return web.json_response(record, status=error.status, headers=headers)


def _text(request: web.Request, error: web.HTTPException) -> str:
    if isinstance(error, web.HTTPMethodNotAllowed):
        return (
            f"405: {request.method} is not allowed here, {' and '.join(sorted(error.allowed_methods))} are\n"
        )
    if error.text == f"{error.status}: {error.reason}":
        return f"{error.text}\n"
    return error.text or ""


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in EVERY.items():
        response.headers[name] = value
