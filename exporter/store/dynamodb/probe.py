"""Whether the table may be used as the state uses it: each call once, changing nothing."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from exporter.causes import Evidence, classify, evidence, remedy
from exporter.redaction import redacted, said
from exporter.store.dynamodb.items import PARTITION, key, text

_ORGANIZATION = "check-aws"
_HELD_BACK = "ConditionalCheckFailedException"


class Refused(NamedTuple):
    """Why a call was not made: AWS's code and message, or those of an exception and what is behind it."""

    code: str
    message: str
    evidence: Evidence | None = None

    @property
    def denied(self) -> bool:
        """For want of a permission."""
        return self.code.startswith("AccessDenied")

    @property
    def remedy(self) -> str:
        """What to do; empty where nobody can tell."""
        cause = classify("DynamoDB", self.code, self.message, self.evidence)
        return remedy(cause, "DynamoDB", self.message, self.evidence)


def probe(client: Any, table: str) -> dict[str, Refused | None]:
    """Each permission with why it is refused; None: it is allowed."""
    where = {"TableName": table}
    item = key(_ORGANIZATION, "probe")
    named = {"ExpressionAttributeNames": {"#o": PARTITION}}
    # No item can meet this, so that an allowed write fails too, with an error of its own.
    never = {"ConditionExpression": "attribute_exists(#o) AND attribute_not_exists(#o)", **named}
    query = {"KeyConditionExpression": "#o = :o", "ExpressionAttributeValues": {":o": text(_ORGANIZATION)}}
    calls: dict[str, Callable[[], Any]] = {
        "dynamodb:BatchGetItem": lambda: client.batch_get_item(RequestItems={table: {"Keys": [item]}}),
        "dynamodb:DeleteItem": lambda: client.delete_item(Key=item, **where, **never),
        "dynamodb:DescribeTable": lambda: client.describe_table(**where),
        "dynamodb:GetItem": lambda: client.get_item(Key=item, **where),
        "dynamodb:PutItem": lambda: client.put_item(Item=item, **where, **never),
        "dynamodb:Query": lambda: client.query(Limit=1, **where, **named, **query),
        "dynamodb:UpdateItem": lambda: client.update_item(Key=item, **where, **never),
    }
    return {action: _refused(call) for action, call in calls.items()}


def _refused(call: Callable[[], Any]) -> Refused | None:
    try:
        call()
    except ClientError as error:
        told = error.response.get("Error", {})
        code = redacted(str(told.get("Code") or "Unknown"))
        message = redacted(str(told.get("Message") or "no message"))
        return None if code == _HELD_BACK else Refused(code, message)
    except BotoCoreError as error:
        return Refused(type(error).__name__, said(error), evidence(error, os.environ))
    return None
