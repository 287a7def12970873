"""The page "what changed" as HTML, and as an Atom feed (RFC 4287)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID, uuid5

from exporter.hypertext import code, minute, name, text
from exporter.times import rfc3339, spoken
from exporter.told import KINDS, Told, Wanted
from exporter.web.landing import markup
from exporter.web.places import Places

MOST = 1000  # pieces on a page or in a feed; the rest is told to be there

_IDS = UUID("9d4f1c1e-6f0b-5a53-9a0e-3a5b1f6f7c02")  # of our entries, never to be changed
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char


def render_news(told: Sequence[Told], wanted: Wanted, where: Places, now: float) -> str:
    """The whole page, of news that is chosen and in order."""
    asked = _query(wanted)
    links = [(where.link(f"/news.atom{asked}"), "Feed"), (where.link(f"/api/v1/news{asked}"), "As JSON")]
    head = markup.header("What changed", where, now, links)
    days = "".join(_day(day, list(pieces), where) for day, pieces in groupby(told[:MOST], key=_day_of))
    body = f'{_form(wanted)}\n<div data-live="news">{days or _NOTHING}{_more(told)}</div>'
    return markup.document("What changed", head, body)


_NOTHING = (
    '<section><p class="nothing">Nothing is told. News is what a report shows that the one before it did '
    "not; of an entity's first report nothing is.</p></section>"
)


def _more(told: Sequence[Told]) -> str:
    rest = len(told) - MOST
    return f'<p class="soft">{rest} older pieces are not shown: choose fewer.</p>' if rest > 0 else ""


def _query(wanted: Wanted) -> str:
    words = {"entity": wanted.entity, "service": wanted.service, "kind": wanted.kind or ""}
    asked = urlencode({key: word for key, word in words.items() if word}, errors="replace")
    return f"?{asked}" if asked else ""


def _form(wanted: Wanted) -> str:
    options = "".join(
        f'<option value="{kind}"{" selected" if kind is wanted.kind else ""}>{words}</option>'
        for kind, words in KINDS.items()
    )
    return (
        '<form role="search" aria-label="On this page" method="get" class="choose">'
        f'<label>Entity <input name="entity" value="{text(wanted.entity)}" placeholder="id or name"></label>'
        f'<label>Service <input name="service" value="{text(wanted.service)}" placeholder="s3"></label>'
        f'<label>What <select name="kind"><option value="">anything</option>{options}</select></label>'
        "<button>Show</button></form>"
    )


def _day_of(told: Told) -> str:
    return (rfc3339(told.piece.told) or "")[:10]


def _day(day: str, told: list[Told], where: Places) -> str:
    items = "\n".join(_item(each, where) for each in told)
    title = f'<time datetime="{day}">{_spoken_day(day)}</time>' if day else "at an unknown time"
    count = f"{len(told)} {'change' if len(told) == 1 else 'changes'}"
    return (
        f'<section>\n<div class="head"><h2>{title}</h2><span class="soft">{count}</span></div>\n'
        f'<ul class="news">{items}</ul></section>\n'
    )


def _spoken_day(day: str) -> str:
    return f"{datetime.fromisoformat(day).replace(tzinfo=UTC):%A}, {day}"


def _item(told: Told, where: Places) -> str:
    piece = told.piece
    service = f'<a href="{_of_service(told, where)}">{name(told.service)}</a> {code(piece.namespace)}'
    entity = _entity(piece.subject.entity_id, told.entity_name, where)
    return (
        f"<li>{markup.badge(piece.kind.value, KINDS[piece.kind])}"
        f'<span class="what">{service}</span><span class="of">{entity}'
        f' <span class="soft">{name(told.organization)}</span></span>'
        f'<span class="how">{"; ".join(_details(told, where))}</span></li>'
    )


def _entity(entity_id: str, called: str, where: Places) -> str:
    link = f'<a href="{markup.page_of_entity(where, entity_id)}">{name(called)}</a>'
    return f"{link} {code(entity_id)}"


def _of_service(told: Told, where: Places) -> str:
    """The service among those of the entity."""
    page = markup.page_of_entity(where, told.piece.subject.entity_id)
    return f"{page}?{text(urlencode({'filter': told.piece.namespace}, errors='replace'))}"


def _details(told: Told, where: Places) -> Iterator[str]:
    piece = told.piece
    if not piece.kind.is_use:
        return
    yield f"used {minute(piece.at)}"
    if piece.after is not None:
        yield f"not used for {spoken(piece.after)} before"
    if piece.account_id and piece.account_id != piece.subject.entity_id:
        yield f"by {_entity(piece.account_id, told.account_name or piece.account_id, where)}"
    if piece.region:
        yield f"in {code(piece.region)}"


def feed(told: Sequence[Told], wanted: Wanted, where: Places, updated: float) -> str:
    """The feed, of news that is chosen and in order; ``updated`` is its date where there is none."""
    newest, asked = told[0].piece.told if told else updated, _query(wanted)
    # Ids are the same at whatever address the feed is read: what was read once is not new behind another.
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{uuid5(_IDS, asked).urn}</id>\n<title>What changed: AWS Organizations access reports</title>\n"
        f"<updated>{_date(newest)}</updated>\n<author><name>org-access-exporter</name></author>\n"
        f"{_link('self', 'application/atom+xml', _address(where, f'/news.atom{asked}'))}"
        f"{_link('alternate', 'text/html', _address(where, f'/news{asked}'))}"
        f"{''.join(_entry(each, where) for each in told[:MOST])}</feed>\n"
    )


def _link(relation: str, kind: str, address: str) -> str:
    return f'<link rel="{relation}" type="{kind}" href="{_xml(address)}"/>\n'


def _entry(told: Told, where: Places) -> str:
    piece = told.piece
    address = _address(where, markup.path_of_entity(piece.subject.entity_id))
    return (
        f"<entry>\n<id>{_id_of(told)}</id>\n"
        f"<title>{_xml(f'{told.service} {KINDS[piece.kind]}: {told.entity_name}')}</title>\n"
        f"<published>{_date(piece.told)}</published><updated>{_date(piece.told)}</updated>\n"
        f'<category term="{piece.kind}"/>\n{_link("alternate", "text/html", address)}'
        f'<content type="text">{_xml(". ".join(_sentences(told)))}.</content>\n</entry>\n'
    )


def _id_of(told: Told) -> str:
    """The same for the same piece, whoever tells it and whenever."""
    piece = told.piece
    what = (piece.namespace, piece.kind, piece.region, piece.account_id, repr(piece.told))
    known_by = "\n".join((told.organization, *piece.subject, *what))
    return uuid5(_IDS, known_by.encode("utf-8", "replace").decode()).urn


def _sentences(told: Told) -> Iterable[str]:
    piece = told.piece
    yield f"{told.service} ({piece.namespace}) {KINDS[piece.kind]}"
    yield f"{told.entity_name} ({piece.subject.entity_id}), organization {told.organization}"
    if not piece.kind.is_use:
        return
    yield f"Used {rfc3339(int(piece.at)) or 'at an unknown time'}"
    if piece.after is not None:
        yield f"Not used for {spoken(piece.after)} before"
    if piece.account_id:
        yield f"By account {told.account_name or 'of an unknown name'} ({piece.account_id})"
    if piece.region:
        yield f"In {piece.region}"


def _address(where: Places, path: str) -> str:
    """Absolute, where it is known what the world outside calls us."""
    base = f"{where.scheme}://{where.authority}" if where.authority else ""
    return f"{base}{where.link(path)}"


def _date(at: float) -> str:
    return rfc3339(int(at)) or "1970-01-01T00:00:00Z"


def _xml(value: str) -> str:
    return text(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", value))
