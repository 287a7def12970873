"""The tree of entities with what is known of each, as values: what the page shows, before any HTML."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from exporter.model import Entity, JobStatus, OrganizationView, ReportState, Standing, Subject, Work
from exporter.order import state_of


@dataclass(frozen=True, slots=True)
class Line:
    """One subject: ``age`` is that of its report in seconds, ``trouble`` what the newest attempt met.

    ``job`` is AWS's word for the newest job, ``tried`` when that began (Unix seconds).
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

    def states(self) -> Counter[ReportState]:
        """How often each state occurs here and below."""
        counts = Counter(line.state for line in self.lines)
        for child in self.children:
            counts += child.states()
        return counts

    def size(self) -> int:
        """How many entities there are below."""
        return sum(1 + child.size() for child in self.children)


def line(view: OrganizationView, item: Work, now: float) -> Line:
    """How one subject stands at ``now``."""
    known = view.standings.get(item.subject)
    report = known.report if known else None
    return Line(
        item.subject,
        state_of(item, known, now),
        running=view.running == item.subject,
        age=now - report.created if report else None,
        accessible=report.accessible if report else None,
        not_accessed=report.not_accessed if report else None,
        trouble=_trouble(known) if known else "",
        job=known.job.status.value if known and known.job else "",
        tried=known.job.created if known and known.job else None,
    )


def _trouble(standing: Standing) -> str:
    job = standing.job
    if not standing.failures:
        return "dropped for its age" if standing.expired else ""
    reason = ": ".join(filter(None, (job.error_code, job.error_message))) if job else ""
    failed = job is not None and job.status is JobStatus.FAILED
    attempts = f"{standing.failures} attempts failed" if standing.failures > 1 else "the last attempt failed"
    return f"{attempts}: {reason}" if failed and reason else attempts


def forest(view: OrganizationView, now: float) -> list[Node]:
    """The topmost entities in scope, each with all that is below it.

    A parent stands before its children; an entity whose parent is out of scope is a topmost one.
    """
    lines = _by_entity(line(view, item, now) for item in view.work if item.entity)
    nodes: dict[str, Node] = {}
    tops: list[Node] = []
    for entity in view.discovery.entities if view.discovery else ():
        parent = nodes.get(entity.parent_id)
        node = Node(entity, lines.get(entity.id, ()))
        (parent.children if parent else tops).append(node)
        nodes[entity.id] = node
    return tops


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


def troubles(view: OrganizationView, now: float) -> list[Line]:
    """The subjects whose newest attempt failed, the last one first."""
    failed = (line(view, item, now) for item in view.work if item.subject in view.standings)
    return sorted((each for each in failed if each.trouble), key=lambda each: -(each.tried or 0.0))


def foreign(view: OrganizationView, now: float) -> Iterator[Line]:
    """The reports that were made elsewhere."""
    return (line(view, item, now) for item in view.work if item.entity is None)


def _by_entity(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for each in lines:
        found.setdefault(each.subject.entity_id, []).append(each)
    return found
