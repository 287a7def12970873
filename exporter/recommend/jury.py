"""The accounts, by what their silence says."""

from dataclasses import dataclass

from exporter.recommend.case import Case, Member


@dataclass(frozen=True, slots=True)
class Jury:
    """``judged`` are evidence; ``cutoff``: what was used since is in use."""

    cutoff: float
    judged: tuple[Member, ...]
    young: tuple[Member, ...]
    inactive: tuple[Member, ...]
    uncovered: tuple[Member, ...] = ()


def jury(case: Case, window: float, least_age: float | None = None) -> Jury:
    """Which accounts are evidence: active ones that a report covers and that are ``least_age`` old.

    Without it they have to be members for the whole window before the report.
    """
    born = case.report.created - (window if least_age is None else least_age)
    active = [member for member in case.members if member.state == "ACTIVE"]
    told = [member for member in active if member.id not in case.uncovered]
    old = {member.id for member in told if member.joined is not None and member.joined <= born}
    return Jury(
        (case.report.created if case.until is None else case.until) - window,
        judged=tuple(member for member in told if member.id in old),
        young=tuple(member for member in told if member.id not in old),
        inactive=tuple(member for member in case.members if member.state != "ACTIVE"),
        uncovered=tuple(member for member in active if member.id in case.uncovered),
    )
