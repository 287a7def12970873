"""A check of drafts for people at a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exporter.drafts import Checked, Finding
from exporter.drafts.rendering import by, summary, when
from exporter.output.table import titled

_STYLES = {True: "red", False: "yellow"}


def findings(checked: Checked) -> RenderableType:
    """What would be denied that is in use, by whom, when and where; what it closes; what to keep in mind."""
    return Group(*_heading(checked), *_parts(checked), *_closing(checked))


def _heading(checked: Checked) -> Iterator[Text]:
    style = "red" if checked.denied else "yellow" if checked.uncertain else "green"
    yield Text(summary(checked), style=f"bold {style}")
    for draft in checked.drafts:
        yield Text(f"{draft.name}: {draft.size:,} characters", style="dim")


def _parts(checked: Checked) -> Iterator[Group]:
    for head, listed, certain in (
        ("Would be denied, and is in use", checked.denied, True),
        ("May be denied, and is in use", checked.uncertain, False),
    ):
        if listed:
            yield titled(f"{head} ({len(listed)})", _table(checked, listed, _STYLES[certain]))


def _table(checked: Checked, listed: Sequence[Finding], style: str) -> Table:
    found = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    found.add_column("SERVICE", no_wrap=True)
    found.add_column("LAST USED", no_wrap=True)
    found.add_column("REGION", no_wrap=True)
    found.add_column("BY", overflow="fold")
    found.add_column("WHY", overflow="fold")
    for one in listed:
        last = one.uses[0]
        day = when(last).partition("T")[0]
        found.add_row(
            Text(one.namespace, style=style), day, last.region, by(checked, one.uses), "; ".join(one.how)
        )
    return found


def _closing(checked: Checked) -> Iterator[RenderableType]:
    if checked.closes:
        yield titled(f"Closes, used by nobody ({len(checked.closes)})", Text(", ".join(checked.closes)))
    if checked.known:
        yield titled(f"Denied already ({len(checked.known)})", Text(", ".join(checked.known)))
    for one in checked.superfluous:
        on = checked.case.called(one.entity_id)
        yield Text(f"\n{one.called} on {on} denies nothing beyond this, and could be detached", style="green")
    yield Text(f"\n{checked.attached} SCPs on {checked.case.called(checked.case.entity.id)} with this")
    for note in checked.notes:
        yield Text(f"note: {note}", style="yellow")
