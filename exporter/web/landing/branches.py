"""The tree of entities as HTML: what is closed is loaded when it is opened, by a link."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from exporter.hypertext import NONE, code, name, text, used
from exporter.times import rfc3339, spoken
from exporter.web.landing import markup
from exporter.web.landing.markup import KINDS
from exporter.web.landing.tree import SHOWS, SORTS, Line, Node, Wish
from exporter.web.places import Places

_MOST = 300  # entities on the first page: a larger tree starts with its organizational units closed
_MORE = 1000  # of one entity's children at once, where they are asked for
_DEEPEST = 6  # levels that are indented: AWS nests organizational units five deep


@dataclass(frozen=True, slots=True)
class Branch:
    """What every row is made with; ``opened`` are the ids whose children are on the page.

    ``uses`` has when an entity used the service that is asked about, by its id.
    """

    where: Places
    now: float
    wish: Wish
    opened: frozenset[str]
    uses: Mapping[str, float | None]


def opened(tops: Sequence[Node]) -> frozenset[str]:
    """The topmost ones and, level by level, what fits on the page."""
    left, found, level = _MOST, {top.entity.id for top in tops}, list(tops)
    while level := [child for node in level for child in node.children[:_MOST]]:
        left -= len(level)
        if left < sum(len(node.children) for node in level):
            break
        found |= {node.entity.id for node in level}
    return frozenset(found)


def render_tree(
    tops: Sequence[Node], where: Places, now: float, wish: Wish, uses: Mapping[str, float | None]
) -> str:
    """The titles, which sort, and the tree."""
    branch = Branch(where, now, wish, opened(tops), uses)
    items = _items(tops, "", 0, branch) or '<li class="row">Nothing matches the filter.</li>'
    return f'{_titles(branch)}<ul class="tree">{items}</ul>'


def _titles(branch: Branch) -> str:
    cells = "".join(_title(key, label, branch) for key, label in SORTS.items())
    return f'<div class="row titles">{cells}</div>'


def _title(key: str, label: str, branch: Branch) -> str:
    wish = branch.wish
    here = wish.sort == key
    falling = not wish.falling if here else key not in {"name", "state"}
    mark = (" \N{DOWNWARDS ARROW}" if wish.falling else " \N{UPWARDS ARROW}") if here else ""
    kind = "" if key in {"name", "used", "state"} else ' class="n"'
    link = _link(replace(wish, sort=key, falling=falling, start=0), branch.where)
    return f'<span{kind}><a href="{link}">{label}{mark}</a></span>'


def _link(wish: Wish, where: Places) -> str:
    """Another view of the page, as an attribute's value."""
    asked = urlencode(wish.asked(), errors="replace")
    return text(where.link(f"/?{asked}" if asked else "/"))


def _items(nodes: Sequence[Node], parent_id: str, depth: int, branch: Branch) -> str:
    """A list of siblings, as much of it as is shown at once."""
    wish = branch.wish
    here = depth == 0
    start, most = (wish.start, _MORE if wish.below else _MOST) if here else (0, _MOST)
    items = "".join(_node(node, depth, branch) for node in nodes[start : start + most])
    rest = len(nodes) - start - most
    if rest <= 0:
        return items
    more = replace(wish, below=parent_id or wish.below, start=start + most)
    return f"{items}{_more(more, f'{rest} more', branch)}"


def _more(wish: Wish, label: str, branch: Branch) -> str:
    return f'<li class="row more"><a href="{_link(wish, branch.where)}">{label}</a></li>\n'


def _node(node: Node, depth: int, branch: Branch) -> str:
    rows = _rows(node, depth, branch)
    if not node.children:
        return f"<li>{rows}</li>\n"
    if node.entity.id in branch.opened:
        mark, below = " open", _items(node.children, node.entity.id, depth + 1, branch)
    else:
        count = f"Show the {len(node.children)} directly below {name(node.entity.name)}"
        closed = replace(branch.wish, below=node.entity.id, start=0)
        mark, below = "", _more(closed, count, branch)
    depth = min(depth + branch.wish.depth, _DEEPEST)
    summary = f'<summary><span class="unseen">Below {name(node.entity.name)}</span></summary>'
    return f'<li>{rows}<details{mark} class="d{depth}">{summary}<ul>{below}</ul></details></li>\n'


