"""How pages for people go out."""

from collections.abc import Mapping

from aiohttp import hdrs, web

from exporter.exposition import Body
from exporter.web.delivery import Patience, accepted, deliver
from exporter.web.landing import POLICY, render_error
from exporter.web.negotiation import choices
from exporter.web.places import Places

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    hdrs.CACHE_CONTROL: "no-cache",
}
_ERROR: Mapping[str, str] = {**HEADERS, hdrs.VARY: hdrs.ACCEPT}
KIND = "text/html; charset=utf-8"


async def deliver_page(request: web.Request, body: Body, patience: Patience) -> web.StreamResponse:
    """Answer with a page."""
    return await deliver(request, body, KIND, headers=HEADERS, patience=patience)


def error_page(where: Places, status: int, said: str) -> web.Response:
    """A page that says what is wrong, with ways on from it."""
    text = render_error(where, said)
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=_ERROR)


def is_browser(request: web.Request) -> bool:
    """Whether whoever asks would rather have a page than a line of text."""
    weights = {each.range: each.weight for each in choices(accepted(request, hdrs.ACCEPT))}
    return weights.get("text/html", 0.0) > weights.get("text/plain", 0.0)
