"""Each accessible service, judged: denied or not, and on what evidence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exporter.model import ServiceAccess
from exporter.recommend.attached import already_denied
from exporter.recommend.case import Case, Member
from exporter.recommend.protected import PROTECTED
from exporter.times import rfc3339

DAY = 86400.0
_PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*")


class Ground(StrEnum):
    """Why a service is denied, or is not."""

    NEVER_USED = "never_used"
    LONG_UNUSED = "long_unused"
    AGED_OUT = "aged_out"
    USED = "used"
    PROTECTED = "protected"
    ALREADY_DENIED = "already_denied"
    NOT_JUDGED = "not_judged"


DENIED = frozenset({Ground.NEVER_USED, Ground.LONG_UNUSED, Ground.AGED_OUT})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One service. ``last_used`` is the last known use in Unix seconds, within the tracking period or (if
    ``ground`` says aged out) before it; ``accounts`` counts those that used it in the tracking period.
    """

    namespace: str
    name: str
    ground: Ground
    reason: str
    last_used: float | None
    accounts: int

    @property
    def denied(self) -> bool:
        """The recommendation denies it."""
        return self.ground in DENIED


@dataclass(frozen=True, slots=True)
class Jury:
    """The accounts, by what their silence says; ``cutoff``: what was used since is in use."""

    cutoff: float
    judged: tuple[Member, ...]
    young: tuple[Member, ...]
    inactive: tuple[Member, ...]


def jury(case: Case, window: float) -> Jury:
    """Which accounts are evidence: active ones that have been members for the whole window.

    The window ends when the report was made: what happened since, nobody knows.
    """
    cutoff = case.report.created - window
    active = [member for member in case.members if member.state == "ACTIVE"]
    old = {member.id for member in active if member.joined is not None and member.joined <= cutoff}
    return Jury(
        cutoff,
        judged=tuple(member for member in active if member.id in old),
        young=tuple(member for member in active if member.id not in old),
        inactive=tuple(member for member in case.members if member.state != "ACTIVE"),
    )


def verdicts(case: Case, among: Jury, also_protected: Mapping[str, str]) -> tuple[Verdict, ...]:
    """A verdict for every service that the entity's report lists, in its order."""
    judge = _Judge(
        case,
        among,
        latest=_latest_uses(case),
        protected={**PROTECTED, **also_protected},
        denied=already_denied(case.attached, {row.namespace for row in case.report.services}),
    )
    return tuple(judge.verdict(row) for row in case.report.services)


def _latest_uses(case: Case) -> Mapping[str, float]:
    latest: dict[str, float] = {}
    for report in (case.report, *case.below):
        for namespace, at in report.uses().items():
            latest[namespace] = max(at, latest.get(namespace, at))
    return latest


@dataclass(frozen=True, slots=True)
class _Judge:
    case: Case
    among: Jury
    latest: Mapping[str, float]
    protected: Mapping[str, str]
    denied: Mapping[str, str]

    def verdict(self, row: ServiceAccess) -> Verdict:
        used = self.latest.get(row.namespace)
        ground, reason = self._spared(row, used) or self._unused(row, used)
        known = self.case.last_known.get(row.namespace) if used is None else used
        return Verdict(row.namespace, row.name, ground, reason, known, row.authenticated_entities or 0)

    def _spared(self, row: ServiceAccess, used: float | None) -> tuple[Ground, str] | None:
        name = row.namespace
        if name in self.denied:
            return Ground.ALREADY_DENIED, self.denied[name]
        if used is not None and used >= self.among.cutoff:
            return Ground.USED, f"used {self._ago(used)}, by {self._by(row)}"
        if name in self.protected:
            return Ground.PROTECTED, self.protected[name]
        if not _PREFIX.fullmatch(name):
            return Ground.NOT_JUDGED, "its name is not one that a policy can hold"
        if not self.among.judged:
            return Ground.NOT_JUDGED, "no account is old enough to judge by"
        return None

    def _unused(self, row: ServiceAccess, used: float | None) -> tuple[Ground, str]:
        if used is not None:
            return Ground.LONG_UNUSED, f"last used {self._ago(used)}, by {self._by(row)}"
        if row.namespace in self.case.last_known:
            when = rfc3339(int(self.case.last_known[row.namespace])) or "before the tracking period"
            return Ground.AGED_OUT, f"last known use {when}, none in the tracking period"
        accounts = _several(len(self.case.members), "account")
        return Ground.NEVER_USED, f"never used in the tracking period, by none of {accounts}"

    def _ago(self, used: float) -> str:
        """Before the report was made."""
        days = int(max(0.0, self.case.report.created - used) // DAY)
        return f"{_several(days, 'day')} ago" if days else "less than a day ago"

    def _by(self, row: ServiceAccess) -> str:
        return f"{row.authenticated_entities or 0} of {_several(len(self.case.members), 'account')}"


def _several(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