def _rows(node: Node, depth: int, branch: Branch) -> str:
    """The row of an entity, and one for each SCP that it is seen through."""
    depth += branch.wish.depth
    own = next((line for line in node.lines if not line.subject.policy_id), None)
    policies = (line for line in node.lines if line.subject.policy_id)
    title = (
        f'<a href="{markup.page_of_entity(branch.where, node.entity.id)}"'
        f' title="{KINDS[node.entity.type]}">'
        f"{name(node.entity.name)}</a> {code(node.entity.id)}{_below(node)}{_use(node, branch)}"
    )
    return row(title, own, depth, branch.now) + "".join(
        row(f'<span class="policy">under {code(line.subject.policy_id)}</span>', line, depth, branch.now)
        for line in policies
    )


def _use(node: Node, branch: Branch) -> str:
    """When it used the service that is asked about."""
    if node.entity.id not in branch.uses:
        return ""
    return f'<span class="below">last used {used(branch.uses[node.entity.id], branch.now)}</span>'


def _below(node: Node) -> str:
    """What a closed part of the tree would hide: how much there is, and how much of it failed."""
    if not node.children:
        return ""
    failed = sum([child.failed() for child in node.children])
    return f'<span class="below">{node.size()} below{f", {failed} failed" if failed else ""}</span>'


def row(title: str, line: Line | None, depth: int, now: float) -> str:
    """A row of this title, with all that is known of a subject."""
    return (
        f'<div class="row d{min(depth, _DEEPEST)}"><span class="name">{title}</span>'
        f"{''.join(_cells(line, now))}</div>"
    )


def _cells(line: Line | None, now: float) -> Iterator[str]:
    if line is None:
        yield f"{'<span></span>' * 4}{markup.badge('none', 'not collected')}"
        return
    yield markup.use_bar(line)
    yield _number(line.accessible, "accessible")
    yield _number(line.not_accessed, "not accessed")
    yield f'<span class="n" data-of="old"><span class="unseen">report age </span>{_age(line, now)}</span>'
    yield markup.state_badge(line)
    if line.trouble:
        yield f'<span class="name trouble">{name(line.trouble)}</span>'


def _age(line: Line, now: float) -> str:
    """How old the report is; on paper, which does not age with it, its day."""
    if line.age is None:
        return NONE
    at = int(now - line.age)
    day = (rfc3339(at) or "")[:10]
    return f'<span class="since" data-day="{day}" data-at="{at}">{spoken(line.age)}</span>'


def _number(value: int | None, of: str) -> str:
    shown = NONE if value is None else str(value)
    return f'<span class="n" data-of="{of}">{shown}<span class="unseen"> {of}</span></span>'


def render_choice(wish: Wish) -> str:
    """The form that finds and filters; the order that was chosen stays."""
    options = "".join(
        f'<option value="{key}"{" selected" if key == wish.show else ""}>{label}</option>'
        for key, label in SHOWS.items()
    )
    kept = {key: value for key, value in wish.asked().items() if key in {"sort", "order"}}
    hidden = "".join(f'<input type="hidden" name="{key}" value="{value}">' for key, value in kept.items())
    return (
        f'<form role="search" method="get" class="choose">{hidden}<label>Find '
        f'<input type="search" name="filter" value="{text(wish.only)}" autocomplete="off" spellcheck="false" '
        'placeholder="entity, service or state"></label>'
        f'<label>Service <input name="service" value="{text(wish.service)}" autocomplete="off" '
        'spellcheck="false" placeholder="any"></label>'
        f'<label>Show <select name="show"><option value="">everything</option>{options}</select></label>'
        '<button>Show</button><output aria-live="polite"></output></form>'
    )
