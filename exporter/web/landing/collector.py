"""How the collection of an organization's reports stands, as HTML."""

from collections import Counter
from collections.abc import Iterator, Sequence

from exporter.hypertext import code, facts, moment, name
from exporter.model import OrganizationView, ReportState, Subject
from exporter.order import next_due
from exporter.times import spoken
from exporter.web.landing import markup
from exporter.web.landing.tree import Line, troubles
from exporter.web.places import Places

_MOST_TROUBLES = 5


def warnings(view: OrganizationView) -> Iterator[str]:
    """What is wrong with the organization as a whole."""
    if view.trouble:
        yield view.trouble
    if view.discovery:
        yield from view.discovery.unmatched
        if not view.discovery.entities:
            yield "include, exclude and account_states leave nothing to report on"


def render_collector(view: OrganizationView, lines: Sequence[Line], now: float) -> str:
    """Counts of states, and what the collector does; all as of the moment of the lines."""
    counts = Counter(each.state for each in lines)
    return f"<h3>Collection</h3>{_counts(counts)}\n{_facts(view, counts, now)}"


def _facts(view: OrganizationView, counts: Counter[ReportState], now: float) -> str:
    found = view.discovery
    return facts(
        (
            ("Organization", code(found.org_id) if found else "not discovered yet"),
            ("Management account", code(found.management_account_id) if found else "unknown"),
            ("Last discovery", moment(found.at, now) if found else "none has succeeded"),
            ("AWS is asked by", _holder(view)),
            ("Running now", _subject(view, view.running) if view.running else "nothing"),
            ("Next", _next(view, now)),
            ("Sweep", _sweep(view, counts)),
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
    item, at = next_due(waiting, view.standings, now, view.led)
    if item:
        return f"{_subject(view, item.subject)}, due now"
    return f"a report in {spoken(at - now)}" if at != float("inf") else "nothing"


def _sweep(view: OrganizationView, counts: Counter[ReportState]) -> str:
    """How far it is, and how long the rest and all of it take."""
    whole, fresh = len(view.work), counts[ReportState.FRESH]
    if not view.job_seconds or not whole:
        return "unknown"
    rest = f", about {spoken(view.job_seconds * (whole - fresh))} to go" if fresh < whole else ""
    return f"{100 * fresh // whole} % fresh{rest}; all of it takes {spoken(view.job_seconds * whole)}"


def _counts(counts: Counter[ReportState]) -> str:
    if not counts:
        return ""
    shown = {state: counts[state] for state in ReportState}
    items = "".join(
        f"<li>{markup.badge(state.value, f'{count} {state.value}')}</li>" for state, count in shown.items()
    )
    return f'{markup.counts_bar(shown)}<ul class="counts" aria-label="Reports">{items}</ul>'


def render_troubles(view: OrganizationView, lines: Sequence[Line], where: Places, now: float) -> str:
    """The errors of the newest jobs that failed, and of how many there are."""
    found = troubles(lines)
    if not found:
        return ""
    items = "".join(
        f'<li><a href="{markup.page_of_entity(where, each.subject.entity_id)}">'
        f"{_subject(view, each.subject)}</a>"
        f' <span class="soft">{moment(each.tried, now) if each.tried else ""}</span>'
        f'<br><span class="bad">{name(each.trouble)}</span></li>'
        for each in found[:_MOST_TROUBLES]
    )
    more = f" of {len(found)}" if len(found) > _MOST_TROUBLES else ""
    return f'<h3>Last errors{more}</h3><ul class="errors">{items}</ul>'
