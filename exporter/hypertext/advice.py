"""A recommended service control policy as HTML: what it changes, its text, and why."""

import re
from collections.abc import Iterable, Iterator, Sequence

from exporter.hypertext.pieces import code, facts, minute, name, text
from exporter.recommend import LIMIT, Ground, Recommendation, Verdict, policy_texts

_DAY = 86_400.0
_COMMAND = re.compile(r"`([^`<>]+)`")


def render_advice(found: Recommendation, key: str, *, buttons: bool, folded: bool = True) -> str:
    """``key`` is a part of ids that no other recommendation on the page has; ``buttons`` take a script.

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
