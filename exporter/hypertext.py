"""HTML that pages and files have in common: its pieces, and a recommended service control policy.

It never lets a text through unescaped, and never asks for what it shows. Names come from AWS, and thus from
anybody who may name an account.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Sequence

from exporter.model import UNTOLD
from exporter.recommend import LIMIT, Ground, Recommendation, Verdict, policy_texts
from exporter.times import rfc3339, spoken

NONE = "\N{EN DASH}"
_DAY = 86_400.0
_COMMAND = re.compile(r"`([^`<>]+)`")


def text(value: str) -> str:
    """Text, or an attribute's value. NUL has no place in HTML at all."""
    return html.escape(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def name(value: str) -> str:
    """A name from outside: kept from turning the line around with marks of writing direction."""
    return f"<bdi>{text(value)}</bdi>"


def code(value: str) -> str:
    """An identifier."""
    return f"<code>{text(value)}</code>"


def age(at: float, now: float) -> str:
    """How long ago something was; the script keeps it true while the page is looked at."""
    return f'<span class="age" data-at="{int(at)}">{spoken(now - at)} ago</span>'


def day(at: float) -> str:
    """A time, told as its day; UNTOLD: in words."""
    if at == UNTOLD:
        return "at a time that AWS does not tell"
    when = rfc3339(int(at))
    return f'<time datetime="{when}">{when[:10]}</time>' if when else NONE


def minute(at: float) -> str:
    """A time to the minute."""
    when = rfc3339(int(at))
    return f'<time datetime="{when}">{when[:10]} {when[11:16]} UTC</time>' if when else NONE


def moment(at: float, now: float) -> str:
    """A time to the minute, and on a screen how long ago that is."""
    told = minute(at)
    return NONE if told == NONE else f"{told} {age(at, now)}"


def used(at: float | None, now: float) -> str:
    """When something was used: the day, and on a screen how long ago that is; None: never."""
    if at is None:
        return "never"
    return day(at) if at == UNTOLD else f"{day(at)} {age(at, now)}"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of what is known, as HTML by its name."""
    items = "".join(f"<div><dt>{term}</dt><dd>{said}</dd></div>" for term, said in pairs)
    return f'<dl class="facts">{items}</dl>'


def source_of(content: str) -> str:
    """A style or a script as a Content-Security-Policy lists it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def render_advice(found: Recommendation, key: str, *, buttons: bool, folded: bool = True) -> str:
    """What a recommended policy changes, its text, and why.

    ``key`` is a part of ids that no other recommendation on the page has; ``buttons`` take a script;
    ``folded``: the evidence is opened one part at a time; otherwise it is there, but for what was never used.
    """
    if not found.policies:
        return f'<p class="nothing">{summary(found)}</p>{_notes(found.notes)}'
    policies = "".join(_policies(found, key, buttons=buttons))
    return (
        f'<p class="nothing">{summary(found)}</p>{facts(_facts(found))}'
        f"{policies}{_evidence(found, folded=folded)}{_notes(found.notes)}"
    )


def summary(found: Recommendation) -> str:
    """In a sentence."""
    days = f"{found.wish.window / _DAY:g} days"
    count = len(found.denied)
    if not found.policies:
        return f"Nothing to deny: no service is allowed here that is safe to deny and unused for {days}."
    policies = "One policy denies" if len(found.policies) == 1 else f"{len(found.policies)} policies deny"
    return f"{policies} <b>{count}</b> services that nobody used for {days}."


def _facts(found: Recommendation) -> Iterator[tuple[str, str]]:
    before, after, among = found.before, found.after, found.jury
    yield "Allowed", _change(before.accessible, after.accessible)
    yield "Never used", _change(before.not_accessed, after.not_accessed)
    yield "Evidence", f"{len(among.judged)} of {_several(len(found.case.members), 'account')}"
    yield "By the report of", minute(found.case.report.created)


def _change(before: int, after: int) -> str:
    return f"<b>{before}</b>, then <b>{after}</b>"


def _several(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _policies(found: Recommendation, key: str, *, buttons: bool) -> Iterator[str]:
    texts = policy_texts(found)
    for number, policy in enumerate(texts, start=1):
        title = f"Policy {number} of {len(texts)}" if len(texts) > 1 else "The policy"
        where = f"scp-{text(key)}-{number}"
        copy = (
            f'<button type="button" class="copy" data-copy="{where}" hidden>Copy</button>' if buttons else ""
        )
        yield (
            f'<figure class="policy"><figcaption><span id="{where}-title">{title}: {len(policy) + 1:,} of '
            f"{LIMIT:,} characters</span> {copy}</figcaption>"
            f'<pre id="{where}" tabindex="0" role="region" aria-labelledby="{where}-title">'
            f"<code>{text(policy)}</code></pre></figure>"
        )


def _evidence(found: Recommendation, *, folded: bool) -> str:
    parts = (
        ("Denied, used by somebody before", [one for one in found.denied if one.use]),
        ("Denied, never used", [one for one in found.denied if not one.use] if folded else []),
        ("To be looked at first", [one for one in found.allowed if one.ground is Ground.REVIEW_FIRST]),
        ("Never denied", [one for one in found.allowed if one.ground in _SPARED]),
    )
    return "".join(_part(f"{title}: {len(those)}", those, folded=folded) for title, those in parts if those)


_SPARED = frozenset({Ground.PROTECTED, Ground.COMPANION, Ground.NOT_JUDGED})


def _part(title: str, verdicts: Sequence[Verdict], *, folded: bool) -> str:
    table = f'<div class="wide">{_table(verdicts)}</div>'
    if folded:
        return f'<details class="why"><summary>{title}</summary>{table}</details>'
    return f"<p><b>{title}</b></p>{table}"


def _table(verdicts: Iterable[Verdict]) -> str:
    rows = "".join(
        f'<tr><td data-of="Service">{name(one.name or one.namespace)}</td>'
        f'<td data-of="Namespace">{code(one.namespace)}</td><td data-of="Why">{name(one.reason)}</td></tr>'
        for one in verdicts
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Service", "Namespace", "Why"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _notes(notes: Iterable[str]) -> str:
    told = (_COMMAND.sub(r"<code>\1</code>", name(note)) for note in notes)
    items = "".join(f"<li>{note}</li>" for note in told)
    return f'<ul class="notes">{items}</ul>' if items else ""
