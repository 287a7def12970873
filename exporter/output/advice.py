"""A recommendation for people."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from exporter.model import Subject
from exporter.output.reading import title
from exporter.output.table import plain_table, titled
from exporter.recommend import LIMIT, Recommendation, Verdict, compact, denied_by_name, told
from exporter.times import rfc3339


def advice(found: Recommendation) -> RenderableType:
    """What to deny and why, what stays, what it changes, and what to keep in mind."""
    return Group(*_heading(found), *_parts(found), *_closing(found))


def _heading(found: Recommendation) -> Iterator[Text]:
    case, among = found.case, found.jury
    yield Text(title(Subject(case.entity.id), case.entity), style="bold")
    yield Text(case.entity.path, style="dim")
    created = rfc3339(int(case.report.created)) or "an unknown time"
    yield Text(
        f"report as of {created}; {len(among.judged)} of {len(case.members)} accounts are evidence, "
        f"{len(among.young)} too young, {len(among.inactive)} not active"
    )
    yield Text(
        f"services accessible: {found.before.accessible}, then {found.after.accessible}; "
        f"of them never used: {found.before.not_accessed}, then {found.after.not_accessed}"
    )


def _parts(found: Recommendation) -> Iterator[Group]:
    yield from _services("To deny", "EVIDENCE", found.denied, "red")
    yield from _services("Still allowed", "WHY", found.allowed, "green")
    already = denied_by_name(found.case.attached)
    if already:
        rows = plain_table("SERVICE", "BY")
        for service, by in already.items():
            rows.add_row(service, by)
        yield titled(f"Denied already ({len(already)})", rows)
    if found.case.attached:
        names = {verdict.namespace for verdict in found.verdicts}
        rows = plain_table("POLICY", "ON", "NAME", "DOES")
        for one in found.case.attached:
            rows.add_row(one.policy_id, one.entity_id, one.name, told(one, names))
        yield titled("SCPs in force", rows)


def _services(head: str, column: str, verdicts: Iterable[Verdict], style: str) -> Iterator[Group]:
    listed = list(verdicts)
    if listed:
        rows = plain_table("SERVICE", "NAME", column)
        for verdict in listed:
            rows.add_row(Text(verdict.namespace, style=style), verdict.name, verdict.reason)
        yield titled(f"{head} ({len(listed)})", rows)


def _closing(found: Recommendation) -> Iterator[Text]:
    sizes = ", ".join(f"{len(compact(policy)):,}" for policy in found.policies)
    if found.policies:
        several = "policies" if len(found.policies) > 1 else "policy"
        yield Text(f"\n{len(found.policies)} {several} of {sizes} characters (AWS takes {LIMIT:,})")
    else:
        yield Text("\nnothing to deny")
    for note in found.notes:
        yield Text(f"note: {note}", style="yellow")
