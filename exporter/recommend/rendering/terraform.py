"""Resources of Terraform's AWS provider, laid out as ``terraform fmt`` does."""

import json
from collections.abc import Iterable, Iterator, Mapping

from exporter.recommend.exemptions import KEY
from exporter.recommend.policies import Document
from exporter.recommend.recommendation import Recommendation
from exporter.recommend.rendering.basis import bases, description, headline, resource_name, statement_of


def terraform(found: Recommendation) -> str:
    """A policy and its attachment each; what each line stands on is a comment above or beside it."""
    reasons = bases(found)
    parts = [f"# {line}" for line in headline(found)]
    for place, policy in enumerate(found.policies, 1):
        parts += ["", *_resource(found, policy, place, reasons)]
    return "\n".join(parts) + "\n"


def _resource(
    found: Recommendation, policy: Document, place: int, reasons: Mapping[str, str]
) -> Iterator[str]:
    name = resource_name(found, place)
    label = name.replace("-", "_")
    yield f'resource "aws_organizations_policy" "{label}" {{'
    yield f"  name        = {_quoted(name)}"
    yield f"  description = {_quoted(description(found))}"
    yield '  type        = "SERVICE_CONTROL_POLICY"'
    yield "  content = jsonencode({"
    yield f"    Version = {_quoted(policy['Version'])}"
    yield "    Statement = [{"
    yield from _statement(policy, reasons)
    yield "    }]"
    yield "  })"
    yield "}"
    yield ""
    yield f'resource "aws_organizations_policy_attachment" "{label}" {{'
    yield f"  policy_id = aws_organizations_policy.{label}.id"
    yield f"  target_id = {_quoted(found.case.entity.id)}"
    yield "}"


def _statement(policy: Document, reasons: Mapping[str, str]) -> Iterator[str]:
    statement, key = statement_of(policy)
    yield f"      Sid    = {_quoted(statement['Sid'])}"
    yield f"      Effect = {_quoted(statement['Effect'])}"
    yield f"      {key} = ["
    yield from _beside(statement[key], reasons)
    yield "      ]"
    yield f"      Resource = {_quoted(statement['Resource'])}"
    if "Condition" in statement:
        yield "      Condition = {"
        yield "        ArnNotLike = {"
        patterns = ", ".join(map(_quoted, statement["Condition"]["ArnNotLike"][KEY]))
        yield f"          {_quoted(KEY)} = [{patterns}]"
        yield "        }"
        yield "      }"


def _beside(actions: Iterable[str], reasons: Mapping[str, str]) -> Iterator[str]:
    """The items, with comments in one column."""
    items = [
        (f"{_quoted(action)},", reasons.get(action, "spared whether it is listed or not"))
        for action in actions
    ]
    width = max((len(item) for item, _ in items), default=0)
    for item, reason in items:
        yield f"        {item:<{width}} # {reason}"


def _quoted(text: str) -> str:
    """A string of HCL: as in JSON, and without templates."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
