"""A plan for people at a terminal: its page has the rest."""

from collections.abc import Iterator

from rich.console import Group, RenderableType

from exporter.output.table import Prose, Table
from exporter.plan import Plan, Proof, summary

_HEADS = ("ENTITY", "NAME", "ACCOUNTS", "DENIES", "ABOVE", "CLOSES", "SCPS")


def plan_table(planned: Plan, proof: Proof) -> RenderableType:
    """What each entity denies and closes, and what to keep in mind."""
    rows = Table(*_HEADS, indent=0)
    for one in planned.placements:
        counts = (len(one.found.case.members), len(one.services), one.above, one.pairs, one.attached)
        rows.add_row(one.entity.id, one.entity.name, *(f"{count:,}" for count in counts))
    return Group(Prose(f"{summary(planned, proof)}\n", "bold"), rows, *_notes(planned))


def _notes(planned: Plan) -> Iterator[Prose]:
    told = [*planned.notes(), *(f"not judged: {why}" for why in planned.missing.values())]
    if told:
        yield Prose("")
    for note in told:
        yield Prose(f"note: {note}", "yellow")
