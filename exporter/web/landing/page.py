"""The landing page as HTML. Names come from AWS, and thus from anybody who may name an account."""

import html
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from exporter import __version__
from exporter.model import EntityType, OrganizationView, ReportState, Snapshot, Subject
from exporter.order import next_due
from exporter.times import rfc3339, spoken
from exporter.web.landing.style import POLICY, STYLE
from exporter.web.landing.tree import Line, Node, foreign, forest
from exporter.web.places import Places

__all__ = ["POLICY", "render"]

_OPEN_BELOW = 300  # entities: a larger tree starts with its organizational units closed
_DEEPEST = 6  # levels that are indented: AWS nests organizational units five deep

_KINDS = {
    EntityType.ROOT: "root",
    EntityType.ORGANIZATIONAL_UNIT: "organizational unit",
    EntityType.MANAGEMENT_ACCOUNT: "management account",
    EntityType.ACCOUNT: "account",
}


def render(snapshot: Snapshot, where: Places, now: float) -> str:
    """The whole page."""
    sections = "".join(_organization(view, where, now) for view in snapshot.organizations)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>org-access-exporter</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{_header(where, now)}\n<main>\n{sections or _NOTHING}\n</main>\n</body>\n</html>\n"
    )


_NOTHING = "<p>No organization is configured.</p>"


def _header(where: Places, now: float) -> str:
    links = (
        (where.telemetry, "Metrics"),
        ("/config", "Configuration"),
        ("/sd", "Service discovery"),
        ("/api/v1/entities", "Entities as JSON"),
        ("/-/healthy", "Healthy"),
        ("/-/ready", "Ready"),
    )
    items = "".join(f'<li><a href="{_text(where.link(path))}">{name}</a></li>' for path, name in links)
    at = datetime.fromtimestamp(now, UTC)
    return (
        "<header>\n<h1>AWS Organizations access reports</h1>\n"
        f'<p class="soft">org-access-exporter {_text(__version__)}, as of '
        f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M:%S} UTC</time></p>\n'
        f'<nav aria-label="Endpoints"><ul>{items}</ul></nav>\n</header>'
    )


