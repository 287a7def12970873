"""A recommendation as plain data, and as Terraform."""

import json
from collections.abc import Iterator
from typing import Any

from exporter.recommend.attached import denied_by_name, told
from exporter.recommend.case import Member
from exporter.recommend.policies import Document
from exporter.recommend.recommendation import Counts, Recommendation
from exporter.recommend.verdict import Verdict
from exporter.times import rfc3339


def evidence(found: Recommendation) -> dict[str, Any]:
    """Everything, for programs."""
    case, among = found.case, found.jury
    known = {verdict.namespace for verdict in found.verdicts}
    return {
        "entity": {"id": case.entity.id, "name": case.entity.name, "path": case.entity.path},
        "variant": found.wish.variant.value,
        "unused_for_seconds": found.wish.window,
        "report_created": rfc3339(case.report.created),
        "accounts": {
            "judged": [_member(member) for member in among.judged],
            "too_young": [_member(member) for member in among.young],
            "inactive": [_member(member) for member in among.inactive],
        },
        "before": _counts(found.before),
        "after": _counts(found.after),
        "policies": list(found.policies),
        "denied": [_verdict(verdict) for verdict in found.denied],
        "still_allowed": [_verdict(verdict) for verdict in found.allowed],
        "already_denied": denied_by_name(case.attached),
        "attached": [
            {
                "policy_id": one.policy_id,
                "name": one.name,
                "entity_id": one.entity_id,
                "does": told(one, known),
            }
            for one in case.attached
        ],
        "notes": list(found.notes),
    }


def _member(member: Member) -> dict[str, Any]:
    return {"id": member.id, "name": member.name, "state": member.state, "joined": rfc3339(member.joined)}


def _counts(counts: Counts) -> dict[str, int]:
    return {
        "NumberOfServicesAccessible": counts.accessible,
        "NumberOfServicesNotAccessed": counts.not_accessed,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "service_namespace": verdict.namespace,
        "service_name": verdict.name,
        "ground": verdict.ground.value,
        "reason": verdict.reason,
        "last_used": rfc3339(verdict.last_used),
        "accounts_in_tracking_period": verdict.accounts,
    }


def terraform(found: Recommendation) -> str:
    """Resources of Terraform's AWS provider; what each line stands on is a comment beside it."""
    reasons = {f"{verdict.namespace}:*": verdict.reason for verdict in found.verdicts}
    return "\n".join(
        "\n".join(_resource(found, policy, number, reasons))
        for number, policy in enumerate(found.policies, 1)
    )


def _resource(found: Recommendation, policy: Document, place: int, reasons: dict[str, str]) -> Iterator[str]:
    entity = found.case.entity
    name = f"deny-unused-{entity.id}" + (f"-{place}" if len(found.policies) > 1 else "")
    label = name.replace("-", "_")
    statement = policy["Statement"][0]
    key = "NotAction" if "NotAction" in statement else "Action"
    created = rfc3339(int(found.case.report.created))
    days = f"{found.wish.window / 86400:g}"
    yield f'resource "aws_organizations_policy" "{label}" {{'
    yield f"  name        = {_quoted(name)}"
    yield f"  description = {_quoted(f'Services that nobody used for {days} days, as of {created}')}"
    yield '  type        = "SERVICE_CONTROL_POLICY"'
    yield "  content = jsonencode({"
    yield f"    Version = {_quoted(policy['Version'])}"
    yield "    Statement = [{"
    yield f"      Sid    = {_quoted(statement['Sid'])}"
    yield f"      Effect = {_quoted(statement['Effect'])}"
    yield f"      {key} = ["
    for action in statement[key]:
        reason = " ".join(reasons.get(action, "never to be denied").split())
        yield f"        {_quoted(action)}, # {reason}"
    yield "      ]"
    yield f"      Resource = {_quoted(statement['Resource'])}"
    yield "    }]"
    yield "  })"
    yield "}"
    yield ""
    yield f'resource "aws_organizations_policy_attachment" "{label}" {{'
    yield f"  policy_id = aws_organizations_policy.{label}.id"
    yield f"  target_id = {_quoted(entity.id)}"
    yield "}"
    yield ""


def _quoted(text: str) -> str:
    """A string of HCL: as in JSON, and without templates."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
