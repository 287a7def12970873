"""The landing page as HTML."""

from collections.abc import Iterable, Iterator

from exporter.model import OrganizationView, ReportState, Snapshot, Subject
from exporter.order import next_due
from exporter.times import spoken
from exporter.web.landing import markup
from exporter.web.landing.markup import KINDS, NONE, code, name
from exporter.web.landing.tree import Line, Node, foreign, forest, troubles, wanted
from exporter.web.places import Places

_OPEN_BELOW = 300  # entities: a larger tree starts with its organizational units closed
_DEEPEST = 6  # levels that are indented: AWS nests organizational units five deep
_MOST_TROUBLES = 5


def render(snapshot: Snapshot, where: Places, now: float, only: str = "") -> str:
    """The whole page; ``only`` leaves the entities that it occurs in, in name, id or state."""
    sections = "".join(_organization(view, where, now, only) for view in snapshot.organizations)
    body = f"{markup.filter_box(only, 'name, id or state')}\n{sections}" if sections else markup.NOTHING
    return markup.document("org-access-exporter", _header(where, now), body)


def _header(where: Places, now: float) -> str:
    links = (
        ("/services", "Services"),
        ("/news", "What changed"),
        ("/export.csv", "Everything as CSV"),
        (where.telemetry, "Metrics"),
        ("/config", "Configuration"),
        ("/sd", "Service discovery"),
        ("/api/v1/entities", "Entities as JSON"),
        ("/-/healthy", "Healthy"),
        ("/-/ready", "Ready"),
    )
    navigation = markup.navigation((where.link(path), shown) for path, shown in links)
    return f"<h1>AWS Organizations access reports</h1>\n{markup.version(now)}\n{navigation}"


def _organization(view: OrganizationView, where: Places, now: float, only: str) -> str:
    up = markup.badge("up" if view.up else "down")
    why = "".join(f'<p class="trouble">{name(line)}</p>\n' for line in _warnings(view))
    return (
        f'<section>\n<div class="head"><h2>{name(view.name)}</h2>{up}</div>\n{why}'
        f"{_facts(view, now)}\n{_counts(view)}\n{_troubles(view, where, now)}"
        f"{_tree(view, where, now, only)}{_foreign(view, where, now)}</section>\n"
    )


def _warnings(view: OrganizationView) -> Iterator[str]:
    """What is wrong with the organization as a whole."""
    if view.trouble:
        yield view.trouble
    if view.discovery:
        yield from view.discovery.unmatched
        if not view.discovery.entities:
            yield "include, exclude and account_states leave nothing to report on"


def _facts(view: OrganizationView, now: float) -> str:
    found = view.discovery
    return markup.facts(
        (
            ("Organization", code(found.org_id) if found else "not discovered yet"),
            ("Management account", code(found.management_account_id) if found else "unknown"),
            ("Last discovery", markup.ago(found.at, now) if found else "none has succeeded"),
            ("AWS is asked by", _holder(view)),
            ("Running now", _subject(view, view.running) if view.running else "nothing"),
            ("Next", _next(view, now)),
            ("Sweep", _sweep(view)),
        )
    )


def _holder(view: OrganizationView) -> str:
    if view.lease_held:
        return f"this replica, {code(view.lease_holder)}" if view.lease_holder else "this process"
    return f"another replica, {code(view.lease_holder)}" if view.lease_holder else "nobody at the moment"


def _subject(view: OrganizationView, subject: Subject) -> str:
    entities = view.discovery.entities if view.discovery else ()
    found = next((entity.name for entity in entities if entity.id == subject.entity_id), subject.entity_id)
    return name(found) + (f" under {code(subject.policy_id)}" if subject.policy_id else "")


def _next(view: OrganizationView, now: float) -> str:
    waiting = [item for item in view.work if item.subject != view.running]
    item, at = next_due(waiting, view.standings, now)
    if item:
        return f"{_subject(view, item.subject)}, due now"
    return f"a report in {spoken(at - now)}" if at != float("inf") else "nothing"


