"""A recommendation as plain data."""

from typing import Any

from exporter.recommend.attached import denied_by_name
from exporter.recommend.case import Case, Member
from exporter.recommend.recommendation import Counts, Recommendation
from exporter.recommend.verdict import Verdict
from exporter.recommend.wording import told
from exporter.times import rfc3339


def evidence(found: Recommendation) -> dict[str, Any]:
    """Everything, for programs."""
    case = found.case
    return {
        **_source(case),
        "variant": found.wish.variant.value,
        "unused_for_seconds": found.wish.window,
        "min_account_age_seconds": found.wish.window
        if found.wish.least_age is None
        else found.wish.least_age,
        "min_accounts": found.wish.least_accounts,
        "include_reviewed": found.wish.reviewed,
        "exempt_principals": list(found.exempt),
        "accounts": _accounts(found),
        "before": _counts(found.before),
        "after": _counts(found.after),
        "policies": list(found.policies),
        "replaces": sorted(
            {one.policy_id for one in (*(own.attached for own in found.own), *found.replaced)}
        ),
        "diff": _difference(found),
        "denied": [_verdict(case, verdict) for verdict in found.denied],
        "still_allowed": [_verdict(case, verdict) for verdict in found.allowed],
        "already_denied": denied_by_name(case.attached),
        "attached": [
            {
                "policy_id": one.policy_id,
                "name": one.name,
                "entity_id": one.entity_id,
                "entity_name": case.names.get(one.entity_id, ""),
                "does": told(one),
            }
            for one in case.attached
        ],
        "notes": list(found.notes),
    }


def _source(case: Case) -> dict[str, Any]:
    entity, origin = case.entity, case.origin
    return {
        "version": origin.version,
        "organization": {"name": origin.name, "id": origin.org_id, "partition": origin.partition},
        "entity": {"id": entity.id, "name": case.names.get(entity.id, entity.name), "path": entity.path},
        "report_created": rfc3339(case.report.created),
        "asked": rfc3339(case.now),
    }


def _accounts(found: Recommendation) -> dict[str, Any]:
    among = found.jury
    return {
        "judged": [_member(member) for member in among.judged],
        "too_young": [_member(member) for member in among.young],
        "inactive": [_member(member) for member in among.inactive],
        "without_report": [_member(member) for member in among.uncovered],
    }


def _member(member: Member) -> dict[str, Any]:
    return {"id": member.id, "name": member.name, "state": member.state, "joined": rfc3339(member.joined)}


def _counts(counts: Counts) -> dict[str, int]:
    return {
        "NumberOfServicesAccessible": counts.accessible,
        "NumberOfServicesNotAccessed": counts.not_accessed,
    }


def _difference(found: Recommendation) -> dict[str, Any]:
    change = found.difference
    return {
        "change": not change.none,
        "in_force": list(change.in_force),
        "added": [verdict.namespace for verdict in change.added],
        "removed": [verdict.namespace for verdict in change.removed],
        "kept": [verdict.namespace for verdict in change.kept],
    }


def _verdict(case: Case, verdict: Verdict) -> dict[str, Any]:
    account = verdict.use.account_id if verdict.use else ""
    names = {member.id: member.name for member in case.members}
    return {
        "service_namespace": verdict.namespace,
        "service_name": verdict.name,
        "ground": verdict.ground.value,
        "reason": verdict.reason,
        "last_used": rfc3339(verdict.last_used),
        "last_used_by": {"account_id": account, "account_name": names.get(account, "")} if account else None,
        "last_used_in": verdict.use.region or None if verdict.use else None,
        "accounts_in_tracking_period": verdict.accounts,
    }
