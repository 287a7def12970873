"""The tree of entities with what is known of each, as values: what the page shows, before any HTML."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exporter.model import UNTOLD, Entity, JobStatus, OrganizationView, ReportState, Standing, Subject, Work
from exporter.order import state_of

DORMANT = 90  # days without a use

SHOWS = {
    "used": "that used a service",
    "never": "that never used a service",
    "dormant": f"that used none for {DORMANT} days",
    "failed": "whose report failed",
    "stale": "whose report is stale",
}
"""What the tree can be narrowed down to, in words."""

SORTS = {
    "name": "Entity",
    "used": "Used",
    "accessible": "Accessible",
    "unused": "Not accessed",
    "age": "Report age",
    "state": "State",
}
"""What siblings can be sorted by, with the title of the column; not sorted, they are in AWS's order."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of the tree: entities with ``only`` in them, of the kind ``show``, sorted by ``sort``.

    With ``service``, a namespace or a name, those that may use it, and ``show`` is about that service.
    ``below`` is the id of an entity of which alone the children are wanted, from the one number ``start``;
    ``depth`` is how deep it lies.
    """

    only: str = ""
    service: str = ""
    show: str = ""
    sort: str = ""
    falling: bool = False
    below: str = ""
    start: int = 0
    depth: int = 0

    def asked(self) -> dict[str, str]:
        order = ("descending" if self.falling else "ascending") if self.sort else ""
        words = {
            "filter": self.only,
            "service": self.service,
            "show": self.show,
            "sort": self.sort,
            "order": order,
            "below": self.below,
            "from": str(self.start) if self.start else "",
        }
        return {key: word for key, word in words.items() if word}


class Line(NamedTuple):
    """One subject: ``age`` is that of its report in seconds, ``trouble`` what the newest attempt met.

    ``job`` is AWS's word for the newest job, ``tried`` when that began (Unix seconds). A tuple: a page makes
    thousands of them before its first byte.
    """

    subject: Subject
    state: ReportState
    running: bool = False
    age: float | None = None
    accessible: int | None = None
    not_accessed: int | None = None
    trouble: str = ""
    job: str = ""
    tried: float | None = None


@dataclass(slots=True)
class Node:
    """An entity, the lines about it, and the nodes below it."""

    entity: Entity
    lines: Sequence[Line] = ()
    children: list["Node"] = field(default_factory=list)
    _failed: int | None = None

    def failed(self) -> int:
        """How many reports failed here and below; counted once, since every level above asks."""
        if self._failed is None:
            # Lists, not generators: this is asked of thousands before the first byte of a page.
            own = [line.state for line in self.lines].count(ReportState.FAILED)
            self._failed = own + sum([child.failed() for child in self.children])
        return self._failed

    def size(self) -> int:
        """How many entities there are below."""
        return len(self.children) + sum(child.size() for child in self.children if child.children)

    @property
    def own(self) -> Line | None:
        """The line of the entity as all of its SCPs allow."""
        return next((line for line in self.lines if not line.subject.policy_id), None)


def line(view: OrganizationView, item: Work, now: float) -> Line:
    """How one subject stands at ``now``."""
    known, running = view.standings.get(item.subject), view.running == item.subject
    if known is None:
        return Line(item.subject, state_of(item, None, now), running)
    report, job = known.report, known.job
    return Line(
        item.subject,
        state_of(item, known, now),
        running,
        now - report.created if report else None,
        report.accessible if report else None,
        report.not_accessed if report else None,
        _trouble(known),
        job.status if job else "",
        job.created if job else None,
    )


def _trouble(standing: Standing) -> str:
    job = standing.job
    if not standing.failures:
        return "dropped for its age" if standing.expired else ""
    reason = ": ".join(filter(None, (job.error_code, job.error_message))) if job else ""
    failed = job is not None and job.status is JobStatus.FAILED
    attempts = f"{standing.failures} attempts failed" if standing.failures > 1 else "the last attempt failed"
    return f"{attempts}: {reason}" if failed and reason else attempts


def all_lines(view: OrganizationView, now: float) -> tuple[Line, ...]:
    """How every subject stands at ``now``: whatever a page tells of them is told from these."""
    return tuple(line(view, item, now) for item in view.work)


def forest(view: OrganizationView, lines: Iterable[Line]) -> list[Node]:
    """The topmost entities in scope, each with all that is below it.

    A parent stands before its children; an entity whose parent is out of scope is a topmost one.
    """
    known = _by_entity(lines)
    nodes: dict[str, Node] = {}
    tops: list[Node] = []
    for entity in view.discovery.entities if view.discovery else ():
        parent = nodes.get(entity.parent_id)
        node = Node(entity, known.get(entity.id, ()))
        (parent.children if parent else tops).append(node)
        nodes[entity.id] = node
    return tops


def found(tops: Iterable[Node], entity_id: str) -> Node | None:
    waiting = list(tops)
    while waiting:
        node = waiting.pop()
        if node.entity.id == entity_id:
            return node
        waiting += node.children
    return None


def chosen(
    view: OrganizationView, tops: list[Node], wish: Wish, now: float, uses: Mapping[str, float | None]
) -> list[Node]:
    """What is wanted of a tree, sorted; ``uses`` are those of the service that is asked about."""
    if wish.only:
        tops = wanted(tops, wish.only)
    if wish.service:
        tops = _kept(tops, lambda node: _uses(uses, node, wish.show, now))
    if wish.show and not (wish.service and wish.show in _OF_SERVICES):
        tops = _kept(tops, lambda node: _is(view, node, wish.show, now))
    if wish.sort:
        _sort(tops, wish)
    return tops


_OF_SERVICES = frozenset({"used", "never", "dormant"})


def uses_of(view: OrganizationView, namespace: str) -> dict[str, float | None]:
    """When each entity that may use a service used it last (or UNTOLD), by its id; None: never."""
    found: dict[str, float | None] = {}
    for entity in view.discovery.entities if view.discovery else ():
        standing = view.standings.get(Subject(entity.id))
        if standing is None:
            continue
        # Of thousands of reports one row is wanted: Standing.uses would go through all of them twice.
        rows = standing.report.services if standing.report else ()
        row = next((row for row in rows if row.namespace == namespace), None)
        told = (row.used if row else None, standing.last_known.get(namespace))
        at = max((time for time in told if time is not None), default=None)
        if at is not None or row is not None or namespace in standing.listed:
            found[entity.id] = at
    return found


def _uses(uses: Mapping[str, float | None], node: Node, show: str, now: float) -> bool:
    if node.entity.id not in uses:
        return False
    return show not in _OF_SERVICES or _fits(uses[node.entity.id], show, now)


def _fits(last: float | None, show: str, now: float) -> bool:
    """Whether a last use (None: there was none) is of this kind."""
    if show == "used":
        return last is not None
    return last is None or (show == "dormant" and last < now - DORMANT * 86_400)


def wanted(nodes: Iterable[Node], text: str) -> list[Node]:
    """The nodes in which ``text`` occurs (name, id, state, trouble), all below them, and the way there."""
    return [kept for node in nodes if (kept := _wanted(node, text.casefold()))]


def _wanted(node: Node, text: str) -> Node | None:
    words = [
        node.entity.name,
        node.entity.id,
        *(word for each in node.lines for word in (each.state, each.trouble)),
    ]
    if any(text in word.casefold() for word in words):
        return node
    children = wanted(node.children, text)
    return Node(node.entity, node.lines, children) if children else None


def _kept(nodes: Iterable[Node], fits: Callable[[Node], bool]) -> list[Node]:
    """The nodes that fit, and the way there."""
    kept = []
    for node in nodes:
        children = _kept(node.children, fits)
        if children or fits(node):
            kept.append(Node(node.entity, node.lines, children))
    return kept


def _is(view: OrganizationView, node: Node, show: str, now: float) -> bool:
    if show in {ReportState.FAILED, ReportState.STALE}:
        return any(each.state == show for each in node.lines)
    standing = view.standings.get(Subject(node.entity.id))
    if standing is None or standing.report is None:
        return False
    return _fits(max(_times(standing), default=None), show, now)


def _times(standing: Standing) -> Iterator[float]:
    yield from standing.uses().values()
    rows = standing.report.services if standing.report else ()
    yield from (row.used for row in rows if row.used == UNTOLD)


def _sort(nodes: list[Node], wish: Wish) -> None:
    """Among siblings; what is not known comes last either way."""
    unknown = [node for node in nodes if _key(node, wish.sort) is None]
    known = [node for node in nodes if _key(node, wish.sort) is not None]
    known.sort(key=lambda node: _key(node, wish.sort), reverse=wish.falling)
    nodes[:] = [*known, *unknown]
    for node in nodes:
        _sort(node.children, wish)


def _key(node: Node, sort: str) -> Any:
    own = node.own
    if sort == "name":
        return node.entity.name.casefold()
    return _NUMBERS[sort](own) if own else None


def _used(line: Line) -> int | None:
    if line.accessible is None or line.not_accessed is None:
        return None
    return line.accessible - line.not_accessed


_NUMBERS: Mapping[str, Callable[[Line], Any]] = {
    "used": _used,
    "accessible": lambda line: line.accessible,
    "unused": lambda line: line.not_accessed,
    "age": lambda line: line.age,
    "state": lambda line: line.state.value,
}


def troubles(lines: Iterable[Line]) -> list[Line]:
    """The subjects whose newest attempt failed, the last one first."""
    return sorted((each for each in lines if each.trouble), key=lambda each: -(each.tried or 0.0))


def foreign(view: OrganizationView, lines: Iterable[Line]) -> Iterator[Line]:
    """The reports that were made elsewhere."""
    return (each for item, each in zip(view.work, lines, strict=True) if item.entity is None)


def _by_entity(lines: Iterable[Line]) -> dict[str, list[Line]]:
    known = defaultdict[str, list[Line]](list)
    for each in lines:
        known[each.subject.entity_id].append(each)
    return known
