"""What holds for every answer: errors as a line of text, and the headers that all carry."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import hdrs, web

_log = structlog.get_logger()
_EVERY = {"X-Content-Type-Options": "nosniff", hdrs.SERVER: "org-access-exporter"}
_KEPT = (hdrs.ALLOW, hdrs.LOCATION, hdrs.RETRY_AFTER)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with its text, and one of our own making with no more than its name."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _answer(request, error)
    except ConnectionError:
        raise  # the client has gone: nobody is there to be answered
    except Exception:
        _log.exception("request.crashed", path=request.path)
        if request.writer.output_size:
            raise  # half an answer must not look like a whole one
        return web.Response(status=500, text="500: this is a bug; the log has more about it\n")


def _answer(request: web.Request, error: web.HTTPException) -> web.Response:
    headers = {name: error.headers[name] for name in _KEPT if name in error.headers}
    return web.Response(status=error.status, text=_text(request, error), headers=headers)


def _text(request: web.Request, error: web.HTTPException) -> str:
    if isinstance(error, web.HTTPMethodNotAllowed):
        return (
            f"405: {request.method} is not allowed here, {' and '.join(sorted(error.allowed_methods))} are\n"
        )
    if error.text == f"{error.status}: {error.reason}":
        return f"{error.text}\n"
    return error.text or ""


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that every answer has."""
    for name, value in _EVERY.items():
        response.headers.setdefault(name, value)
