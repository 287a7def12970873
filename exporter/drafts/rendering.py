"""What a check found, for programs and for pull requests."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exporter.drafts.check import Checked, Finding
from exporter.recommend import Use
from exporter.times import rfc3339

_ROWS = 100  # of a table in a comment: GitHub takes 65,536 characters
_NAMED = 3  # accounts of a row
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def document(checked: Checked) -> dict[str, Any]:
    """All of it, with names that do not change."""
    case = checked.case
    return {
        "organization": case.origin.name,
        "organization_id": case.origin.org_id,
        "entity": {"id": case.entity.id, "name": case.names.get(case.entity.id, case.entity.name)},
        "report_created": rfc3339(case.report.created),
        "accounts": len(case.members),
        "accounts_without_report": sorted(case.uncovered),
        "drafts": [{"name": draft.name, "characters": draft.size} for draft in checked.drafts],
        "attached_afterwards": checked.attached,
        "denied_and_used": [_finding(checked, one) for one in checked.denied],
        "may_be_denied_and_used": [_finding(checked, one) for one in checked.uncertain],
        "denied_and_never_used": list(checked.closes),
        "denied_already": dict(checked.known),
        "superfluous": [
            {"policy_id": one.policy_id, "policy_name": one.name, "entity_id": one.entity_id}
            for one in checked.superfluous
        ],
        "notes": list(checked.notes),
    }


def markdown(checked: Checked) -> str:
    """For a comment on a pull request: at most a hundred rows, everything escaped."""
    return "\n".join(_lines(checked)) + "\n"


def summary(checked: Checked) -> str:
    """The answer in a sentence."""
    entity = checked.case.called(checked.case.entity.id)
    certain, uncertain = len(checked.denied), len(checked.uncertain)
    if certain:
        more = f", and may deny {uncertain} more" if uncertain else ""
        return f"Denies {_services(certain)} in use on {entity}{more}."
    if uncertain:
        return f"May deny {_services(uncertain)} in use on {entity}; none for certain."
    return f"Denies nothing that is in use on {entity}."


def by(checked: Checked, uses: Sequence[Use], most: int = _NAMED) -> str:
    """Who used it, the latest first."""
    ids = [use.account_id for use in uses] or [""]
    named = [checked.case.called(account) if account else "an unnamed account" for account in ids]
    more = len(named) - most
    return ", ".join(named[:most]) + (f" and {more} more" if more > 0 else "")


def last(finding: Finding) -> tuple[str, str]:
    """When it was used last, to the second, and in which Region."""
    if not finding.uses:
        return "at no known time", ""
    use = finding.uses[0]
    return rfc3339(math.floor(use.at)) or "at no date", use.region


def _finding(checked: Checked, finding: Finding) -> Mapping[str, Any]:
    return {
        "service_namespace": finding.namespace,
        "service_name": finding.name,
        "how": list(finding.how),
        "accounts": finding.accounts,
        "uses": [
            {
                "account_id": use.account_id,
                "account_name": _name(checked, use.account_id),
                "access_region": use.region,
                "last_authenticated": rfc3339(use.at),
            }
            for use in finding.uses
        ],
    }


def _name(checked: Checked, account_id: str) -> str:
    named = {**checked.case.names, **{member.id: member.name for member in checked.case.members}}
    return named.get(account_id, "")


def _lines(checked: Checked) -> Iterator[str]:
    drafts = ", ".join(f"{draft.name} ({draft.size:,} characters)" for draft in checked.drafts)
    yield f"### SCP check: {_plain(summary(checked))}"
    yield ""
    yield f"{_plain(drafts)}; report as of {rfc3339(math.floor(checked.case.report.created)) or 'no date'}."
    yield from _table("Would be denied, and is in use", checked, checked.denied)
    yield from _table("May be denied, and is in use", checked, checked.uncertain)
    if checked.closes:
        yield ""
        yield f"Closes {_services(len(checked.closes))} that nobody used: {_listed(checked.closes)}"
    if checked.known:
        yield ""
        yield f"Denied already: {_listed(list(checked.known))}"
    for one in checked.superfluous:
        yield ""
        yield f"{_plain(one.called)} on {one.entity_id} denies nothing beyond this, and could be detached."
    if checked.notes:
        yield ""
        yield from (f"- {_plain(note)}" for note in checked.notes)


def _table(head: str, checked: Checked, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield from ("", f"**{head} ({len(findings)})**", "")
    yield "| service | last used | by | Region | accounts | why |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in findings[:_ROWS]:
        when, region = last(one)
        service = f"`{one.namespace}` {_plain(one.name)}"
        why = _plain("; ".join(one.how))
        cells = (service, when, _plain(by(checked, one.uses)), region, str(one.accounts), why)
        yield f"| {' | '.join(cells)} |"
    if len(findings) > _ROWS:
        yield f"\nand {len(findings) - _ROWS} more: `--output json` has them all"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _ROWS
    return ", ".join(f"`{name}`" for name in names[:_ROWS]) + (f" and {more} more" if more > 0 else "")


def _services(number: int) -> str:
    return f"{number} service{'s' * (number != 1)}"


def _plain(text: str) -> str:
    """On one line, and nothing in it means anything to Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
