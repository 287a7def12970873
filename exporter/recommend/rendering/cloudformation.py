"""A template of CloudFormation, for a stack in the management account."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from exporter.recommend.policies import Document
from exporter.recommend.recommendation import Recommendation
from exporter.recommend.rendering.basis import bases, description, headline, resource_name, statement_of


def cloudformation(found: Recommendation) -> str:
    """A resource for each policy; what each service stands on is a comment above it."""
    reasons = bases(found)
    parts = [f"# {line}" for line in headline(found)]
    parts += [
        'AWSTemplateFormatVersion: "2010-09-09"',
        f"Description: {_quoted(description(found))}",
        "Resources:",
    ]
    for place, policy in enumerate(found.policies, 1):
        parts += _resource(found, policy, place, reasons)
    return "\n".join(parts) + "\n"


def _resource(
    found: Recommendation, policy: Document, place: int, reasons: Mapping[str, str]
) -> Iterator[str]:
    name = resource_name(found, place)
    yield f"  {''.join(part.capitalize() for part in name.split('-'))}:"
    yield "    Type: AWS::Organizations::Policy"
    yield "    Properties:"
    yield f"      Name: {_quoted(name)}"
    yield f"      Description: {_quoted(description(found))}"
    yield "      Type: SERVICE_CONTROL_POLICY"
    yield f"      TargetIds: [{_quoted(found.case.entity.id)}]"
    yield "      Content:"
    yield f"        Version: {_quoted(policy['Version'])}"
    yield "        Statement:"
    yield from _statement(policy, reasons)


def _statement(policy: Document, reasons: Mapping[str, str]) -> Iterator[str]:
    statement, key = statement_of(policy)
    yield f"          - Sid: {_quoted(statement['Sid'])}"
    yield f"            Effect: {_quoted(statement['Effect'])}"
    yield f"            {key}:"
    for action in statement[key]:
        reason = reasons.get(action, "spared whether it is listed or not")
        yield f"              - {_quoted(action)} # {reason}"
    yield f"            Resource: {_quoted(statement['Resource'])}"
    if "Condition" in statement:
        yield f"            Condition: {_quoted(statement['Condition'])}"


def _quoted(value: Any) -> str:
    """YAML takes JSON."""
    return json.dumps(value)
