"""Each service, judged: denied or not, and on what evidence."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exporter.model import UNTOLD, ServiceAccess
from exporter.recommend.attached import already_denied
from exporter.recommend.case import Case
from exporter.recommend.groups import COMPANIONS, PROTECTED, REVIEWED
from exporter.recommend.jury import Jury
from exporter.recommend.own import Own, own_statements, without
from exporter.recommend.uses import Use, latest_uses, most_accounts
from exporter.services import service_names
from exporter.times import rfc3339

DAY = 86400.0
TRACKED_PARTITIONS = frozenset({"aws", "aws-us-gov"})
PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*")
_PRINCIPAL = re.compile(r"([a-z0-9-]+)\.amazonaws\.com")


class Ground(StrEnum):
    """Why a service is denied, or is not."""

    NEVER_USED = "never_used"
    LONG_UNUSED = "long_unused"
    AGED_OUT = "aged_out"
    KEPT = "kept"
    USED = "used"
    PROTECTED = "protected"
    COMPANION = "companion"
    REVIEW_FIRST = "review_first"
    ALREADY_DENIED = "already_denied"
    NOT_JUDGED = "not_judged"


DENIED = frozenset({Ground.NEVER_USED, Ground.LONG_UNUSED, Ground.AGED_OUT, Ground.KEPT})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One service. ``use`` is its latest known use: within the tracking period or (if ``ground`` says aged
    out) before it. ``accounts`` counts those that used it in the tracking period; ``tracked``: some did, by
    the entity's own report. ``listed``: that report has it; ``denied_by_us``: an SCP of ours on the entity
    denies it; ``shut``: other SCPs do, or none allows it.
    """

    namespace: str
    name: str
    ground: Ground
    reason: str
    use: Use | None
    accounts: int
    tracked: bool = False
    listed: bool = True
    denied_by_us: bool = False
    shut: bool = False

    @property
    def denied(self) -> bool:
        """The recommendation denies it."""
        return self.ground in DENIED

    @property
    def last_used(self) -> float | None:
        """In Unix seconds."""
        return self.use.at if self.use else None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is spared: ``protected`` services with the reason, and whether those of the second tier are."""

    protected: Mapping[str, str]
    reviewed: bool = False
    least_accounts: int = 1


def verdicts(case: Case, among: Jury, rules: Rules) -> tuple[Verdict, ...]:
    """A verdict for every service that the entity's report lists, in its order, then those that our own SCPs
    keep out of the report.
    """
    own = tuple(one for one in own_statements(case.attached, case.entity.id) if one.effect == "Deny")
    listed = {row.namespace: row for row in case.report.services}
    rows = {**listed, **_hidden(own, listed)}
    told = case.rows()
    latest = latest_uses(told)
    judge = _Judge(
        case,
        among,
        rules,
        latest=latest,
        timeless=most_accounts(row for row in told if row.used == UNTOLD),
        protected={**PROTECTED, **_delegated(case), **rules.protected},
        shut=already_denied(without(case.attached, own), rows.keys()),
        ours={name: one.attached.called for one in own for name in one.denied(rows)},
        doubt=_doubt(case, among, rules, known=bool(latest or case.last_known)),
    )
    found = [judge.verdict(row, listed=name in listed) for name, row in rows.items()]
    return tuple(found)


def _hidden(own: tuple[Own, ...], listed: Mapping[str, ServiceAccess]) -> Mapping[str, ServiceAccess]:
    """A row for each service that is not listed because an SCP of ours denies it."""
    names = service_names()
    known = {*names, *(name for one in own if not one.inverted for name in one.services)}
    denied = {name for one in own for name in one.denied(known)} - listed.keys()
    return {name: ServiceAccess(name, names.get(name, name)) for name in sorted(denied)}


def _delegated(case: Case) -> Mapping[str, str]:
    """Services that a delegated administrator among the accounts runs for the whole organization."""
    return {
        found[1]: f"{case.called(account)} is its delegated administrator for the organization"
        for account, principals in (case.delegated or {}).items()
        for found in map(_PRINCIPAL.fullmatch, principals)
        if found
    }


def _doubt(case: Case, among: Jury, rules: Rules, *, known: bool) -> str:
    """Why nothing can be judged at all; empty: it can."""
    if case.origin.partition not in TRACKED_PARTITIONS:
        return f"AWS tracks no Region of the partition {case.origin.partition}"
    if not among.judged:
        return "no account is old enough to judge by"
    if len(among.judged) < rules.least_accounts:
        return (
            f"only {several(len(among.judged), 'account')} to judge by, {rules.least_accounts} are asked for"
        )
    if not known:
        return "no use of any service is known here"
    return ""


@dataclass(frozen=True, slots=True)
class _Judge:
    case: Case
    among: Jury
    rules: Rules
    latest: Mapping[str, Use]
    timeless: Mapping[str, int]
    protected: Mapping[str, str]
    shut: Mapping[str, str]
    ours: Mapping[str, str]
    doubt: str

    def verdict(self, row: ServiceAccess, *, listed: bool) -> Verdict:
        name = row.namespace
        ground, reason = self._spared(name, row) or self._denied_before(name) or self._judged(name)
        return Verdict(
            name,
            row.name,
            ground,
            reason,
            self._known(name),
            row.authenticated_entities or 0,
            tracked=row.last_authenticated is not None,
            listed=listed,
            denied_by_us=name in self.ours,
            shut=name in self.shut,
        )

    def _known(self, name: str) -> Use | None:
        """The latest use; of one that only an earlier report told of, the time alone is known."""
        use, known = self.latest.get(name), self.case.last_known.get(name)
        return use if known is None or (use and use.at >= known) else Use(known)

    def _spared(self, name: str, row: ServiceAccess) -> tuple[Ground, str] | None:
        """For what holds whatever an SCP of ours denies already."""
        if name in self.shut and name not in self.ours:
            return Ground.ALREADY_DENIED, self.shut[name]
        if use := self._in_use(name, row):
            return Ground.USED, use
        if name in self.protected:
            return Ground.PROTECTED, self.protected[name]
        if companions := [one for one in COMPANIONS.get(name, ()) if self._used(one) or one in self.timeless]:
            return (
                Ground.COMPANION,
                f"works for {', '.join(companions)}, which is in use; its uses may not be counted",
            )
        if not PREFIX.fullmatch(name):
            return Ground.NOT_JUDGED, "its name is not one that a policy can hold"
        return None

    def _denied_before(self, name: str) -> tuple[Ground, str] | None:
        if name not in self.ours:
            return None
        known = f"; last known use {self._last(name)}" if self._known(name) else ""
        return Ground.KEPT, f"denied by {self.ours[name]}, and no use since is known{known}"

    def _judged(self, name: str) -> tuple[Ground, str]:
        if self.doubt:
            return Ground.NOT_JUDGED, self.doubt
        if name in REVIEWED and not self.rules.reviewed:
            return Ground.REVIEW_FIRST, REVIEWED[name]
        if name in self.latest:
            return Ground.LONG_UNUSED, f"last used {self._last(name)}"
        if name in self.case.last_known:
            return Ground.AGED_OUT, f"last known use {self._last(name)}, none in the tracking period"
        judged = len(self.among.judged)
        return (
            Ground.NEVER_USED,
            f"never used in the tracking period, by none of {several(judged, 'account')}",
        )

    def _in_use(self, name: str, row: ServiceAccess) -> str:
        """How the service is used; empty: it is not. A time that could not be read is no silence."""
        if self._used(name):
            return f"used {self._last(name)}{self._accounts(row)}"
        count = self.timeless.get(name)
        return f"used by {several(count, 'account')}, at no known time" if count else ""

    def _used(self, name: str) -> bool:
        use = self._known(name)
        return use is not None and use.at >= self.among.cutoff

    def _last(self, name: str) -> str:
        """When, by whom, where."""
        use = self._known(name)
        assert use is not None
        by = f" by {self.case.called(use.account_id)}" if use.account_id else ""
        region = f" in {use.region}" if use.region else ""
        return f"{self._when(use.at)}{by}{region}"

    def _when(self, at: float) -> str:
        """With its age when the report was made."""
        days = max(0, int((self.case.report.created - at) / DAY))
        age = f"{several(days, 'day')} ago" if days else "less than a day ago"
        return f"{rfc3339(math.floor(at)) or 'at no date'} ({age})"

    def _accounts(self, row: ServiceAccess) -> str:
        count = row.authenticated_entities or 0
        return f"; {count} accounts used it" if count > 1 else ""


def several(number: int, what: str) -> str:
    """A number of things, in words."""
    return f"{number} {what}{'s' * (number != 1)}"
