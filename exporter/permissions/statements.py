"""The statements of an IAM policy, each for one thing that the exporter does."""

from collections.abc import Iterable
from typing import Any, NamedTuple

VERSION = "2012-10-17"
GENERATE = "iam:GenerateOrganizationsAccessReport"
GET = "iam:GetOrganizationsAccessReport"
ASSUME = "sts:AssumeRole"
TAG = "sts:TagSession"

# What AWS itself reads, in the name of whoever asks, to make a report.
JOB = (
    "organizations:DescribePolicy",
    "organizations:ListChildren",
    "organizations:ListParents",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "organizations:ListTargetsForPolicy",
)
DISCOVERY = (
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
)
POLICIES = "organizations:ListPolicies"
# What a shared state does with its table. A transaction needs the permissions of what it is made of.
TABLE = (
    "dynamodb:BatchGetItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
CREATE_TABLE = "dynamodb:CreateTable"
ANY_ACCOUNT = "*"


class Statement(NamedTuple):
    """Actions that are allowed on resources; both without repetition."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)


def reports(partition: str, account_id: str, *, generate: bool, by_policy: bool) -> tuple[Statement, ...]:
    """What reading one organization takes.

    ``account_id`` is the management account's, or ``ANY_ACCOUNT``; ``generate``: reports are made, not only
    read; ``by_policy``: reports on SCPs are among them.
    """
    generating = Statement(
        "GenerateReports", (GENERATE,), (f"arn:{partition}:iam::{account_id}:access-report/*",)
    )
    looking = {*DISCOVERY, *(JOB if generate else ()), *((POLICIES,) if by_policy else ())}
    return (
        *((generating,) if generate else ()),
        Statement("ReadReports", (GET,)),
        Statement("ReadOrganization", tuple(sorted(looking))),
    )


def assume_roles(arns: Iterable[str], *, tagged: bool) -> Statement:
    """Becoming the roles that the configuration names; ``tagged``: from a session that passes on tags."""
    return Statement("AssumeRoles", (ASSUME, TAG) if tagged else (ASSUME,), tuple(dict.fromkeys(arns)))


def state_table(arn: str, *, create: bool) -> Statement:
    """Keeping the state in a DynamoDB table; ``create``: making it, where there is none."""
    return Statement("KeepState", (*TABLE, *((CREATE_TABLE,) if create else ())), (arn,))


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """An IAM policy. What two statements of the same ``sid`` allow is allowed by one: no Sid may repeat."""
    allowed: dict[str, Statement] = {}
    for statement in statements:
        known = allowed.get(statement.sid, Statement(statement.sid, (), ()))
        allowed[statement.sid] = Statement(
            statement.sid,
            tuple(sorted({*known.actions, *statement.actions})),
            tuple(dict.fromkeys((*known.resources, *statement.resources))),
        )
    return {
        "Version": VERSION,
        "Statement": [
            {"Sid": sid, "Effect": "Allow", "Action": _plain(actions), "Resource": _plain(resources)}
            for sid, actions, resources in allowed.values()
        ],
    }


def _plain(items: tuple[str, ...]) -> str | list[str]:
    """AWS takes a single string for a list of one, and shows it so."""
    return items[0] if len(items) == 1 else list(items)
