"""A check of drafts for people at a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from exporter.drafts import Checked, Finding
from exporter.drafts.rendering import by, last, summary
from exporter.output.table import Prose, Table, titled

_STYLES = {True: "red", False: "yellow"}


def findings(checked: Checked) -> RenderableType:
    """What would be denied that is in use, by whom, when and where; what it closes; what to keep in mind."""
    return Group(*_heading(checked), *_parts(checked), *_closing(checked))


def _heading(checked: Checked) -> Iterator[Prose]:
    style = "red" if checked.denied else "yellow" if checked.uncertain else "green"
    yield Prose(summary(checked), f"bold {style}")
    for draft in checked.drafts:
        yield Prose(f"{draft.name}: {draft.size:,} characters", "dim")


def _parts(checked: Checked) -> Iterator[Group]:
    for head, listed, certain in (
        ("Would be denied, and is in use", checked.denied, True),
        ("May be denied, and is in use", checked.uncertain, False),
    ):
        if listed:
            yield titled(f"{head} ({len(listed)})", _table(checked, listed, _STYLES[certain]))


def _table(checked: Checked, listed: Sequence[Finding], style: str) -> Table:
    found = Table("SERVICE", "LAST USED", "REGION", "BY", "WHY", prose=("BY", "WHY"))
    for one in listed:
        when, region = last(one)
        found.add_row(
            Text(one.namespace, style=style),
            when.partition("T")[0],
            region,
            by(checked, one.uses),
            "; ".join(one.how),
        )
    return found


def _closing(checked: Checked) -> Iterator[RenderableType]:
    if checked.closes:
        yield titled(
            f"Closes, used by nobody ({len(checked.closes)})", Prose(", ".join(checked.closes), indent=2)
        )
    if checked.known:
        yield titled(f"Denied already ({len(checked.known)})", Prose(", ".join(checked.known), indent=2))
    for one in checked.superfluous:
        on = checked.case.called(one.entity_id)
        yield Prose(f"\n{one.called} on {on} denies nothing beyond this, and could be detached", "green")
    yield Prose(f"\n{checked.attached} SCPs on {checked.case.called(checked.case.entity.id)} with this")
    for note in checked.notes:
        yield Prose(f"note: {note}", "yellow")