def _sweep(view: OrganizationView) -> str:
    """How far it is, and how long the rest and all of it take."""
    whole, fresh = len(view.work), view.states.get(ReportState.FRESH, 0)
    if not view.job_seconds or not whole:
        return "unknown"
    rest = f", about {spoken(view.job_seconds * (whole - fresh))} to go" if fresh < whole else ""
    return f"{100 * fresh // whole} % fresh{rest}; all of it takes {spoken(view.job_seconds * whole)}"


def _counts(view: OrganizationView) -> str:
    if not view.work:
        return ""
    counts = {state: view.states.get(state, 0) for state in ReportState}
    items = "".join(
        f"<li>{markup.badge(state.value, f'{count} {state.value}')}</li>" for state, count in counts.items()
    )
    return f'{markup.counts_bar(counts)}<ul class="counts" aria-label="Reports">{items}</ul>'


def _troubles(view: OrganizationView, where: Places, now: float) -> str:
    """The errors of the newest jobs that failed, and of how many there are."""
    found = troubles(view, now)
    if not found:
        return ""
    items = "".join(
        f'<li><a href="{markup.page_of_entity(where, line.subject.entity_id)}">'
        f"{_subject(view, line.subject)}</a>"
        f' <span class="soft">{markup.ago(line.tried, now) if line.tried else ""}</span>'
        f'<br><span class="bad">{name(line.trouble)}</span></li>'
        for line in found[:_MOST_TROUBLES]
    )
    more = f" of {len(found)}" if len(found) > _MOST_TROUBLES else ""
    return f'<h3>Last errors{more}</h3><ul class="errors">{items}</ul>'


_TITLES = (
    '<div class="row titles" aria-hidden="true"><span>Entity</span><span>Used</span>'
    '<span class="n">Accessible</span><span class="n">Not accessed</span>'
    '<span class="n">Report age</span><span>State</span></div>'
)


def _tree(view: OrganizationView, where: Places, now: float, only: str) -> str:
    tops = forest(view, now)
    if not tops:
        return ""
    if only:
        tops = wanted(tops, only)
    everything = bool(only) or sum(1 + top.size() for top in tops) <= _OPEN_BELOW
    items = "".join(_node(top, 0, where, everything=everything) for top in tops)
    return f'{_TITLES}<ul class="tree">{items or _NO_MATCH}</ul>'


_NO_MATCH = '<li class="row">Nothing matches the filter.</li>'


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
        f'<span{mark}><a href="{markup.page_of_entity(where, node.entity.id)}"'
        f' title="{KINDS[node.entity.type]}">'
        f"{name(node.entity.name)}</a> {code(node.entity.id)}</span>{_below(node)}"
    )
    return _row(title, own, depth) + "".join(
        _row(f'<span class="policy">under {code(line.subject.policy_id)}</span>', line, depth)
        for line in policies
    )


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
        yield f"{'<span></span>' * 4}{markup.badge('none', 'not collected')}"
        return
    yield markup.use_bar(line)
    yield _number(line.accessible, "accessible")
    yield _number(line.not_accessed, "not accessed")
    age = spoken(line.age) if line.age is not None else NONE
    yield f'<span class="n" data-of="old"><span class="unseen">report age </span>{age}</span>'
    yield markup.state_badge(line)
    if line.trouble:
        yield f'<span class="name trouble">{name(line.trouble)}</span>'


def _number(value: int | None, of: str) -> str:
    shown = NONE if value is None else str(value)
    return f'<span class="n" data-of="{of}">{shown}<span class="unseen"> {of}</span></span>'


def _foreign(view: OrganizationView, where: Places, now: float) -> str:
    rows = "".join(_rows_of_jobs(foreign(view, now), where))
    return f'<h3>Reports made elsewhere</h3><ul class="tree">{rows}</ul>' if rows else ""


def _rows_of_jobs(lines: Iterable[Line], where: Places) -> Iterator[str]:
    for line in lines:
        job_id = line.subject.entity_id
        title = f'<a href="{markup.page_of_entity(where, job_id)}">{code(job_id)}</a>'
        yield f"<li>{_row(title, line, 0)}</li>\n"
