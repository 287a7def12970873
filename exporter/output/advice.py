"""A recommendation for people, and a plan of many."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from exporter.model import Subject
from exporter.output.reading import title
from exporter.output.table import Prose, Table, titled
from exporter.plan import Plan, Proof, summary
from exporter.recommend import LIMIT, Ground, Recommendation, Verdict, denied_by_name, length, told
from exporter.times import rfc3339

_HEADS = ("ENTITY", "NAME", "ACCOUNTS", "DENIES", "ABOVE", "CLOSES", "SCPS")


def advice(found: Recommendation) -> RenderableType:
    """What to deny and why, what stays, what it changes, and what to keep in mind."""
    return Group(*_heading(found), *_parts(found), *_closing(found))


def changes(found: Recommendation) -> RenderableType:
    """What is different from our policies in force, and why."""
    change = found.difference
    return Group(
        *_heading(found),
        *_services("Added", "WHY", change.added, "red"),
        *_services("Removed: allowed again", "WHY", change.removed, "green"),
        *_services("Kept", "WHY", change.kept, "yellow"),
        *_notes(found),
        Prose(f"\n{_summary(found)}"),
    )


def _summary(found: Recommendation) -> str:
    change = found.difference
    if change.none:
        return f"no change: {', '.join(change.in_force)} says it all" if change.in_force else "no change"
    counted = f"{len(change.added)} added, {len(change.removed)} removed, {len(change.kept)} kept"
    same = not change.added and not change.removed
    return f"{counted}; who is exempt, or how it is written, changes" if same else counted


def _heading(found: Recommendation) -> Iterator[Prose]:
    case, among = found.case, found.jury
    yield Prose(title(Subject(case.entity.id), case.entity), "bold")
    yield Prose(case.entity.path, "dim")
    yield Prose(_source(found), "dim")
    created = rfc3339(int(case.report.created)) or "an unknown time"
    missing = f", {len(among.uncovered)} in no report" if among.uncovered else ""
    yield Prose(
        f"report as of {created}; {len(among.judged)} of {len(case.members)} accounts are evidence, "
        f"{len(among.young)} too young, {len(among.inactive)} not active{missing}"
    )
    yield Prose(
        f"services accessible: {found.before.accessible}, then {found.after.accessible}; "
        f"of them never used: {found.before.not_accessed}, then {found.after.not_accessed}"
    )


def _source(found: Recommendation) -> str:
    origin = found.case.origin
    organization = f"organization {' '.join(filter(None, [origin.name, origin.org_id])) or 'not named'}"
    return f"{organization}; by org-access-exporter {origin.version}".strip()


def _parts(found: Recommendation) -> Iterator[Group]:
    never = [one for one in found.denied if one.use is None and one.ground is not Ground.KEPT]
    once = [one for one in found.denied if one.use is not None and one.ground is not Ground.KEPT]
    kept = [one for one in found.denied if one.ground is Ground.KEPT]
    yield from _services("To deny, used by somebody before", "EVIDENCE", once, "red")
    yield from _services("To deny, never used", "EVIDENCE", never, "red")
    yield from _services("Denied by ours already, stays so", "EVIDENCE", kept, "yellow")
    used = [one for one in found.allowed if one.ground is Ground.USED]
    first = [one for one in found.allowed if one.ground is Ground.REVIEW_FIRST]
    spared = [one for one in found.allowed if one not in used and one not in first]
    yield from _services("In use", "BY WHOM", used, "green")
    yield from _services("To be looked at, then denied by --include-reviewed", "WHY", first, "yellow")
    yield from _services("Not denied", "WHY", spared, "green")
    ours = {one.namespace for one in found.verdicts if one.denied_by_us}
    by_name = denied_by_name(found.case.attached)
    already = {service: by for service, by in by_name.items() if service not in ours}
    if already:
        rows = Table("SERVICE", "BY", prose=("BY",))
        for service, by in already.items():
            rows.add_row(service, by)
        yield titled(f"Denied already ({len(already)})", rows)
    if found.case.attached:
        rows = Table("POLICY", "ON", "DOES", prose=("ON", "DOES"))
        for one in found.case.attached:
            rows.add_row(one.called, found.case.called(one.entity_id), told(one))
        yield titled("SCPs in force", rows)


def _services(head: str, column: str, verdicts: Iterable[Verdict], style: str) -> Iterator[Group]:
    listed = list(verdicts)
    if listed:
        rows = Table("SERVICE", "NAME", column, prose=(column,))
        for verdict in listed:
            rows.add_row(Text(verdict.namespace, style=style), verdict.name, verdict.reason)
        yield titled(f"{head} ({len(listed)})", rows)


def _closing(found: Recommendation) -> Iterator[Prose]:
    sizes = ", ".join(f"{length(policy):,}" for policy in found.policies)
    if found.policies:
        several = "policies" if len(found.policies) > 1 else "policy"
        yield Prose(f"\n{len(found.policies)} {several} of {sizes} characters (AWS takes {LIMIT:,})")
    else:
        yield Prose("\nnothing to deny")
    if found.own:
        yield Prose(f"against ours in force: {_summary(found)}")
    yield from _notes(found)


def _notes(found: Recommendation) -> Iterator[Prose]:
    for note in found.notes:
        yield Prose(f"note: {note}", "yellow")


def plan_table(planned: Plan, proof: Proof) -> RenderableType:
    """A plan for people at a terminal, whose page has the rest: what each entity denies and closes."""
    rows = Table(*_HEADS, indent=0)
    for one in planned.placements:
        counts = (len(one.found.case.members), len(one.services), one.above, one.pairs, one.attached)
        rows.add_row(one.entity.id, one.entity.name, *(f"{count:,}" for count in counts))
    return Group(Prose(f"{summary(planned, proof)}\n", "bold"), rows, *_reminders(planned))


def _reminders(planned: Plan) -> Iterator[Prose]:
    told = [*planned.notes(), *(f"not judged: {why}" for why in planned.missing.values())]
    if told:
        yield Prose("")
    for note in told:
        yield Prose(f"note: {note}", "yellow")