def _text(value: str) -> str:
    """Text, or an attribute's value. NUL has no place in HTML at all."""
    return html.escape(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _name(value: str) -> str:
    """A name from outside: kept from turning the line around with marks of writing direction."""
    return f"<bdi>{_text(value)}</bdi>"


def _organization(view: OrganizationView, where: Places, now: float) -> str:
    up = '<span class="badge up">up</span>' if view.up else '<span class="badge down">down</span>'
    return (
        f'<section>\n<div class="head"><h2>{_name(view.name)}</h2>{up}</div>\n'
        f"{_facts(view, now)}\n{_counts(view)}\n"
        f"{_tree(view, where, now)}{_foreign(view, where, now)}</section>\n"
    )


def _facts(view: OrganizationView, now: float) -> str:
    found = view.discovery
    facts = [
        ("Organization", f"<code>{_text(found.org_id)}</code>" if found else "not discovered yet"),
        ("Management account", f"<code>{_text(found.management_account_id)}</code>" if found else "unknown"),
        ("Last discovery", _ago(found.at, now) if found else "none has succeeded"),
        ("Running now", _subject(view, view.running) if view.running else "nothing"),
        ("Next", _next(view, now)),
        (
            "A whole sweep",
            f"about {spoken(view.job_seconds * len(view.work))}" if view.job_seconds else "unknown",
        ),
    ]
    pairs = "".join(f"<div><dt>{name}</dt><dd>{fact}</dd></div>" for name, fact in facts)
    return f'<dl class="facts">{pairs}</dl>'


def _ago(at: float, now: float) -> str:
    return f'<time datetime="{rfc3339(at) or ""}">{spoken(now - at)} ago</time>'


def _subject(view: OrganizationView, subject: Subject) -> str:
    entities = view.discovery.entities if view.discovery else ()
    name = next((entity.name for entity in entities if entity.id == subject.entity_id), subject.entity_id)
    return _name(name) + (f" under <code>{_text(subject.policy_id)}</code>" if subject.policy_id else "")


def _next(view: OrganizationView, now: float) -> str:
    waiting = [item for item in view.work if item.subject != view.running]
    item, at = next_due(waiting, view.standings, now)
    if item:
        return f"{_subject(view, item.subject)}, due now"
    return f"a report in {spoken(at - now)}" if at != float("inf") else "nothing"


def _counts(view: OrganizationView) -> str:
    if not view.work:
        return ""
    counts = {state: view.states.get(state, 0) for state in ReportState}
    items = "".join(
        f'<li><span class="badge {state.value}">{count} {state.value}</span></li>'
        for state, count in counts.items()
    )
    return f'{_bar(counts)}<ul class="counts" aria-label="Reports">{items}</ul>'


def _bar(counts: dict[ReportState, int]) -> str:
    whole = sum(counts.values()) or 1
    parts, start = [], 0.0
    for state, count in counts.items():
        width = 100 * count / whole
        parts.append(f'<rect class="{state.value}" x="{start:.2f}" width="{width:.2f}" height="6"/>')
        start += width
    return (
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


_TITLES = (
    '<div class="row titles" aria-hidden="true"><span>Entity</span><span class="n">Accessible</span>'
    '<span class="n">Not accessed</span><span class="n">Report age</span><span>State</span></div>'
)


def _tree(view: OrganizationView, where: Places, now: float) -> str:
    tops = forest(view, now)
    if not tops:
        return ""
    everything = sum(1 + top.size() for top in tops) <= _OPEN_BELOW
    items = "".join(_node(top, 0, where, everything=everything) for top in tops)
    return f'{_TITLES}<ul class="tree">{items}</ul>'


def _node(node: Node, depth: int, where: Places, *, everything: bool) -> str:
    rows = _rows(node, depth, where)
    if not node.children:
        return f"<li>{rows}</li>\n"
    opened = " open" if everything or depth == 0 else ""
    below = "".join(_node(child, depth + 1, where, everything=everything) for child in node.children)
    return f"<li><details{opened}><summary>{rows}</summary><ul>{below}</ul></details></li>\n"


def _rows(node: Node, depth: int, where: Places) -> str:
    """The row of an entity, and one for each SCP that it is seen through."""
    own = next((line for line in node.lines if not line.subject.policy_id), None)
    policies = (line for line in node.lines if line.subject.policy_id)
    mark = ' class="twist"' if node.children else ""
    title = (
        f'<span{mark}><a href="{_report(where, node.entity.id)}" title="{_KINDS[node.entity.type]}">'
        f"{_name(node.entity.name)}</a> <code>{_text(node.entity.id)}</code></span>{_below(node)}"
    )
    return _row(title, own, depth) + "".join(
        _row(f'<span class="policy">under <code>{_text(line.subject.policy_id)}</code></span>', line, depth)
        for line in policies
    )


def _report(where: Places, entity_id: str) -> str:
    return _text(where.link(f"/api/v1/reports/{quote(entity_id, safe='', errors='replace')}"))


def _below(node: Node) -> str:
    """What a closed part of the tree would hide: how much there is, and how much of it failed."""
    if not node.children:
        return ""
    failed = sum((child.states()[ReportState.FAILED] for child in node.children), 0)
    return f'<span class="below">{node.size()} below{f", {failed} failed" if failed else ""}</span>'


def _row(title: str, line: Line | None, depth: int) -> str:
    return (
        f'<div class="row d{min(depth, _DEEPEST)}"><span class="name">{title}</span>'
        f"{''.join(_cells(line))}</div>"
    )


def _cells(line: Line | None) -> Iterator[str]:
    if line is None:
        yield '<span></span><span></span><span></span><span class="badge none">not collected</span>'
        return
    yield _number(line.accessible, "accessible")
    yield _number(line.not_accessed, "not accessed")
    age = spoken(line.age) if line.age is not None else "\N{EN DASH}"
    yield f'<span class="n" data-of="old"><span class="unseen">report age </span>{age}</span>'
    running = " (running)" if line.running else ""
    yield f'<span class="badge {line.state.value}">{line.state.value}{running}</span>'
    if line.trouble:
        yield f'<span class="name trouble">{_name(line.trouble)}</span>'


def _number(value: int | None, of: str) -> str:
    shown = "\N{EN DASH}" if value is None else str(value)
    return f'<span class="n" data-of="{of}">{shown}<span class="unseen"> {of}</span></span>'


def _foreign(view: OrganizationView, where: Places, now: float) -> str:
    rows = "".join(_rows_of_jobs(foreign(view, now), where))
    return f'<h3>Reports made elsewhere</h3><ul class="tree">{rows}</ul>' if rows else ""


def _rows_of_jobs(lines: Iterable[Line], where: Places) -> Iterator[str]:
    for line in lines:
        job_id = line.subject.entity_id
        title = f'<a href="{_report(where, job_id)}"><code>{_text(job_id)}</code></a>'
        yield f"<li>{_row(title, line, 0)}</li>\n"
